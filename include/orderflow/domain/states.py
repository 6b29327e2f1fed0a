"""The states an order goes through in the shop, and where it stands on its way through this flow."""

from enum import StrEnum

from orderflow.domain.open_enum import OpenEnum


class ShopState(StrEnum):
    """The shop's order states (Orders GET page)."""

    DRAFT = "draft"
    QUOTATION = "quotation"
    CONFIRMED = "confirmed"
    PROCESSING = "processing"
    DONE = "done"
    CANCEL = "cancel"


class Progress(OpenEnum):
    """How far an order has come. Why it is not further is a reason code beside it."""

    UNREAD = "unread"
    WAITING = "waiting"
    HELD = "held"
    SKIPPED = "skipped"
    READY = "ready"
    PUSHING = "pushing"
    IN_DOUBT = "in_doubt"
    REJECTED = "rejected"
    PUSHED = "pushed"
    STATE_SET = "state_set"
    NUMBER_SET = "number_set"
    WRITTEN_BACK = "written_back"
    SHIPMENT_SENT = "shipment_sent"
    RESOLVED = "resolved"


_BEFORE_PUSH = frozenset({Progress.WAITING, Progress.HELD, Progress.SKIPPED, Progress.READY})

TRANSITIONS: dict[Progress, frozenset[Progress]] = {
    # Listed, but its details could not be read: even its webshop is not known yet.
    # Skipped when the shop does not know it; back when it was asked again and did not say so.
    Progress.UNREAD: _BEFORE_PUSH,
    Progress.WAITING: _BEFORE_PUSH,
    Progress.HELD: _BEFORE_PUSH | {Progress.RESOLVED},
    Progress.SKIPPED: _BEFORE_PUSH | {Progress.SHIPMENT_SENT, Progress.UNREAD, Progress.RESOLVED},
    Progress.READY: _BEFORE_PUSH | {Progress.PUSHING, Progress.PUSHED, Progress.REJECTED, Progress.RESOLVED},
    # An intent row stands: nothing may forget it before the ERP was asked.
    Progress.PUSHING: frozenset(
        {Progress.PUSHED, Progress.REJECTED, Progress.IN_DOUBT, Progress.READY, Progress.RESOLVED}
    ),
    Progress.IN_DOUBT: frozenset({Progress.PUSHED, Progress.PUSHING, Progress.RESOLVED}),
    Progress.REJECTED: _BEFORE_PUSH | {Progress.PUSHING, Progress.PUSHED, Progress.RESOLVED},
    # From here the ERP has the order: no way back to a decision. Back to PUSHED means that the shop forgot what it was
    # told (somebody reopened the order there), so that it is told again.
    Progress.PUSHED: frozenset({Progress.STATE_SET, Progress.RESOLVED}),
    Progress.STATE_SET: frozenset({Progress.NUMBER_SET, Progress.PUSHED, Progress.RESOLVED}),
    Progress.NUMBER_SET: frozenset({Progress.WRITTEN_BACK, Progress.PUSHED, Progress.RESOLVED}),
    Progress.WRITTEN_BACK: frozenset({Progress.SHIPMENT_SENT, Progress.PUSHED, Progress.RESOLVED}),
    Progress.SHIPMENT_SENT: frozenset({Progress.PUSHED}),
    # A person has dealt with it by hand, in the ERP or in the shop: never sent. Found in the ERP, it can be taken up.
    Progress.RESOLVED: frozenset({Progress.PUSHED, Progress.SHIPMENT_SENT}),
}
"""Which progress may follow which; staying where one is is always allowed."""

IN_ERP = frozenset(
    {
        Progress.PUSHED,
        Progress.STATE_SET,
        Progress.NUMBER_SET,
        Progress.WRITTEN_BACK,
        Progress.SHIPMENT_SENT,
        Progress.RESOLVED,
    }
)
"""The ERP is known to have the order, or a person has seen to it: no decision moves it, and it is never sent again."""

HALF_WRITTEN = frozenset({Progress.PUSHED, Progress.STATE_SET, Progress.NUMBER_SET})
"""In the ERP, while the shop does not fully know it yet."""

WRITTEN = frozenset({Progress.WRITTEN_BACK, Progress.SHIPMENT_SENT})
"""In the ERP, and the shop knows all of it."""

INTENT_OPEN = frozenset({Progress.PUSHING, Progress.IN_DOUBT})
"""A push was begun and its outcome is not known: the order may be in the ERP."""


def may_follow(before: Progress | None, after: Progress) -> bool:
    """Whether an order that stands at `before` (None: never seen) may be moved to `after`."""
    if before is None:
        return after in _BEFORE_PUSH | {Progress.UNREAD, Progress.SHIPMENT_SENT}
    return before == after or after in TRANSITIONS.get(before, frozenset())

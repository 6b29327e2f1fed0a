"""The states an order goes through in the shop, and its progress through this flow."""

from datetime import datetime
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


KEPT_STATES = frozenset({ShopState.PROCESSING, ShopState.DONE})
"""States that an exported order may be in: the flow never moves an order back."""

EXPORTABLE = frozenset({ShopState.CONFIRMED, ShopState.PROCESSING})
"""The states in which an order may still have to go to the ERP."""

ALIVE = EXPORTABLE | KEPT_STATES
"""Neither cancelled nor taken back to a draft: the order may be written, and finished."""


class Progress(OpenEnum):
    """How far an order has come. If it is stuck, a reason code says why."""

    UNREAD = "unread"
    WAITING = "waiting"
    HELD = "held"
    SKIPPED = "skipped"
    OFFLINE = "offline"
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


_BEFORE_PUSH = frozenset({Progress.WAITING, Progress.HELD, Progress.SKIPPED, Progress.OFFLINE, Progress.READY})

TRANSITIONS: dict[Progress, frozenset[Progress]] = {
    # Listed, but its details could not be read: even its webshop is not known yet.
    # Skipped if the shop does not know it; back here if a skipped order has news and cannot be read.
    Progress.UNREAD: _BEFORE_PUSH,
    Progress.WAITING: _BEFORE_PUSH,
    Progress.HELD: _BEFORE_PUSH | {Progress.RESOLVED},
    Progress.SKIPPED: _BEFORE_PUSH | {Progress.UNREAD, Progress.RESOLVED},
    # Certainly an offline order, by its own word or by the shop's lists: it is only to be marked as sent.
    Progress.OFFLINE: _BEFORE_PUSH | {Progress.SHIPMENT_SENT, Progress.RESOLVED},
    Progress.READY: _BEFORE_PUSH | {Progress.PUSHING, Progress.PUSHED, Progress.REJECTED, Progress.RESOLVED},
    # An intent is recorded: nothing may drop it before the ERP was asked.
    Progress.PUSHING: frozenset(
        {Progress.PUSHED, Progress.REJECTED, Progress.IN_DOUBT, Progress.READY, Progress.RESOLVED}
    ),
    Progress.IN_DOUBT: frozenset({Progress.PUSHED, Progress.PUSHING, Progress.RESOLVED}),
    Progress.REJECTED: _BEFORE_PUSH | {Progress.PUSHING, Progress.PUSHED, Progress.RESOLVED},
    # From here on the ERP has the order: no way back to a decision. Back to PUSHED means that the shop lost what was
    # written (somebody reopened the order there), so that it is written back again.
    Progress.PUSHED: frozenset({Progress.STATE_SET, Progress.RESOLVED}),
    Progress.STATE_SET: frozenset({Progress.NUMBER_SET, Progress.PUSHED, Progress.RESOLVED}),
    Progress.NUMBER_SET: frozenset({Progress.WRITTEN_BACK, Progress.PUSHED, Progress.RESOLVED}),
    Progress.WRITTEN_BACK: frozenset({Progress.SHIPMENT_SENT, Progress.PUSHED, Progress.RESOLVED}),
    Progress.SHIPMENT_SENT: frozenset({Progress.PUSHED}),
    # A person has dealt with it by hand, in the ERP or in the shop: never sent. If found in the ERP, it is picked up.
    Progress.RESOLVED: frozenset({Progress.PUSHED}),
}
"""Which progress may follow which; staying the same is always allowed."""

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
"""The ERP has the order, or a person has dealt with it: no decision moves it, and it is never sent again."""

PARTLY_WRITTEN_BACK = frozenset({Progress.PUSHED, Progress.STATE_SET, Progress.NUMBER_SET})
"""In the ERP, but not completely written back to the shop."""

WRITTEN = frozenset({Progress.WRITTEN_BACK, Progress.SHIPMENT_SENT})
"""In the ERP, and completely written back to the shop."""

INTENT_OPEN = frozenset({Progress.PUSHING, Progress.IN_DOUBT})
"""A push was started and its outcome is unknown: the order may be in the ERP."""


def may_follow(before: Progress | None, after: Progress) -> bool:
    """Whether an order may move from `before` (None: never seen) to `after`."""
    if before is None:
        return after in _BEFORE_PUSH | {Progress.UNREAD, Progress.SHIPMENT_SENT}
    return before == after or after in TRANSITIONS.get(before, frozenset())


def was_only_marked(progress: Progress | None, pushed_at: datetime | None) -> bool:
    """Whether an order was marked as sent without ever going to the ERP: an offline one, as far as was known."""
    return progress is Progress.SHIPMENT_SENT and pushed_at is None

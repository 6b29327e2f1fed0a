"""Orders confirmed before go-live: they were handled in another way, unless a person says otherwise."""

from datetime import datetime
from zoneinfo import ZoneInfo

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason

_NO_EXPORT = frozenset({Action.MARK, Action.SKIP})
_NOT_TAKEN_UP = frozenset({Reason.BEFORE_GO_LIVE, Reason.NOT_BEFORE})


def is_taken_up(action: Action | None, reason: Reason | None) -> bool:
    """Whether a run has already decided to export the order, according to its last decision."""
    return action not in {None, *_NO_EXPORT} and reason not in _NOT_TAKEN_UP


def gated(decision: Decision, order: Order, *, go_live: datetime | None, by_person: bool, timezone: str) -> Decision:
    """Hold an order that was confirmed before go-live; `go_live` None: nothing is live yet.

    `by_person`: a day run by hand, a backfill or a named order. Then only a go-live from the settings forbids anything.
    `timezone` is that of the shop's days.
    """
    if decision.action in _NO_EXPORT:
        return decision
    if go_live is None:
        return decision if by_person else Decision(action=Action.HOLD, reason=Reason.BEFORE_GO_LIVE)
    known = _confirmed_before(order, go_live) or ("" if by_person else _placed_before(order, go_live, timezone))
    if not known:
        return decision
    reason = Reason.NOT_BEFORE if by_person else Reason.BEFORE_GO_LIVE
    return Decision(action=Action.HOLD, reason=reason, detail=f"{known}, go-live is {go_live.isoformat()}")


def _confirmed_before(order: Order, go_live: datetime) -> str:
    """Return what proves it; "" if nothing. Confirming changes an order, so the last change is no earlier."""
    confirmed = order.confirmed_at or order.modified_at
    return f"confirmed at {confirmed.isoformat()}" if confirmed is not None and confirmed < go_live else ""


def _placed_before(order: Order, go_live: datetime, timezone: str) -> str:
    """Return why an order that does not say when it was confirmed may be from before go-live; "" if it is not.

    A later change proves nothing: anything may have changed. Nobody can confirm an order before it is placed.
    """
    if order.confirmed_at is not None:
        return ""
    placed = order.order_date
    if placed is not None and placed >= go_live.astimezone(ZoneInfo(timezone)).date():
        return ""
    return f"confirmed at an unknown moment, ordered on {placed or 'an unknown day'}"

"""Orders confirmed before go-live: they were handled in another way, unless a person says otherwise."""

from datetime import datetime
from zoneinfo import ZoneInfo

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason

_NOT_TAKEN_UP = frozenset({Reason.BEFORE_GO_LIVE, Reason.NOT_BEFORE})


def is_taken_up(action: Action | None, reason: Reason | None) -> bool:
    """Whether a run has already taken the order as its own to do, according to its last decision."""
    return action not in {None, Action.SKIP} and reason not in _NOT_TAKEN_UP


def gated(decision: Decision, order: Order, *, go_live: datetime | None, by_person: bool, timezone: str) -> Decision:
    """Hold an order that was confirmed before go-live, and leave an offline one alone; None: nothing is live yet.

    `by_person`: a day run by hand, a backfill or a named order. Then only a go-live from the settings forbids anything.
    `timezone` is that of the shop's days.
    """
    if decision.action is Action.SKIP or (decision.action is Action.MARK and by_person):
        return decision
    why = _too_early(order, go_live, by_person=by_person, timezone=timezone)
    if why is None:
        return decision
    if decision.action is Action.MARK:
        return Decision(action=Action.SKIP, reason=Reason.OFFLINE, detail=why)
    return Decision(action=Action.HOLD, reason=Reason.NOT_BEFORE if by_person else Reason.BEFORE_GO_LIVE, detail=why)


def _too_early(order: Order, go_live: datetime | None, *, by_person: bool, timezone: str) -> str | None:
    """Return why the order is, or may be, from before go-live; None if it is not."""
    if go_live is None:
        return None if by_person else ""
    known = _confirmed_before(order, go_live) or ("" if by_person else _placed_before(order, go_live, timezone))
    return f"{known}, go-live is {go_live.isoformat()}" if known else None


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

"""Orders confirmed before go-live: they were handled in another way, unless a person says otherwise."""

from datetime import datetime

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason

_NOT_TAKEN_UP = frozenset({Reason.BEFORE_GO_LIVE, Reason.NOT_BEFORE})


def is_taken_up(action: Action | None, reason: Reason | None) -> bool:
    """Whether a run has already decided to export the order, according to its last decision."""
    return action not in {None, Action.SKIP} and reason not in _NOT_TAKEN_UP


def gated(decision: Decision, order: Order, *, go_live: datetime | None, by_person: bool) -> Decision:
    """Hold an order that was confirmed before go-live; `go_live` None: nothing is live yet.

    `by_person`: a day run by hand, a backfill or a named order. Then only a go-live from the settings forbids anything.
    """
    if decision.action is Action.SKIP:
        return decision
    confirmed = order.confirmed_at or order.modified_at
    if go_live is None:
        return decision if by_person else Decision(action=Action.HOLD, reason=Reason.BEFORE_GO_LIVE)
    if confirmed is None or confirmed >= go_live:
        return decision
    reason = Reason.NOT_BEFORE if by_person else Reason.BEFORE_GO_LIVE
    detail = f"confirmed at {confirmed.isoformat()}, go-live is {go_live.isoformat()}"
    return Decision(action=Action.HOLD, reason=reason, detail=detail)

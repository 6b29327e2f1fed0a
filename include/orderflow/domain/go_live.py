"""What was confirmed before go-live: somebody has dealt with it in another way, unless a person says otherwise."""

from datetime import datetime

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason

_NOT_TAKEN_UP = frozenset({Reason.BEFORE_GO_LIVE, Reason.NOT_BEFORE})


def is_taken_up(action: Action | None, reason: Reason | None) -> bool:
    """Whether a run has already said about an order, known by its last decision, that it is to be exported."""
    return action not in {None, Action.SKIP} and reason not in _NOT_TAKEN_UP


def gated(decision: Decision, order: Order, *, go_live: datetime | None, by_person: bool) -> Decision:
    """Hold an order that was confirmed before go-live; None: nothing is live yet.

    `by_person`: a day that is run, a backfill, or a named order. Then only a go-live that was set forbids anything.
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

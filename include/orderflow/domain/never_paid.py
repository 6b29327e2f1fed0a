"""The end of orders that nobody pays: put aside after a long time, and taken up again when the shop changes them."""

from datetime import datetime, timedelta

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import UNPAID, Reason


def put_aside(
    decision: Decision, order: Order, *, seen_as: datetime | None, since: datetime, patience: timedelta, now: datetime
) -> Decision:
    """Skip an unpaid order that neither was found nor has changed within `patience`; else return the decision.

    `since`: when the order was found; `seen_as`: when it was changed last, as read the time before. An order that shows
    no time of its last change stays open, for its list would never tell of one.
    """
    if decision.action is not Action.WAIT or decision.reason not in UNPAID:
        return decision
    if order.modified_at is None or order.modified_at != seen_as:
        return decision
    if now - max(since, order.modified_at) <= patience:
        return decision
    return Decision(action=Action.SKIP, reason=Reason.NEVER_PAID, detail=decision.detail)

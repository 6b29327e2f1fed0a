"""The end of orders that nobody pays: skipped after a long time, and checked again when the shop changes them."""

from datetime import datetime, timedelta

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import UNPAID, Reason


def put_aside(
    decision: Decision, order: Order, *, seen_as: datetime | None, since: datetime, patience: timedelta, now: datetime
) -> Decision:
    """Skip an unpaid order that was neither found nor changed within `patience`; otherwise return the decision.

    `since`: when the order was found; `seen_as`: its last change, as read the time before. An order without a time of
    its last change stays open, because the shop's list would never show a change.
    """
    if decision.action is not Action.WAIT or decision.reason not in UNPAID:
        return decision
    if order.modified_at is None or order.modified_at != seen_as:
        return decision
    if now - max(since, order.modified_at) <= patience:
        return decision
    return Decision(action=Action.SKIP, reason=Reason.NEVER_PAID, detail=decision.detail)

"""Decide per order, only from a fresh read: process, wait, hold, mark or skip."""

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.payment import payment_rule
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ALIVE, EXPORTABLE, ShopState
from orderflow.domain.window import Window


def decide(order: Order, *, payment_option: bool, window: Window | None = None) -> Decision:
    """Decide what to do with an order as it was just read. `window` None means any day.

    The order of the questions matters: whether it is ours at all, then whether it is paid, then whether it is complete.
    """
    ours = _is_ours(order, window)
    if ours is not None:
        return ours
    if order.state is ShopState.PROCESSING:
        return Decision(action=Action.PROCESS, reason=Reason.RESUMED)
    rule = payment_rule(order.payment_status, payment_option=payment_option)
    if rule.action is not Action.PROCESS:
        return Decision(action=rule.action, reason=rule.reason, detail=f"payment_status is {order.payment_status!r}")
    return _not_whole(order) or Decision(action=Action.PROCESS, reason=rule.reason)


def _not_whole(order: Order) -> Decision | None:
    """Hold an order that the ERP would get only in part."""
    gaps = order.missing()
    if gaps:
        return Decision(action=Action.HOLD, reason=Reason.ORDER_INCOMPLETE, detail=f"missing: {', '.join(gaps)}")
    if order.unplaced:
        return Decision(action=Action.HOLD, reason=Reason.CHARGE_UNMAPPED, detail="; ".join(map(str, order.unplaced)))
    if order.fields_missing:
        return Decision(action=Action.HOLD, reason=Reason.FIELD_MISSING, detail="; ".join(order.fields_missing))
    return None


def _is_ours(order: Order, window: Window | None) -> Decision | None:
    """Skip an order that does not belong to this window, mark one that is offline; None if it may have to be exported.

    The shop ignores filters it does not know and answers 200 with everything, so a list proves nothing.
    """
    if order.state is ShopState.PROCESSING and order.is_written_back and not order.offline:
        return Decision(action=Action.SKIP, reason=Reason.ALREADY_EXPORTED)
    if order.state not in (ALIVE if order.offline else EXPORTABLE):
        return _in_another_state(order)
    if window and order.confirmed_at and order.confirmed_at not in window:
        return Decision(
            action=Action.SKIP, reason=Reason.OUTSIDE_WINDOW, detail=f"confirmed at {order.confirmed_at.isoformat()}"
        )
    return Decision(action=Action.MARK, reason=Reason.OFFLINE) if order.offline else None


def _in_another_state(order: Order) -> Decision:
    detail = f"state is {order.state_text!r}"
    if order.state is None:
        return Decision(action=Action.HOLD, reason=Reason.STATE_UNKNOWN, detail=detail)
    if order.state is ShopState.CANCEL:
        return Decision(action=Action.SKIP, reason=Reason.CANCELLED)
    return Decision(action=Action.SKIP, reason=Reason.NOT_CONFIRMED, detail=detail)


def charges_not_taken(order: Order) -> Decision:
    """Hold an order with charges for an ERP that would leave them out of its total."""
    kinds = ", ".join(f"`charges.{charge.kind}`" for charge in order.charges)
    detail = f"this ERP takes no `charges`: map {kinds} to a product"
    return Decision(action=Action.HOLD, reason=Reason.CHARGE_UNMAPPED, detail=detail)

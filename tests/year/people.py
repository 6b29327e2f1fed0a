"""The person who acts on messages, in their own time, and again when it did not help."""

from collections.abc import Callable

from orderflow.domain.reasons import Reason
from orderflow.ledger.models.alerts import Alert
from sandbox.control import SandboxControl

KNOWN = {"origin": "myorigin", "key": "124_STUK"}
Names = Callable[[str, object], None]
"""Has a run started: `resolve` or `retry` an order, or say of a packing slip that it has `arrived` or to `send_now`."""
_TAKEN_AS_IT_IS = {Reason.SIDES_DIFFER, Reason.EDITED_AFTER_EXPORT, Reason.TOTAL_DIFFERS, Reason.ERP_ORDER_CANCELLED}


class Person:
    """Does what the messages say."""

    def __init__(self, control: SandboxControl, ask: Names) -> None:
        self._control = control
        self._ask = ask

    def act(self, alert: Alert) -> int | None:
        """Do what is to be done about an alert; returns the order that is paid by that, if any."""
        if alert.shipment:
            self._find_slip(alert.shipment)
            return None
        if alert.order_id is None:
            return None
        order = self._control.order(alert.order_id)
        if alert.reason is Reason.PAYMENT_UNKNOWN:
            self._control.edit_order(alert.order_id, payment_status="paid")
            return alert.order_id
        if alert.reason is Reason.ORDER_INCOMPLETE:
            self._control.edit_order(alert.order_id, currency="EUR")
        elif alert.reason is Reason.ERP_REJECTED:
            lines = [{**line, "product": KNOWN} for line in order["order_lines"]]
            self._control.edit_order(alert.order_id, order_lines=lines)
            self._ask("retry", alert.order_id)
        elif alert.reason is Reason.CANCELLED_AFTER_EXPORT:
            self._control.cancel_erp_order(order["erp_order_number"])
            self._ask("resolve", alert.order_id)
        elif alert.reason in _TAKEN_AS_IT_IS:
            self._ask("resolve", alert.order_id)
        return None

    def _find_slip(self, number: str) -> None:
        """Look in the shop whether it has the slip; goods of a cancelled order need no message any more."""
        taken = any(message["DesadvNumber"] == number for message in self._control.desadv_messages())
        orders = {order["erp_order_number"]: order["state"] for order in self._control.orders()}
        cancelled = any(
            orders.get(slip["order_number"]) == "cancel" for slip in slips(self._control) if slip["number"] == number
        )
        self._ask("arrived" if taken or cancelled else "send_now", number)


def slips(control: SandboxControl) -> list[dict[str, str]]:
    """Return every packing slip of the ERP."""
    return list(control._call("GET", "/erp/deliveries")["deliveries"])

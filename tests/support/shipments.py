"""Runs of the packing slips, and what the shop received."""

from decimal import Decimal
from typing import Any

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import OperatorDecision, Shipment, ShipmentItem, ShipmentProgress
from orderflow.domain.window import Window
from orderflow.errors import InDoubtError
from orderflow.flow.services import Services
from orderflow.flow.shipments.listing import list_shipments
from orderflow.flow.shipments.send import ShipmentResult, send_shipments
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import RunRef
from sandbox.control import SandboxControl
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")


LINE = {"product": {"origin": "myorigin", "key": "124_STUK"}, "type": "line", "unit_price": "10.00", "quantity": 4}


PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "order_lines": [LINE, LINE]}


class Shipments:
    """One run of the packing slips after another."""

    def __init__(self, services: Services, runs: Runs) -> None:
        self.services, self._runs = services, runs

    def __call__(self, **word: list[str]) -> list[ShipmentResult]:
        named = [number for numbers in word.values() for number in numbers]
        numbers = list(dict.fromkeys([*named, *list_shipments(self.services).numbers]))
        return send_shipments(self.services, numbers, self._runs(), OperatorDecision(**word))

    def standing(self, number: str) -> tuple[ShipmentProgress, Reason | None]:
        shipment = self.services.ledger.shipments.get_many([number])[number]
        return shipment.progress, shipment.reason


def deliver(control: SandboxControl, order: str, /, *quantities: str, **fields: Any) -> str:
    """Deliver the lines of an order in these quantities; return the slip's number."""
    lines = [
        {"line_number": 10 * n + 1, "quantity": quantity, "product_key": "124_STUK"}
        for n, quantity in enumerate(quantities, start=1)
    ]
    return str(control.deliver(order, lines=lines, **fields)["number"])


def delivered(control: SandboxControl) -> dict[tuple[str, str], Decimal]:
    """Sum what the shop was sent, by ERP number and line number."""
    sums: dict[tuple[str, str], Decimal] = {}
    for message in control.desadv_messages():
        for item in message["items"]:
            name = (item["OrderNum"], item["ItemNum"])
            sums[name] = sums.get(name, Decimal(0)) + Decimal(item["QuantityValue"])
    return sums


def posts(control: SandboxControl) -> list[Any]:
    return [call for call in control.journal(service="shop", method="POST") if "des_adv" in call["path"]]


def put_in_doubt(shipments: Shipments, control: SandboxControl, order: str) -> str:
    """Deliver an order and lose its message on the way to the shop; return the slip's number."""
    number = deliver(control, order, "4", "4")
    control.fault("reset_before_commit", path="des_adv")
    shipments()
    return number


def slip_in_doubt(ledger: Ledger, number: str, erp_number: str) -> None:
    """Leave a slip of one line in the ledger, sent without an answer, with its alert."""
    item = ShipmentItem(order_number=erp_number, line_number=11, quantity=Decimal(1), product_key="124_STUK")
    more = {"slip_date": DAY.start.date(), "items": (item,), "order_numbers": (erp_number,)}
    left_out = dict.fromkeys(("planned_delivery_date", "carrier", "tracking_code", "comment"))
    ledger.shipments.note([Shipment.model_validate({"number": number, **more, **left_out})])
    run = RunRef(dag_id="orderflow_deliveries", run_id=f"of {number}", task_id="send_packing_slips")
    with ledger.shipments.claim(number, run) as claim:
        claim.intend()
        claim.fail(InDoubtError("no answer after 20 s", reason=Reason.MESSAGE_IN_DOUBT), ShipmentProgress.IN_DOUBT)
    order = ledger.shipments.orders([erp_number]).get(erp_number)
    subject = Subject.of_shipment(number, f"packing slip {number}", order and order.order_id)
    ledger.alerts.see(subject, Reason.MESSAGE_IN_DOUBT, "no answer after 20 s", run=run)

"""The proofs for packing slips: an order was exported, a slip of it is on its way, and one thing goes wrong."""

from dataclasses import dataclass
from typing import Any

from faults.ledgers import Ledgers
from faults.matrix import Bench
from faults.rows import ONLINE, Row, Scene
from faults.worker import Worker
from orderflow.domain.shipment import OperatorDecision, ShipmentProgress
from sandbox.control import SandboxControl

SHIPMENT = "PS-7"
_DESADV = "/proxy/des_adv_xml/delivery/"
_LINES = [
    {"line_number": 11, "quantity": "1.5000", "product_key": "124_STUK"},
    {"line_number": 21, "quantity": "5.0000", "product_key": "124_STUK"},
]


@dataclass(frozen=True)
class ShipmentBench(Bench):
    """Where the cells about a packing slip are proved."""

    scene: Scene = Scene.SHIPMENTS
    sent_again = "sent again"
    found = "found in the shop"

    def arrange(self) -> None:
        """Start with the day's orders exported, and one of them partly delivered."""
        super().arrange()
        super().begin(run_id="export").until("over")
        assert not super().broken()
        self.control.deliver(self._erp_number(), number=SHIPMENT, lines=_LINES)

    def begin(self, **wish: Any) -> Worker:
        """Start a run of the packing slips."""
        return self.start(word=OperatorDecision(), **wish)

    def recover(self) -> str:
        """Continue the hourly runs until the slip is sent; then a person checks the shop."""
        said = ""
        for minutes, name in ((10, "next run"), (6 * 60 + 20, "run after 6 h"), (7 * 60, "a person's word")):
            if self.broken():
                said, word = name, self._persons_word() if name == "a person's word" else OperatorDecision()
                self.start(run_id=name, word=word, minutes_later=minutes, tries=2).until("over")
        assert not self.broken(), f"not even a person makes it good: {self.broken()}"
        return said or "nothing left to do"

    def after_a_kill(self) -> str:
        """Return what it took: a message that may have been sent needs a person."""
        return f", {self.recover()}" if self.broken() else ""

    def broken(self) -> list[str]:
        """List what is currently lost, doubled or half done, of orders and of the slip."""
        told = [message for message in self.control.desadv_messages() if message["DesadvNumber"] == SHIPMENT]
        items = [(item["OrderNum"], item["ItemNum"], item["QuantityValue"]) for one in told for item in one["items"]]
        wanted = [(self._erp_number(), str(line["line_number"]), line["quantity"]) for line in _LINES]
        wrong = [] if items == wanted else [f"order {ONLINE}: the shop was told {items}"]
        if self.left() != ShipmentProgress.SENT:
            wrong.append(f"order {ONLINE}: the slip is {self.left()}")
        return [*super().broken(), *wrong]

    def left(self) -> str:
        """Return the slip's progress in the ledger."""
        known = self._ledger.shipments.get_many([SHIPMENT]).get(SHIPMENT)
        return known.progress.value if known else "unknown"

    def posts(self) -> list[dict[str, Any]]:
        """Return the requests that must not be made twice: the message to the shop."""
        return [call for call in self.control.journal(service="shop", method="POST") if call["path"] == _DESADV]

    def _persons_word(self) -> OperatorDecision:
        """Check the shop, as the runbook says."""
        there = any(message["DesadvNumber"] == SHIPMENT for message in self.control.desadv_messages())
        return OperatorDecision(arrived=[SHIPMENT]) if there else OperatorDecision(send_now=[SHIPMENT])

    def _erp_number(self) -> str:
        return str(self.control.order(ONLINE)["erp_order_number"])


def bench_of(row: Row, control: SandboxControl, sandbox_url: str, ledgers: Ledgers) -> Bench:
    """Return the bench for a row."""
    if row.scene is Scene.SHIPMENTS:
        return ShipmentBench(control, sandbox_url, ledgers)
    return Bench(control, sandbox_url, ledgers, row.scene)

"""Changes of names, webshops, lines and states, each at every moment of a run: the end is always right."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, NamedTuple

import requests

from faults.dag_run import DagRun
from faults.identity import IdentityBooks
from faults.ledgers import Ledgers
from faults.points import AFTER, BEFORE
from faults.rows import ONLINE
from faults.stand import MIDNIGHT, make_services
from faults.world import Terms, goods
from orderflow.domain.states import WRITTEN
from orderflow.domain.window import Window
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
FORMER = 19001
"""An order of an earlier series, exported and finished."""
_LINE = {"type": "line", "product": {"origin": "myorigin", "key": "124_STUK"}, "unit_price": "10.00"}
_OTHER = {**_LINE, "product": {"origin": "myorigin", "key": "88_DOOS"}, "quantity": 1}
_PLACED: dict[str, Any] = {
    "payment_status": "paid",
    "order_lines": [{**_LINE, "quantity": 2, "description": "left "}, {**_LINE, "quantity": 5}, _OTHER],
}
Change = Callable[[SandboxControl], object]


class Moment(StrEnum):
    """When it happens."""

    PUSH = "between selecting and the push"
    LOST = "the ERP has the order, the answer is lost"
    STATE = "between a read and the PATCH of the state"
    PUT = "between a read and the PUT"
    AFTER = "after the export, then reopened"


POINTS = {
    Moment.PUSH: (AFTER, f"^GET /api/order/{ONLINE}/", 1),
    Moment.LOST: (BEFORE, "^GET /erp/sales-orders", 2),
    Moment.STATE: (BEFORE, f'^PATCH /api/order/{ONLINE}/.*"state"', 1),
    Moment.PUT: (BEFORE, f"^PUT /api/order/{ONLINE}/", 1),
}
"""Before or after which call, and which occurrence of it: the ERP is also searched before an order is sent."""


class IdentityRow(NamedTuple):
    """What somebody does, or how the shop behaves from then on."""

    name: str
    change: Change
    settings: Mapping[str, Any] = {}
    """Later changes to the settings."""
    placed: Mapping[str, Any] = {}
    """The order's initial differences."""


def _edit(**changes: Any) -> Change:
    return lambda control: control.edit_order(ONLINE, **changes)


def _behave(*manners: str) -> Change:
    return lambda control: control.configure(manners=manners)


def _repeat(control: SandboxControl) -> None:
    control.add_orders(
        {"confirm_date": "2026-11-22T13:00:00", **_PLACED, "reference": control.order(ONLINE)["reference"]}
    )


def _turn(control: SandboxControl) -> None:
    """Reverse the lines, and number their ids anew from 1."""
    lines = control.order(ONLINE)["order_lines"][::-1]
    control.edit_order(ONLINE, order_lines=[{**line, "id": n} for n, line in enumerate(lines, start=1)])


def _cancel_in_erp(control: SandboxControl) -> None:
    for made in control.erp_orders():
        if made["request"]["shop_order_id"] == ONLINE:
            control.cancel_erp_order(made["number"])


IDENTITY_ROWS = (
    IdentityRow("renamed", _edit(reference="CS-B")),
    IdentityRow("moved to another webshop", _edit(webshop=2)),
    IdentityRow("another default_webshop", lambda _: None, {"default_webshop": 3}, {"webshop": None}),
    IdentityRow("another order with its reference", _repeat),
    IdentityRow("a restarted series: the name of an order of before", _edit(reference=f"CS{FORMER}")),
    IdentityRow("lines made anew", _behave("lines_recreated", "lines_newest_first")),
    IdentityRow("lines turned by a PUT", _behave("lines_reversed_on_put")),
    IdentityRow("lines turned, ids from 1", _turn),
    IdentityRow("texts trimmed", _behave("texts_trimmed")),
    IdentityRow("other number formats", _behave("decimals_longer", "decimals_rescaled_on_write")),
    IdentityRow("cancelled in the shop", _edit(state="cancel")),
    IdentityRow("cancelled in the ERP", _cancel_in_erp),
    IdentityRow("back to draft", _edit(state="draft")),
    IdentityRow("back to quotation", _edit(state="quotation")),
)


@dataclass
class IdentityBench:
    """Where these cells are proved: in this process, with an ERP that does not say whose its orders are."""

    control: SandboxControl
    sandbox_url: str
    ledgers: Ledgers

    def prove(self, row: IdentityRow, moment: Moment) -> str:
        """Prove one cell; return its text. AssertionError if anything is wrong."""
        self._arrange(row)
        placed = self.control.orders()
        changed: list[int] = []

        def change() -> None:
            changed.append(1)
            row.change(self.control)

        self._first_run(moment, change)
        if moment is Moment.AFTER:
            change()
            if self.control.order(ONLINE)["state"] == "processing":
                self.control.edit_order(ONLINE, state="confirmed")
        assert changed, f"nothing happened {moment}"
        for name, minutes, window in (("sweep", 15, None), ("later sweep", 400, None), ("day again", 30, DAY)):
            self.clock.advance(minutes=minutes)
            DagRun(self._services(settings=row.settings), name, window, tries=2).go()
        return self._judged(placed)

    def _arrange(self, row: IdentityRow) -> None:
        self.control.reset(erp_shop_order_id=False)
        self.ledgers.fresh()
        self.clock = Clock(MIDNIGHT)
        self.control.add_orders({"id": FORMER, "confirm_date": "2026-11-22T08:00:00", **_PLACED})
        DagRun(self._services(), "before", DAY).go()
        self.control.edit_order(FORMER, state="done", shipment_state="sent")
        self.control.add_orders({"id": ONLINE, "confirm_date": "2026-11-22T12:00:00", **_PLACED, **row.placed})

    def _first_run(self, moment: Moment, change: Callable[[], None]) -> None:
        """Run the day; the event happens once."""
        met: list[str] = []

        def listener(now: str, what: str, request: requests.PreparedRequest | None = None) -> None:  # noqa: ARG001
            when, call, times = POINTS.get(moment, (AFTER, "^never", 0))
            if now == when and re.search(call, what, re.DOTALL):
                met.append(what)
                if len(met) == times:
                    change()

        if moment is Moment.LOST:
            self.control.fault("reset_after_commit", service="erp", method="POST")
            self.control.fault("status", service="erp", method="GET", path="sales-orders", status=503, skip=1, times=0)
        DagRun(self._services(listener=listener), "first", DAY).go()
        self.control.clear_faults()

    def _services(self, settings: Mapping[str, Any] | None = None, listener: Any = None) -> Services:
        watched = self.ledgers.engines[0]
        return make_services(
            self.sandbox_url, "", clock=self.clock, engine=watched.engine, settings=settings, listener=listener
        )

    def _judged(self, placed: list[dict[str, Any]]) -> str:
        """Check both stores by order id and content, and return the order's final state."""
        ledger = self._services().ledger
        orders = self.control.orders()
        versions = {order["id"]: [order] for order in [*orders, *placed]}
        withdrawn = {o["id"]: o["state"] for o in orders if o["state"] in {"cancel", "draft", "quotation"}}
        world = SimpleNamespace(versions=versions, withdrawn=withdrawn, terms=Terms())
        assert IdentityBooks(self.control, ledger, world, doubt=False).broken() == []
        known = ledger.get_many(order["id"] for order in orders)
        said = []
        for order in orders:
            stands = known[order["id"]]
            if order["id"] == FORMER:
                continue
            if stands.progress in WRITTEN and stands.reason is None:
                assert all(line["erp_line_number"] for line in goods(order)), order
                said.append("written back")
            else:
                said.append(f"`{stands.reason}`")
        return "; the other one ".join(said)

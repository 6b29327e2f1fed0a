"""Over random worlds, the calls that a dry run plans are exactly the writes that the run then makes."""

import json
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete

from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.batch import Result, StepResult
from orderflow.flow.orders.run import preview_day, run_day
from orderflow.flow.plan import Plan
from orderflow.flow.services import Services, Shared
from orderflow.ledger.tables.alerts import AlertRow
from orderflow.ledger.tables.orders import EventRow, OrderRow
from orderflow.settings import Settings
from sandbox.config import TODAYS_ERP
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.ledgers import rows_of

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
PRODUCTS = ["124_STUK", "88_DOOS"]
WORLDS = 60
ERP_NUMBER, LINE_NUMBER, CUSTOMER_NUMBER = "<ERP number>", "<ERP line number", "<ERP customer number>"
MESSAGES = {"user": 10}
WEBSHOPS: dict[str, dict[str, Any]] = {
    "1": {},
    "2": {"deliveries": "none", "payment_option": False},
    "3": {"deliveries": "none", "finish": "done", "confirmation": "cxml", "messages": MESSAGES},
}
CUSTOMERS: dict[str, dict[str, Any]] = {
    "1": {"customers": "create", "guests": "by_mail"},
    "2": {"customers": "create_and_update", "tell_customer_code": True},
    "3": {},
}
ONE_AT_A_TIME = {"lookup_waits": [0, 0], "concurrency": 1, "breaker_errors": None}
"""As the dry run plans; several at a time may take two orders of one customer in another order."""


@pytest.fixture
def settings() -> dict[str, object]:
    return {"limits": ONE_AT_A_TIME, "webshops": WEBSHOPS}


class World:
    """A shop and an ERP with some history, made by dice."""

    def __init__(self, seed: int, services: Services, control: SandboxControl, clock: Clock, runs: Runs) -> None:
        self.dice = random.Random(seed)
        self.control, self.clock, self.runs = control, clock, runs
        self.has_guests = self.dice.random() < 0.4
        self.services = with_customers(services) if self.has_guests else services
        parties = {"reuse_guest_party": self.dice.random() < 0.5, "directory_patch": ("user", "customer")}
        control.reset(**(TODAYS_ERP if self.dice.random() < 0.5 else {}), **parties)
        control.erp_customers.import_from_shop()
        self.ids = control.add_orders(*[self._order(n) for n in range(self.dice.randint(3, 7))])

    def _order(self, number: int) -> dict[str, Any]:
        pick = self.dice.choice
        lines = [
            {
                "product": {"origin": "myorigin", "key": pick(PRODUCTS)},
                "quantity": pick(["1", "2.5"]),
                "unit_price": pick(["10.00", "3.3333"]),
            }
            for _ in range(pick([1, 2, 3]))
        ]
        return {
            "confirm_date": f"2026-11-22T1{number}:00:00",
            "reference": f"CS{pick([number] * 9 + [0])}",
            "webshop": pick([1, 1, 2, 3]),
            **self._guest(),
            "payment_status": pick(["paid", "paid", "paid", "account", "started", "none", "odd"]),
            "offline": pick([False, False, False, False, True]),
            "order_lines": lines,
        }

    def _guest(self) -> dict[str, Any]:
        if not self.has_guests or self.dice.random() < 0.2:
            return {}
        person, street = self.dice.choice("ab"), self.dice.choice(["Kade 1", "Kade 2"])
        return {"guest": {"email": f"{person}@example.nl", "name": person, "street1": street, "country": "NL"}}

    def live(self) -> None:
        """Let some runs meet faults, and people change things in between."""
        for _ in range(self.dice.randint(0, 2)):
            self._faults()
            self._doubt()
            run_day(self.services, DAY, self.runs("2026-11-22"))
            self.control.clear_faults()
            for _ in range(self.dice.randint(0, 4)):
                self.dice.choice([self._edit, self._edit, self._edit, self._change_erp])()
            if self.dice.random() < 0.15:
                self._lose_ledger()
            self.clock.advance(minutes=15)

    def strike(self) -> None:
        """Withdraw an order in the shop or in the ERP just before the last run: one that is half done, if any is.

        Or let two orders with one reference come in, both of them payable.
        """
        if self.dice.random() < 0.15:
            twin = self._order(8) | {"webshop": 1, "offline": False, "payment_status": "paid"}
            self.ids += self.control.add_orders(twin, twin)
        half = [order.order_id for order in self.services.ledger.open_orders() if order.erp_number]
        order_id = self.dice.choice(half or self.ids)
        where = self.dice.choice(["", "shop", "erp", "erp"] if half else ["", "shop", "erp"])
        if where == "shop":
            state = self.dice.choice(["cancel", "draft", "quotation", "confirmed", "confirmed", "confirmed", "done"])
            moved: list[dict[str, Any]] = [
                {},
                {"webshop": self.dice.choice([1, 2, 3])},
                {"erp_order_number": "OTHER"},
                {"payment_status": "chargeback"},
            ]
            self.control.edit_order(order_id, state=state, **self.dice.choice(moved))
        elif where == "erp":
            made = [one["number"] for one in self.control.erp_orders() if one["request"]["shop_order_id"] == order_id]
            for number in made:
                self.dice.choice([self.control.cancel_erp_order, self.control.remove_erp_order, self._renumber])(number)
        exported = sorted(i for i, order in self.services.ledger.get_many(self.ids).items() if order.erp_number)
        if exported and self.dice.random() < 0.2:  # it is still to be told, though it would not be sent now
            self.control.edit_order(self.dice.choice(exported), state="confirmed", payment_status="started")

    @contextmanager
    def beside_another_run(self) -> Iterator[set[int]]:
        """Let another run work on one of the orders, now and then."""
        known = sorted(self.services.ledger.get_many(self.ids))
        if not known or self.dice.random() < 0.7:
            yield set()
            return
        order_id = self.dice.choice(known)
        with self.services.ledger.claim(order_id, self.runs()):
            yield {order_id}

    def _faults(self) -> None:
        pick = self.dice.choice
        for _ in range(self.dice.randint(0, 3)):
            service, method = pick(
                [("erp", "POST"), ("shop", "PATCH"), ("shop", "PUT"), ("shop", "PATCH"), ("erp", "GET")]
            )
            action = pick(["reset_after_commit", "reset_before_commit", "status"])
            rule: dict[str, Any] = {"status": pick([400, 403, 503])} if action == "status" else {}
            times, skip = pick([1, 4, 0]), self.dice.randint(0, 5)
            self.control.fault(action, service=service, method=method, times=times, skip=skip, **rule)

    def _doubt(self) -> None:
        """Let the ERP lose requests or answers: orders are sent again or found later. Or let the shop refuse writes."""
        lost = self.dice.choice(["", "request", "answer", "write", "write"])
        if lost == "write":
            method, skip = self.dice.choice(["PATCH", "PUT"]), self.dice.randint(0, 3)
            self.control.fault("status", service="shop", method=method, status=503, times=0, skip=skip)
        elif lost == "request":
            self.control.fault("reset_before_commit", service="erp", method="POST", times=0)
        elif lost == "answer":
            self.control.fault("reset_after_commit", service="erp", method="POST", times=0)
            self.control.fault("status", service="erp", method="GET", status=503, times=0, skip=self.dice.randint(1, 6))

    def _edit(self) -> None:
        order = self.control.order(self.dice.choice(self.ids))
        lines = order["order_lines"]
        new_ids = [{**line, "id": 900 + n} for n, line in enumerate(reversed(lines))]
        changed = [{**lines[0], "quantity": "7"}, *lines[1:]]
        changes: list[dict[str, Any]] = [
            {"state": "cancel"}, {"state": "draft"}, {"state": "confirmed"}, {"state": "confirmed"},
            {"state": "confirmed", "erp_order_number": None}, {"erp_order_number": "TYPED-1"}, {"reference": "CS-new"},
            {"webshop": self.dice.choice([1, 2, 3])}, {"payment_status": "chargeback"}, {"payment_status": "paid"},
            {"order_lines": new_ids}, {"order_lines": changed}, {"order_lines": [*lines, {**lines[0], "id": 990}]},
            {"customer_order_number": "PO-X"}, {"state": "odd"}, {"currency": None},
        ]  # fmt: skip
        self.control.edit_order(order["id"], **self.dice.choice(changes))

    def _change_erp(self) -> None:
        orders = self.control.erp_orders()
        if orders:
            number = self.dice.choice(orders)["number"]
            self.dice.choice([self.control.cancel_erp_order, self.control.remove_erp_order, self._renumber])(number)

    def _renumber(self, number: str) -> None:
        """Give an order of the ERP another number; perhaps somebody has corrected it in the shop, too."""
        new = f"{number}-N"
        self.control.edit_erp_order(number, number=new)
        (made,) = [order["request"] for order in self.control.erp_orders() if order["number"] == new]
        if self.dice.random() < 0.3:
            self.control.edit_order(made["shop_order_id"], erp_order_number=new)

    def _lose_ledger(self) -> None:
        with self.services.ledger._engine.begin() as connection:
            for table in (OrderRow, EventRow, AlertRow):
                connection.execute(delete(table))


def with_customers(services: Services) -> Services:
    """Return services that send customers and addresses to the ERP."""
    webshops = {number: WEBSHOPS[number] | CUSTOMERS[number] for number in WEBSHOPS}
    document = {"limits": ONE_AT_A_TIME, "webshops": webshops, "origins": ["webshop", "erp"]}
    return replace(services, settings=Settings.parse(document))


Write = tuple[str, str, Any]


def planned(plan: Plan, control: SandboxControl) -> list[Write]:
    """Return the planned writes with the numbers that the ERP has given meanwhile."""
    made = {order["request"]["shop_order_id"]: order for order in control.erp_orders()}
    found: list[Write] = []
    for call in plan.calls:
        order = made.get(call.order_id, {"number": ERP_NUMBER, "request": {}})
        code = (order["request"].get("buyer") or {}).get("code") or CUSTOMER_NUMBER
        body = call.body.replace(ERP_NUMBER, order["number"]).replace(CUSTOMER_NUMBER, code)
        for position in range(1, 10):
            body = body.replace(f'"{LINE_NUMBER} {position}>"', str(10 * position + 1))
            body = body.replace(f"{LINE_NUMBER} {position}>", str(10 * position + 1))
        found.append((call.method, call.path.partition("?")[0], _comparable(body)))
    return sorted(found, key=str)


def written(control: SandboxControl) -> list[Write]:
    calls = [call for call in control.journal() if call["method"] != "GET" and call["committed"]]
    return sorted(((call["method"], _path(call), _comparable(call["request_body"])) for call in calls), key=str)


def _path(call: dict[str, Any]) -> str:
    return str(call["path"]).removeprefix("/erp").partition("?")[0]


def _comparable(body: Any) -> Any:
    """Without what moves by itself: the moment of the last change, and of a message."""
    if isinstance(body, str):
        if not body.startswith("{"):
            return "a message"
        body = json.loads(body)
    return {name: str(value) for name, value in body.items() if name not in {"modified_date", "at", "date"}}


def _orders(results: Iterable[Result]) -> set[int]:
    return {result.order_id for result in results if isinstance(result, StepResult)}


@pytest.mark.parametrize("seed", range(WORLDS))
def test_what_a_dry_run_plans_is_what_the_run_does(
    seed: int, services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    world = World(seed, services, control, clock, runs)
    services = world.services
    world.live()
    world.strike()
    with world.beside_another_run() as busy:
        control.clear_journal()
        before = rows_of(services.ledger)
        selected, plan = preview_day(replace(services, shared=Shared()), DAY, runs("2026-11-22"), lambda _: None)
        assert [call for call in control.journal() if call["method"] != "GET"] == []
        assert rows_of(services.ledger) == before
        control.clear_journal()

        report = run_day(replace(services, shared=Shared()), DAY, runs("2026-11-22"))

    assert planned(plan, control) == written(control), report.failures
    failed = {failure.order_id for failure in report.failures}
    assert _orders(plan.failed) - busy == failed - busy, (report.failures, plan.failed)
    seen = services.ledger.get_many(one.order_id for one in selected).values()
    held = {order.order_id for order in seen if order.progress is Progress.HELD}
    assert _orders(plan.left) - busy == held - failed - busy

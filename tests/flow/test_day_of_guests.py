"""A day of guests: each order with the right customer and addresses, each created once, whatever fails."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orderflow.domain.findings import FindingKind
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.flow.orders.run import preview_day, run_day, run_sweep
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.services import Services, Shared
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.guest_day import (
    COUPON,
    DAY,
    ORDER,
    SETTINGS,
    SHIPPING,
    WHOLE,
    GuestDay,
    OrderInErp,
    PartyInErp,
    PlaceInErp,
    guest,
    judge,
    lines,
    run_twice_at_once,
    take_up_the_rest,
)


def task(services: Services, **webshop: Any) -> Services:
    """Return the services of another task."""
    settings = {**SETTINGS, "webshops": {"1": {**SETTINGS["webshops"]["1"], **webshop}}}
    return replace(services, settings=Settings.parse(settings), shared=Shared())


def progress(services: Services, order_id: int) -> Progress | None:
    known = services.ledger.get(order_id)
    return known.progress if known else None


@pytest.fixture
def day(control: SandboxControl) -> GuestDay:
    """Return 65 orders; the ERP knows the customers that it made."""
    day = GuestDay(control, WHOLE)
    control.erp_customers.import_from_shop()
    return day


class SandboxBooks:
    """The sandbox's ERP."""

    def __init__(self, control: SandboxControl) -> None:
        self._control = control

    def parties(self) -> list[PartyInErp]:
        return [
            PartyInErp(
                code=customer["code"],
                is_new=customer["keys"][0][0] == "webshop",
                names=frozenset("/".join(key) for key in customer["keys"]),
                contacts=frozenset({customer["buyer"].get("email"), customer["buyer"].get("phone")} - {None}),
                vat_numbers=frozenset({customer["buyer"].get("vat_number")} - {None}),
                new_places=tuple(
                    PlaceInErp(f"{place['origin']}/{place['key']}", place["street1"])
                    for place in customer["addresses"]
                    if place["origin"] == "webshop"
                ),
            )
            for customer in self._control.erp_customers.all()
        ]

    def orders(self) -> list[OrderInErp]:
        codes = {name: party.code for party in self.parties() for name in party.names}
        return [self._order(order, codes) for order in self._control.erp_orders()]

    def name_of(self, kind: str, record: Mapping[str, Any]) -> str:  # noqa: ARG002
        return f"{record['origin']}/{record['key']}"

    def _order(self, order: Mapping[str, Any], codes: Mapping[str, str]) -> OrderInErp:
        request = order["request"]
        buyer, ship_to, bill_to = (request[role] for role in ("buyer", "ship_to", "bill_to"))
        assert buyer["code"] == codes[f"{buyer['origin']}/{buyer['key']}"]
        return OrderInErp(
            shop_order_id=request["shop_order_id"],
            number=order["number"],
            party=buyer["code"],
            ship_to=PlaceInErp(f"{ship_to['origin']}/{ship_to['key']}", ship_to["street1"]),
            bill_to=f"{bill_to['origin']}/{bill_to['key']}",
            total=Decimal(order["total"]),
            line_numbers=(11, 21, None),  # a coupon is no line here
        )


FAULTS: dict[str, list[dict[str, Any]]] = {
    "nothing fails": [],
    "customers are lost": [
        {"action": "reset_after_commit", "service": "erp", "path": "/customers", "probability": 0.2, "times": 0},
        {"action": "status", "status": 503, "service": "erp", "path": "/customers", "probability": 0.1, "times": 0},
    ],
    "lists and records fail": [
        {"action": "status", "status": 500, "service": "shop", "path": "/origin/", "probability": 0.2, "times": 0},
        {"action": "truncated_body", "service": "shop", "path": "/origin/", "probability": 0.1, "times": 0},
    ],
    "orders are lost": [
        {"action": "reset_after_commit", "service": "erp", "path": "/sales-orders", "probability": 0.2, "times": 0},
        {"action": "reset_before_commit", "service": "erp", "path": "/sales-orders", "probability": 0.1, "times": 0},
    ],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_parties_and_addresses_are_made_once_and_are_the_right_ones(
    services: Services, control: SandboxControl, clock: Clock, day: GuestDay, faults: list[dict[str, Any]]
) -> None:
    """Two runs at once, under faults, then sweeps without: and after that there is nothing left to write."""
    control.faults([{**fault, "seed": n} for n, fault in enumerate(faults)])
    run_twice_at_once(lambda: task(services))
    control.clear_faults()
    take_up_the_rest(lambda: task(services), clock)
    judge(control, SandboxBooks(control), day)
    before = control.journal()[-1]["n"]
    run_day(task(services), DAY, Runs()("2026-11-22"))
    assert [call for call in control.journal(since=before) if call["method"] != "GET"] == []


def test_a_charge_with_a_product_is_written_back_as_any_line(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "order_lines": [SHIPPING, COUPON, lines(0)[0]]})
    control.erp_customers.import_from_shop()
    assert run_day(task(services), DAY, runs("2026-11-22")).processed == 1
    (made,) = control.erp_orders()
    assert [line["product"]["key"] for line in made["request"]["lines"]] == ["SHIPPING", "1_STUK"]
    assert [line["erp_line_number"] for line in control.order(order_id)["order_lines"]] == [11, None, 21]
    assert progress(services, order_id) is Progress.WRITTEN_BACK


def test_a_dry_run_shows_who_would_be_made_and_makes_nobody(
    services: Services, control: SandboxControl, runs: Runs, day: GuestDay
) -> None:
    shown: list[str] = []
    _, plan = preview_day(task(services), DAY, runs("2026-11-22"), shown.append)
    made = [call for call in plan.calls if call.path == "/customers"]
    added = [call for call in plan.calls if call.path.startswith("/customers/")]
    assert (len(made), len(added)) == (WHOLE.people, 15), "a guest's further orders bring addresses"
    new = [call for call in plan.calls if call.path == "/sales-orders" and "<ERP customer number>" in call.body]
    assert len(new) == WHOLE.orders, "of the others the ERP has the customer, and its number"
    assert len([call for call in plan.calls if call.path == "/sales-orders"]) == len(day.order_ids)
    assert "g7@example.nl" in made[7].body
    assert [call for call in control.journal() if call["method"] != "GET"] == []
    run_day(task(services), DAY, runs("2026-11-22"))
    judge(control, SandboxBooks(control), day)


@pytest.mark.parametrize("missing", ["customer", "address"])
def test_an_order_that_names_nobody_is_held_and_goes_once_the_record_is_there(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, missing: Any
) -> None:
    (order_id, _) = control.add_orders(guest(1), guest(2))
    field = "customer" if missing == "customer" else "shipment_address"
    record = control.people.remove(missing, control.order(order_id)[field])
    (failure,) = run_day(task(services), DAY, runs("2026-11-22")).failures
    assert failure.reason is Reason.CUSTOMER_UNKNOWN
    assert str(record["id"]) in failure.message
    assert progress(services, order_id) is Progress.HELD
    control.people.add(missing, **record)
    clock.advance(minutes=15)
    assert run_sweep(task(services), runs()).processed == 1


@pytest.mark.parametrize("mode", ["must_exist", "create"])
def test_an_order_whose_customer_the_erp_lacks_or_refuses_is_held_until_it_is_mended(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, mode: str
) -> None:
    control.configure(erp_customer_needs=("vat_number",))
    (order_id,) = control.add_orders(guest(2))
    (failure,) = run_day(task(services, customers=mode), DAY, runs("2026-11-22")).failures
    party = control.people.get("customer", control.order(order_id)["customer"])
    expected = Reason.CUSTOMER_NOT_IN_ERP if mode == "must_exist" else Reason.CUSTOMER_REJECTED
    assert failure.reason is expected
    assert party["key"] in failure.message
    assert "Gast" not in failure.message
    assert control.erp_orders() == []
    control.configure(erp_customer_needs=())
    clock.advance(minutes=15)
    assert run_sweep(task(services, customers="create"), runs()).processed == 1


def test_a_customer_that_was_taken_out_of_the_erp_is_looked_up_again(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.configure(erp_unknown_customers="reject")
    (first,) = control.add_orders(guest(1))
    run_day(task(services), DAY, runs("2026-11-22"))
    (known,) = control.erp_customers.all()
    control.erp_customers.remove(known["code"])
    named = ("customer", "user", "shipment_address", "invoice_address")
    control.add_orders({**ORDER, **{name: control.order(first)[name] for name in named}})
    (failure,) = run_day(task(services), DAY, runs("2026-11-22")).failures
    assert failure.reason is Reason.ERP_REJECTED
    clock.advance(hours=7)
    assert run_sweep(task(services), runs()).processed == 1
    assert len(control.erp_customers.all()) == 1


@pytest.mark.parametrize(("field", "role"), [("shipment_address", "ship_to"), ("invoice_address", "bill_to")])
def test_an_address_that_changed_since_an_earlier_order_is_said_once_and_each_order_keeps_its_own(
    services: Services, control: SandboxControl, clock: Clock, field: str, role: str
) -> None:
    (first,) = control.add_orders({**guest(1), "new_address": {"street1": "Kade 1"}})
    run_day(task(services), DAY, Runs()("2026-11-22"))
    shown = control.order(first)
    assert shown["shipment_address"] != shown["invoice_address"]
    control.people.edit("address", shown[field], street1="Laan 9")
    named = {name: shown[name] for name in ("customer", "user", "shipment_address", "invoice_address")}
    later = control.add_orders({**ORDER, **named}, {**ORDER, **named})
    clock.advance(minutes=15)
    run_sweep(task(services), Runs()())
    (alert,) = [alert for alert in services.ledger.alerts.open() if alert.reason is Reason.ADDRESS_CHANGED]
    assert control.people.get("address", shown[field])["key"] in str(alert)
    orders = {order["request"]["shop_order_id"]: order["request"][role]["street1"] for order in control.erp_orders()}
    assert orders == {first: "Kade 1", **dict.fromkeys(later, "Laan 9")}
    (customer,) = control.erp_customers.all()
    assert [place["street1"] for place in customer["addresses"]] == ["Kade 1", "Kade 1"]


def test_a_reconciliation_names_orders_that_the_erp_sends_to_another_address(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """An order whose address is another one by now in the shop goes where it was sent, which is no such difference."""
    control.add_orders(guest(1), guest(2), guest(3))
    run_day(task(services), DAY, runs("2026-11-22"))
    one, two, three = control.erp_orders()
    control.edit_erp_order(one["number"], ship_to=two["request"]["ship_to"])
    control.edit_order(three["request"]["shop_order_id"], shipment_address=two["request"]["ship_to"]["id"])
    clock.advance(hours=3)
    found = reconcile(task(services), runs())
    kinds = {finding.erp_number: finding.kind for finding in found.overdue}
    assert kinds == {one["number"]: FindingKind.ADDRESS_DIFFERS, three["number"]: FindingKind.CONTENT_DIFFERS}
    shown = {finding.kind: (finding.shop_value, finding.erp_value) for finding in found.overdue}
    ours, theirs = (f"address key webshop/{order['request']['ship_to']['key']}" for order in (one, two))
    assert shown[FindingKind.ADDRESS_DIFFERS] == (ours, theirs)


def test_a_reconciliation_names_orders_that_the_erp_has_for_another_customer(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """One that was merged into another customer is the same customer."""
    control.add_orders(guest(1), guest(2), guest(3), guest(4))
    run_day(task(services), DAY, runs("2026-11-22"))
    one, two, three, four = (order["request"]["buyer"]["code"] for order in control.erp_orders())
    (changed,) = [order for order in control.erp_orders() if order["request"]["buyer"]["code"] == one]
    (other,) = [customer for customer in control.erp_customers.all() if customer["code"] == two]
    control.edit_erp_order(changed["number"], buyer={"origin": other["keys"][0][0], "key": other["keys"][0][1]})
    control.erp_customers.merge(three, four)
    clock.advance(hours=3)
    found = reconcile(task(services), runs())
    assert [finding.kind for finding in found.overdue] == [FindingKind.CUSTOMER_DIFFERS]
    (finding,) = found.overdue
    assert (finding.shop_value, finding.erp_value) == (f"customer {one}", f"customer {two}")

"""A day of guests into a real Tryton: a short one, or that of `make guest-day` if ORDERFLOW_WHOLE_DAY is set."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
import requests
from sqlalchemy import URL

from orderflow.domain.findings import FindingKind
from orderflow.erp.rest import ERP
from orderflow.erp.tryton.adapter import TrytonErp
from orderflow.flow.orders.run import run_day
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.services import Services, Shared
from orderflow.ledger.opening import open_ledger
from orderflow.settings import Settings
from orderflow.transport import Channel, FixedAuthorization, RetryPolicy
from postgres import fresh_database
from sandbox.control import SandboxControl
from support.clock import Clock
from support.faulty_proxy import FaultyProxy, faulty
from support.flow_runs import Runs
from support.guest_day import (
    DATE,
    DAY,
    ORDER,
    SETTINGS,
    SMALL,
    WHOLE,
    GuestDay,
    Size,
    judge,
    lines,
    run_twice_at_once,
    take_up_the_rest,
)
from support.tryton_books import TrytonBooks
from tryton import RunningTryton

pytestmark = [pytest.mark.tryton, pytest.mark.timeout(3600)]

SIZE = WHOLE if os.environ.get("ORDERFLOW_WHOLE_DAY") else SMALL
IN_TRYTON = {**SETTINGS, "charges": {kind: {"product": "SHIPPING"} for kind in ("shipment_cost", "coupon")}}
"""Tryton takes no `charges`: all money is on lines."""
PARTY, SALE, QUOTE = r"/party\.party", r"/sale\.sale\?", r"/quote\?"
ERP_FAULTS: list[dict[str, Any]] = [
    {"action": "reset_after_commit", "method": "POST", "path": PARTY, "probability": 0.3},
    {"action": "status", "status": 503, "method": "POST", "path": PARTY, "probability": 0.2},
    {"action": "status", "status": 502, "method": "PUT", "path": PARTY, "probability": 0.2, "commit": True},
    {"action": "reset_before_commit", "method": "PUT", "path": PARTY, "probability": 0.2},
    {"action": "truncated_body", "method": "POST", "path": SALE, "times": 2},
    {"action": "reset_after_commit", "method": "POST", "path": SALE, "probability": 0.3},
    {"action": "status", "status": 500, "method": "POST", "path": QUOTE, "probability": 0.2, "commit": True},
    {"action": "reset_before_commit", "method": "POST", "path": QUOTE, "probability": 0.2},
]
SHOP_FAULTS: list[dict[str, Any]] = [
    {"action": "status", "status": 500, "path": "/origin/", "probability": 0.1},
    {"action": "reset_after_commit", "method": "PUT", "probability": 0.1},
]
_first_ids = count(9_000_000, 1_000)
"""Tryton keeps its parties from one test to the next, so that each day has ids of its own."""

Task = Callable[[], Services]


@pytest.fixture
def proxy(tryton: RunningTryton) -> Iterator[FaultyProxy]:
    """Return what stands between the flow and Tryton."""
    with faulty(tryton.url) as proxy:
        yield proxy


@pytest.fixture
def task(services: Services, tryton: RunningTryton, proxy: FaultyProxy, postgres: URL, clock: Clock) -> Iterator[Task]:
    """Return a function that makes the services of one more task, all on one ledger in PostgreSQL."""
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(postgres))

        def make() -> Services:
            ledger = open_ledger(database, clock=clock)
            stack.callback(ledger._engine.dispose)
            key = FixedAuthorization("Bearer", tryton.key)
            policy = RetryPolicy(attempts=3, sleep=lambda _: None)
            channel = Channel(requests.Session(), proxy.url, service=ERP, authorize=key, policy=policy)
            erp = TrytonErp(channel, tryton.connection_extra)
            return replace(
                services, connect_erp=lambda: erp, ledger=ledger, settings=Settings.parse(IN_TRYTON), shared=Shared()
            )

        make().ledger.days.begin("2020-01-01")
        yield make


def placed(control: SandboxControl, size: Size) -> GuestDay:
    """Put a day's orders into the shop, whose records have ids that no earlier test used."""
    first = next(_first_ids)
    control.people.add("customer", id=first, create_date="2026-11-01T09:00:00")
    control.people.add("address", id=first, create_date="2026-11-01T09:00:00")
    return GuestDay(control, size, product="124_STUK")


def books_of(tryton: RunningTryton, control: SandboxControl) -> TrytonBooks:
    return TrytonBooks(tryton, {f"{order['webshop']}/{order['reference']}": order["id"] for order in control.orders()})


def test_parties_and_addresses_are_made_once_and_are_the_right_ones(
    task: Task, control: SandboxControl, tryton: RunningTryton, proxy: FaultyProxy, clock: Clock
) -> None:
    """Two runs at once, under faults, then sweeps without: and after that there is nothing left to write."""
    guest_party = _guest_party(tryton)
    day = placed(control, SIZE)
    books = books_of(tryton, control)
    control.faults([{"service": "shop", "times": 0, "seed": n, **fault} for n, fault in enumerate(SHOP_FAULTS)])
    proxy.faults([{"service": "erp", "times": 0, "seed": n, **fault} for n, fault in enumerate(ERP_FAULTS)])
    run_twice_at_once(task)
    control.clear_faults()
    proxy.clear_faults()
    assert {fault["action"] for fault in ERP_FAULTS} <= proxy.seen.keys(), "a day without faults proves little"
    take_up_the_rest(task, clock)
    judge(control, books, day)
    with_contact = [["contact.value", "in", day.mails]]
    assert tryton.rpc("model.sale.sale.search_count", with_contact) == SIZE.orders, "the first and each later one"
    assert tryton.rpc("model.sale.sale.search_count", [["party", "=", guest_party]]) == 0
    assert reconcile(task(), Runs()("evening")).summary.findings == 0
    assert _writes_of(lambda: run_day(task(), DAY, Runs()(DATE)), control, proxy) == []


def _writes_of(run: Callable[[], Any], control: SandboxControl, proxy: FaultyProxy) -> list[Any]:
    """Return what a run wrote at the shop and at Tryton, where a form's questions count, too."""
    last, before = control.journal()[-1]["n"], proxy.methods.copy()
    run()
    at_tryton = (proxy.methods - before).elements()
    return [call for call in (*(call["method"] for call in control.journal(since=last)), *at_tryton) if call != "GET"]


def _guest_party(tryton: RunningTryton) -> int:
    """Return the party that the web shop has for guests' carts; it is given one first."""
    (party,) = tryton.rpc("model.party.party.create", [{"name": "Guests of the web shop"}])
    (shop,) = tryton.rpc("model.web.shop.search", [["name", "=", "Webshop 1"]], 0, None, None)
    tryton.rpc("model.web.shop.write", [shop], {"guest_party": party})
    return int(party)


def test_a_reconciliation_names_orders_that_tryton_has_for_another_customer_or_address(
    task: Task, control: SandboxControl, tryton: RunningTryton, clock: Clock
) -> None:
    """One that was merged into another customer is the same customer, also when it is the ERP's own."""
    placed(control, Size(orders=3, people=3, moved=0))
    number = next(_first_ids)
    source, target = _own_customer(tryton, number), _own_customer(tryton, next(_first_ids))
    named = dict.fromkeys(("customer", "shipment_address", "invoice_address"), number)
    control.add_orders({**ORDER, "order_lines": lines(3, "124_STUK"), **named})
    run_day(task(), DAY, Runs()(DATE))
    fields = ["number", "party", "shipment_address", "invoice_address"]
    others = [["party", "!=", source]]
    one, two, three = tryton.rpc("model.sale.sale.search_read", others, 0, None, None, fields)
    tryton.rpc("model.sale.sale.draft", [one["id"], two["id"]])
    party = {name: three[name] for name in ("party", "shipment_address", "invoice_address")}
    tryton.rpc("model.sale.sale.write", [one["id"]], party)
    other = {"shipment_party": three["party"], "shipment_address": three["shipment_address"]}
    tryton.rpc("model.sale.sale.write", [two["id"]], other)
    session = tryton.rpc("wizard.party.replace.create")[0]
    wanted = {"ask": {"source": source, "destination": target}}
    tryton.rpc("wizard.party.replace.execute", session, wanted, "replace")
    clock.advance(hours=3)
    found = {(finding.erp_number, finding.kind) for finding in reconcile(task(), Runs()("evening")).overdue}
    assert found == {
        (one["number"], FindingKind.CUSTOMER_DIFFERS),
        (one["number"], FindingKind.ADDRESS_DIFFERS),
        (two["number"], FindingKind.ADDRESS_DIFFERS),
    }


def _own_customer(tryton: RunningTryton, number: int) -> int:
    """Make a customer of Tryton's own, known in the shop by this id, as its address is; return the party."""
    codes = [["create", [{"code": f"customer:{number}"}]]]
    party = {"name": "Own customer", "addresses": [["create", [{"city": "Testville"}]]], "identifiers": codes}
    (made,) = tryton.rpc("model.party.party.create", [party])
    ((address,),) = (one["addresses"] for one in tryton.rpc("model.party.party.read", [made], ["addresses"]))
    tryton.rpc("model.party.identifier.create", [{"party": made, "address": address, "code": f"address:{number}"}])
    return int(made)

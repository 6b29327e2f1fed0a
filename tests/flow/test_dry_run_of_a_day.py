"""A day's dry run plans what the day's run then does, also where the orders of the day depend on each other."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from orderflow.domain.window import Window
from orderflow.flow.orders.run import preview_day, run_day
from orderflow.flow.orders.select import select
from orderflow.flow.plan import Plan, as_table
from orderflow.flow.services import Services, Shared
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.buyers import GUEST
from support.flow_runs import Runs
from support.guest_day import DATE, DAY, ORDER

FINISHING: dict[str, Any] = {"1": {"deliveries": "none", "finish": "done"}, "2": {}, "3": {"deliveries": "none"}}
Calls = list[tuple[str, str, str]]


def with_settings(services: Services, **settings: Any) -> Services:
    """Return the services of a task with these settings, which takes one order at a time."""
    limits = {"lookup_waits": [0, 0], "concurrency": 1}
    return replace(services, settings=Settings.parse({"limits": limits, **settings}), shared=Shared())


def planned_and_done(services: Services, control: SandboxControl, runs: Runs) -> tuple[Plan, Calls]:
    """Return the plan of the day, after checking that the run makes these calls and no others."""
    control.clear_journal()
    _, plan = preview_day(services, DAY, runs(DATE), lambda _: None)
    assert [call for call in control.journal() if call["method"] != "GET"] == []
    control.clear_journal()
    run_day(replace(services, shared=Shared()), DAY, runs(DATE))
    writes = [call for call in control.journal() if call["method"] != "GET" and call["committed"]]
    made = [(call["service"], call["method"], call["path"].removeprefix("/erp")) for call in writes]
    planned = [(call.system, call.method, unquote(call.path)) for call in plan.calls]  # the journal's paths are decoded
    assert sorted(planned) == sorted(made)
    return plan, made


def without_its_last_step(services: Services, control: SandboxControl, runs: Runs, last: str) -> int:
    """Return an order that was written back, and whose last step the shop refused."""
    (order_id,) = control.add_orders(ORDER)
    control.fault("status", status=400, service="shop", method="PATCH", body=last, times=0)
    run_day(services, DAY, runs(DATE))
    control.clear_faults()
    return order_id


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda control, i: control.edit_order(i, erp_order_number="OTHER"), "erp_number_conflict"),
        (lambda control, _: control.cancel_erp_order(control.erp_orders()[0]["number"]), "erp_order_cancelled"),
        (lambda control, _: control.fault("status", status=403, service="erp", method="GET", times=0), "erp_refused"),
    ],
)
def test_the_last_step_of_a_reopened_order_depends_on_its_write_back(
    services: Services, control: SandboxControl, runs: Runs, spoil: Callable[[SandboxControl, int], Any], reason: str
) -> None:
    services = with_settings(services, webshops=FINISHING)
    order_id = without_its_last_step(services, control, runs, '"done"')
    control.edit_order(order_id, state="confirmed")
    spoil(control, order_id)
    plan, made = planned_and_done(services, control, runs)
    assert [str(result.error and result.error.reason) for result in plan.failed] == [reason]
    assert (len(made) == 1) == (reason != "erp_order_cancelled")


@pytest.mark.parametrize(("start", "now"), [(1, 2), (2, 1), (3, 1), (1, 3)])
def test_the_last_step_of_a_reopened_order_is_that_of_its_present_webshop(
    services: Services, control: SandboxControl, runs: Runs, start: int, now: int
) -> None:
    services = with_settings(services, webshops=FINISHING)
    (order_id,) = control.add_orders({**ORDER, "webshop": start})
    control.fault("status", status=400, service="shop", method="PATCH", body="sent", times=0)
    run_day(services, DAY, runs(DATE))
    control.clear_faults()
    control.edit_order(order_id, state="confirmed", webshop=now)
    plan, _ = planned_and_done(services, control, runs)
    last = {1: '{"state": "done"}', 2: '{"state": "processing"}', 3: '{"shipment_state": "sent"}'}
    assert plan.calls[-1].body == last[now]


def test_of_two_orders_with_one_name_in_the_erp_the_first_gets_it(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    first, second = control.add_orders({**ORDER, "reference": "CS1"}, {**ORDER, "reference": "CS1"})
    plan, _ = planned_and_done(with_settings(services), control, runs)
    assert {call.order_id for call in plan.calls} == {first}
    ((failed, _, error),) = plan.failed
    assert (failed, str(error and error.reason)) == (second, "reference_taken")


@pytest.mark.parametrize("same_record", [True, False])
@pytest.mark.parametrize("mode", ["create", "create_and_update"])
def test_two_orders_of_one_new_customer_create_it_once(
    services: Services, control: SandboxControl, runs: Runs, *, same_record: bool, mode: str
) -> None:
    control.configure(reuse_guest_party=same_record, directory_patch=("user", "customer"))
    control.add_orders({**ORDER, "guest": GUEST}, {**ORDER, "guest": {**GUEST, "street1": "Brink"}})
    webshop = {"customers": mode, "guests": "by_mail", "tell_customer_code": True}
    services = with_settings(services, webshops={"1": webshop}, origins=["webshop", "erp"])
    plan, _ = planned_and_done(services, control, runs)
    assert [call.path for call in plan.calls].count("/customers") == 1
    sent = [call.body for call in plan.calls if call.path == "/sales-orders"]
    assert [body.count('"code": "<ERP customer number>"') for body in sent] == [1, 1]


def test_a_dry_run_reads_the_shops_lists_again_and_keeps_nothing_of_them(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.add_orders({**ORDER, "guest": GUEST})
    services = with_settings(services, webshops={"1": {"customers": "create"}}, origins=["webshop", "erp"])
    counted = []
    for _ in range(2):
        control.clear_journal()
        preview_day(services, DAY, runs(DATE), lambda _: None)
        counted.append(len([call for call in control.journal() if call["path"].startswith("/api/origin/")]))
    assert counted[0] == counted[1] > 0


def test_an_order_that_cannot_be_read_is_named_and_the_others_are_planned(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    unreadable, other = control.add_orders(ORDER, ORDER)
    control.fault("status", status=403, service="shop", method="GET", path=f"/api/order/{unreadable}/", times=0)
    plan, _ = planned_and_done(with_settings(services), control, runs)
    assert {call.order_id for call in plan.calls} == {other}
    ((failed, _, error),) = plan.failed
    assert (failed, str(error and error.reason)) == (unreadable, "shop_auth")


@pytest.mark.parametrize("change", [{}, {"state": "cancel"}, {"offline": False, "payment_status": "paid"}])
def test_an_offline_order_of_another_day_is_marked_by_the_day_that_lists_it(
    services: Services, control: SandboxControl, runs: Runs, change: dict[str, Any]
) -> None:
    """A shop that ignores the filters by date."""
    services = with_settings(services)
    control.configure(unknown_filters=["confirm_date__gte", "confirm_date__lte"])
    (order_id,) = control.add_orders({**ORDER, "offline": True, "confirm_date": "2026-11-21T12:00:00"})
    control.fault("status", status=401, service="shop", method="PATCH", times=0)
    run_day(services, Window.of_day("2026-11-21", "Europe/Amsterdam"), runs("2026-11-21"))
    control.clear_faults()
    control.edit_order(order_id, **change)
    plan, made = planned_and_done(services, control, runs)
    assert (len(made), plan.failed) == (0 if change else 1, [])


def test_a_changed_customer_is_planned_with_the_path_and_body_that_are_sent(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.people.add("customer", id=901, origin="webshop", key="K 1/\u00e9", name="Jan", email="j@example.nl")
    control.people.add("address", id=902, origin="webshop", key="A1", customer=901, street1="Kade 1", city="Zwolle")
    order = {**ORDER, "customer": 901, "user": None, "shipment_address": 902, "invoice_address": 902}
    webshops = {"1": {"customers": "create_and_update"}}
    services = with_settings(services, webshops=webshops, origins=["webshop", "erp"])
    control.add_orders(order)
    run_day(services, DAY, runs(DATE))
    control.people.edit("customer", 901, name="Jan Jansen")
    control.add_orders(order)
    plan, _ = planned_and_done(services, control, runs)
    (call,) = [call for call in plan.calls if call.method == "PUT" and call.system == "erp"]
    (sent,) = [made["request_body"] for made in control.journal(method="PUT") if made["service"] == "erp"]
    assert (call.path, json.loads(call.body)) == ("/customers/webshop/K%201%2F%C3%A9", sent)


@pytest.mark.parametrize(
    ("change", "failed", "left"),
    [
        ({"payment_status": "odd"}, [], ["payment_unknown"]),
        ({"currency": None}, ["order_incomplete"], []),
        ({"payment_status": "started"}, [], []),
    ],
)
def test_an_order_that_is_held_is_named_with_the_reason(  # noqa: PLR0917
    services: Services, control: SandboxControl, runs: Runs, change: dict[str, Any], failed: list[str], left: list[str]
) -> None:
    held, _ = control.add_orders(ORDER, ORDER)
    control.edit_order(held, **change)
    plan, _ = planned_and_done(with_settings(services), control, runs)
    assert [str(result.error and result.error.reason) for result in plan.failed] == failed
    assert [str(result.error and result.error.reason) for result in plan.left] == left
    assert [line.partition(" (")[0] for line in as_table(plan).splitlines() if line.startswith("would")] == [
        *(f"would fail: order id {held}" for _ in failed),
        *(f"would be left: order id {held}" for _ in left),
    ]


def test_an_order_that_was_exported_is_not_held_any_more(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    services = with_settings(services)
    (order_id,) = control.add_orders(ORDER)
    run_day(services, DAY, runs(DATE))
    control.edit_order(order_id, payment_status="odd")
    plan, _ = planned_and_done(services, control, runs)
    assert plan == Plan([], [], [])


@pytest.mark.parametrize("order", [ORDER, {**ORDER, "offline": True, "state": "processing"}])
def test_an_order_that_another_run_works_on_is_left_to_it_and_named(
    services: Services, control: SandboxControl, runs: Runs, order: dict[str, Any]
) -> None:
    services, other = with_settings(services), runs()
    ids = control.add_orders(order, order)
    select(services, ids, run=other, window=DAY)
    with services.ledger.claim(ids[0], other):
        plan, _ = planned_and_done(services, control, runs)
    assert {call.order_id for call in plan.calls} == {ids[1]}
    ((left, _, error),) = plan.left
    assert left == ids[0]
    assert f"held by {other} until 20" in str(error)
    assert plan.failed == []

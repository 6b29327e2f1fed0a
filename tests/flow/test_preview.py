"""The dry run: every call that a run would make, kept for the page, and none of them made."""

import json
from typing import Any

import pytest

from clock import Clock
from flow.conftest import Runs
from orderflow.domain.order import OrderKey
from orderflow.domain.window import Window
from orderflow.flow.day import run_day
from orderflow.flow.offline import left_unfinished
from orderflow.flow.parties import Parties
from orderflow.flow.preview import (
    as_table,
    keep_plan,
    preview_finish,
    preview_left,
    preview_offline_sent,
    preview_orders,
)
from orderflow.ledger.models import PlannedCall
from sandbox.control import SandboxControl

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
FINISHING = {"webshops": {"1": {"deliveries": "none"}, "3": {"deliveries": "none", "finish": "done"}}}


def calls(planned: list[PlannedCall]) -> list[tuple[str, str, str, str]]:
    return [(call.subject, call.system, call.method, call.path) for call in planned]


def key(control: SandboxControl, order_id: int) -> OrderKey:
    return OrderKey(control.order(order_id)["webshop"], order_id)


def test_it_is_what_the_run_then_does(parties: Parties, control: SandboxControl, runs: Runs) -> None:
    ids = control.add_orders({**PAID, "reference": "CS1"}, {**PAID, "reference": "CS2"})
    planned = preview_orders(parties, [key(control, i) for i in ids])
    assert {call["method"] for call in control.journal()} == {"GET"}
    control.clear_journal()

    run_day(parties, DAY, runs("2026-11-22"))

    # Not the PATCH with which a run finds out that the shop refuses one in another state.
    writes = [call for call in control.journal() if call["method"] != "GET" and call["committed"]]
    made = sorted((call["service"], call["method"], call["path"].removeprefix("/erp")) for call in writes)
    assert sorted((call.system, call.method, call.path) for call in planned) == made
    assert [call.subject for call in planned] == ["1/CS1"] * 4 + ["1/CS2"] * 4
    assert json.loads(planned[0].body)["external_reference"] == "1/CS1"


def test_an_order_that_is_not_payable_is_in_no_plan(parties: Parties, control: SandboxControl) -> None:
    (order_id,) = control.add_orders({**PAID, "payment_status": "started"})
    assert preview_orders(parties, [key(control, order_id)]) == []


def test_offline_orders_are_planned_unless_the_shop_has_them_as_sent(parties: Parties, control: SandboxControl) -> None:
    offline = {"offline": True, "confirm_date": "2026-11-22T12:00:00", "state": "processing"}
    first, _ = control.add_orders({**offline, "reference": "CS1"}, {**offline, "shipment_state": "sent"})
    (call,) = preview_offline_sent(parties, DAY)
    assert (call.method, call.path, json.loads(call.body)) == (
        "PATCH",
        f"/api/order/{first}/",
        {"shipment_state": "sent"},
    )
    assert not control.journal(method="PATCH")


def test_a_sweeps_plan_has_the_offline_orders_that_their_day_could_not_mark(
    parties: Parties, control: SandboxControl, runs: Runs
) -> None:
    offline = {"offline": True, "confirm_date": "2026-11-22T12:00:00", "state": "processing", "webshop": 1}
    control.add_orders(offline, offline, offline)
    control.faults([{"action": "status", "status": 401, "method": "PATCH", "times": 2}])
    run_day(parties, DAY, runs("2026-11-22"))
    unsent = {order["id"] for order in control.orders() if order["shipment_state"] != "sent"}
    planned = preview_left(parties, left_unfinished(parties, [], []))
    assert unsent
    assert {call.path for call in planned} == {f"/api/order/{order_id}/" for order_id in unsent}


@pytest.mark.parametrize("settings", [FINISHING])
def test_the_finish_is_planned_as_the_webshop_says(
    parties: Parties, control: SandboxControl, settings: dict[str, Any]
) -> None:
    del settings
    ids = control.add_orders(*({**PAID, "webshop": webshop} for webshop in (1, 2, 3)))
    planned = preview_finish(parties, [key(control, i) for i in ids])
    assert [json.loads(call.body) for call in planned] == [{"shipment_state": "sent"}, {"state": "done"}]
    assert {call["method"] for call in control.journal()} == {"GET"}


def test_a_plan_is_kept_for_its_run_and_its_order_and_replaced_by_a_later_try(
    parties: Parties, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**PAID, "reference": "CS1"})
    planned = preview_orders(parties, [key(control, order_id)])
    run = runs().model_copy(update={"task_id": "push_to_erp", "map_index": 0})

    table = keep_plan(parties, run, planned)
    keep_plan(parties, run.model_copy(update={"try_number": 2}), planned)
    keep_plan(parties, run.model_copy(update={"map_index": 1}), planned[:1])

    assert table == as_table(planned)
    assert len(table.splitlines()) == 2 + 4
    kept = parties.ledger.plans.of_run((run.dag_id, run.run_id), limit=3)
    assert kept.total == 5
    assert calls(list(kept.calls)) == calls(planned)[:3]
    assert kept.calls[0].body == planned[0].body
    later = runs().model_copy(update={"task_id": "push_to_erp"})
    keep_plan(parties, later, planned[:2])
    of_order = parties.ledger.plans.of_order(key(control, order_id), limit=10)
    assert {call.run.run_id for call in of_order.calls} == {later.run_id}
    assert of_order.total == 2
    assert parties.ledger.open_orders() == [], "the orders themselves are left alone"


def test_plans_are_forgotten_after_three_days(parties: Parties, clock: Clock, runs: Runs) -> None:
    call = PlannedCall(subject="1/CS1", system="erp", method="POST", path="/sales-orders", body="{}")
    old, young = runs(), runs()
    keep_plan(parties, old, [call])
    clock.advance(days=2)
    keep_plan(parties, young, [call])
    clock.advance(days=1, seconds=1)
    assert parties.ledger.plans.forget() == 1
    assert parties.ledger.plans.of_run((old.dag_id, old.run_id), limit=1).total == 0
    (kept,) = parties.ledger.plans.of_run((young.dag_id, young.run_id), limit=1).calls
    assert (kept.key, kept.subject) == (None, "1/CS1"), "about no single order"

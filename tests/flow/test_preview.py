"""The dry run: every writing call that a run would make, stored for the page, without making any."""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.batch import values
from orderflow.flow.orders.backlog import list_open
from orderflow.flow.orders.finish import find_outstanding
from orderflow.flow.orders.listing import list_window
from orderflow.flow.orders.preview import preview_finish, preview_marks, preview_orders
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select, to_mark, to_process
from orderflow.flow.orders.steps import ORDER_STEPS, PATCH_NUMBER, PATCH_STATE, PUSH, OrderStep, run_step
from orderflow.flow.plan import Plan, as_table, joined, keep_plan
from orderflow.flow.services import Services
from orderflow.ledger.models.dry_runs import PlannedCall
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
FINISHING = {"webshops": {"1": {"deliveries": "none"}, "3": {"deliveries": "none", "finish": "done"}}}


class Write(NamedTuple):
    """A call that writes, planned or made."""

    method: str
    path: str
    body: Any


def calls(planned: Sequence[PlannedCall]) -> list[tuple[str, str, str, str]]:
    return [(call.subject, call.system, call.method, call.path) for call in planned]


def written(control: SandboxControl) -> list[Write]:
    """Return what was written since the journal was cleared, of each order in sequence.

    Not the PATCH with which a run finds out that the shop refuses one in another state.
    """
    writes = [call for call in control.journal() if call["method"] != "GET" and call["committed"]]
    return by_order([Write(call["method"], call["path"].removeprefix("/erp"), call["request_body"]) for call in writes])


def planned_writes(plan: Plan) -> list[Write]:
    return by_order([Write(call.method, call.path, json.loads(call.body)) for call in plan.calls])


def by_order(writes: Sequence[Write]) -> list[Write]:
    """Without the moment of the last change, which the run's own PATCHes move on."""
    for write in writes:
        write.body.pop("modified_date", None)
    return sorted(writes, key=lambda write: write.path)


def plan_of_the_day(services: Services, runs: Runs) -> Plan:
    """Return what the day's run would do; nothing is written."""
    selected = select(services, values(list_window(services, DAY)), run=runs("2026-11-22"), window=DAY, record=False)
    keys = to_process(selected)
    marks = preview_marks(services, to_mark(selected))
    return joined(preview_orders(services, keys), marks)


def taken_through(
    services: Services, control: SandboxControl, runs: Runs, orders: Sequence[dict[str, Any]], *steps: OrderStep
) -> list[int]:
    """Take new orders through these steps and no further; returns their ids."""
    ids, run = control.add_orders(*orders), runs("2026-11-22")
    keys = to_process(select(services, ids, run=run, window=DAY))
    for step in steps:
        assert not any(result.error for result in run_step(services, step, keys, run))
    control.clear_journal()
    return ids


def test_it_is_what_the_run_then_does(services: Services, control: SandboxControl, runs: Runs) -> None:
    ids = control.add_orders({**PAID, "reference": "CS1"}, {**PAID, "reference": "CS2"})
    planned = preview_orders(services, ids).calls
    assert {call["method"] for call in control.journal()} == {"GET"}
    control.clear_journal()

    run_day(services, DAY, runs("2026-11-22"))

    # Not the PATCH with which a run finds out that the shop refuses one in another state.
    writes = [call for call in control.journal() if call["method"] != "GET" and call["committed"]]
    made = sorted((call["service"], call["method"], call["path"].removeprefix("/erp")) for call in writes)
    assert sorted((call.system, call.method, call.path) for call in planned) == made
    assert [call.subject for call in planned] == ["1/CS1"] * 4 + ["1/CS2"] * 4
    assert json.loads(planned[0].body)["external_reference"] == "1/CS1"


def test_an_order_that_is_not_payable_is_in_no_plan(services: Services, control: SandboxControl) -> None:
    (order_id,) = control.add_orders({**PAID, "payment_status": "started"})
    assert preview_orders(services, [order_id]) == Plan([], [], [])


def test_offline_orders_are_planned_unless_the_shop_has_them_as_sent(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    offline = {"offline": True, "confirm_date": "2026-11-22T12:00:00", "state": "processing"}
    first, _ = control.add_orders({**offline, "reference": "CS1"}, {**offline, "shipment_state": "sent"})
    (call,) = plan_of_the_day(services, runs).calls
    assert (call.method, call.path, json.loads(call.body)) == (
        "PATCH",
        f"/api/order/{first}/",
        {"shipment_state": "sent"},
    )
    assert not control.journal(method="PATCH")


def test_a_sweeps_plan_has_the_offline_orders_that_their_day_could_not_mark(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    offline = {"offline": True, "confirm_date": "2026-11-22T12:00:00", "state": "processing", "webshop": 1}
    control.add_orders(offline, offline, offline)
    control.faults([{"action": "status", "status": 401, "method": "PATCH", "times": 2}])
    run_day(services, DAY, runs("2026-11-22"))
    unsent = {order["id"] for order in control.orders() if order["shipment_state"] != "sent"}
    clock.advance(minutes=15)
    listed = values(list_open(services))
    selected = select(services, listed, run=runs(), window=None, record=False)
    planned = preview_marks(services, to_mark(selected))
    assert unsent
    assert {call.path for call in planned.calls} == {f"/api/order/{order_id}/" for order_id in unsent}


@pytest.mark.parametrize("settings", [FINISHING])
def test_the_finish_is_planned_as_the_webshop_says(
    services: Services, control: SandboxControl, settings: dict[str, Any]
) -> None:
    del settings
    ids = control.add_orders(*({**PAID, "webshop": webshop} for webshop in (1, 2, 3)))
    last = {call.order_id: json.loads(call.body) for call in preview_orders(services, ids).calls}
    assert [last[order_id] for order_id in ids] == [{"shipment_state": "sent"}, last[ids[1]], {"state": "done"}]
    assert "order_lines" in last[ids[1]], "nothing after the write-back"
    assert {call["method"] for call in control.journal()} == {"GET"}


@pytest.mark.parametrize("settings", [FINISHING])
def test_a_sweeps_plan_has_the_finish_of_what_another_run_wrote_back(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    taken_through(services, control, runs, [{**PAID, "webshop": webshop} for webshop in (1, 2, 3)], *ORDER_STEPS)
    clock.advance(minutes=15)
    plan = preview_finish(services, find_outstanding(services, [], []))
    assert written(control) == []
    run_sweep(services, runs())
    assert [write.body for write in planned_writes(plan)] == [{"shipment_state": "sent"}, {"state": "done"}]
    assert planned_writes(plan) == written(control)


@pytest.mark.parametrize("settings", [FINISHING])
def test_an_order_that_cannot_be_finished_any_more_is_named(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    first, second = taken_through(services, control, runs, [PAID, PAID], *ORDER_STEPS)
    control.edit_order(first, state="cancel")
    plan = preview_finish(services, find_outstanding(services, [first, second], []))
    assert [call.path for call in plan.calls] == [f"/api/order/{second}/"]
    assert [result.error.reason for result in plan.failed if result.error] == [Reason.CANCELLED_AFTER_EXPORT]


@pytest.mark.parametrize("settings", [FINISHING])
@pytest.mark.parametrize("change", [{"state": "processing"}, {"erp_order_number": "ERP-7"}])
def test_what_the_run_holds_because_the_erp_does_not_know_it_is_not_planned_but_named(
    services: Services, control: SandboxControl, runs: Runs, change: dict[str, str]
) -> None:
    control.add_orders({**PAID, **change})
    plan = plan_of_the_day(services, runs)
    assert plan.calls == []
    assert [result.error and result.error.reason for result in plan.failed] == [Reason.NOT_IN_ERP]
    report = run_day(services, DAY, runs("2026-11-22"))
    assert [failure.reason for failure in report.failures] == [Reason.NOT_IN_ERP]
    assert written(control) == []


@pytest.mark.parametrize("settings", [FINISHING])
@pytest.mark.parametrize("steps", [(PUSH,), (PUSH, PATCH_STATE, PATCH_NUMBER)])
@pytest.mark.parametrize("lose_ledger", [False, True])
def test_an_order_that_got_a_line_after_its_export_is_named_and_the_others_are_planned(
    services: Services, control: SandboxControl, runs: Runs, steps: tuple[OrderStep, ...], *, lose_ledger: bool
) -> None:
    halfway, other = taken_through(services, control, runs, [{**PAID, "reference": "CS1"}, PAID], *steps)
    lines = control.order(halfway)["order_lines"]
    control.edit_order(halfway, order_lines=[*lines, {**lines[0], "id": 99}])
    if lose_ledger:
        forget_orders(services)
    plan = plan_of_the_day(services, runs)
    assert written(control) == []

    report = run_day(services, DAY, runs("2026-11-22"))

    assert [failure.reason for failure in report.failures] == [Reason.LINES_MISMATCH]
    assert [(result.order_id, result.error and result.error.reason) for result in plan.failed] == [
        (halfway, Reason.LINES_MISMATCH)
    ]
    assert planned_writes(plan) == written(control)
    assert {"PUT", "PATCH"} == {call.method for call in plan.calls if call.path == f"/api/order/{other}/"}
    assert f"would fail: order id {halfway}:" in as_table(plan).splitlines()[-1]


@pytest.mark.parametrize(
    ("change", "methods"),
    [({"state": "confirmed"}, ["PATCH"]), ({"state": "confirmed", "payment_status": "chargeback"}, ["PATCH"])],
)
def test_an_order_reopened_in_the_shop_is_planned_to_be_told_and_not_to_be_sent(
    services: Services, control: SandboxControl, runs: Runs, change: dict[str, str], methods: list[str]
) -> None:
    (order_id,) = taken_through(services, control, runs, [PAID], *ORDER_STEPS)
    control.edit_order(order_id, **change)
    plan = plan_of_the_day(services, runs)
    run_day(services, DAY, runs("2026-11-22"))
    assert [call.method for call in plan.calls] == methods
    assert planned_writes(plan) == written(control)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda control: control.remove_erp_order(control.erp_orders()[0]["number"]), Reason.ERP_ORDER_GONE),
        (
            lambda control: control.edit_order(control.orders()[0]["id"], erp_order_number="X"),
            Reason.ERP_NUMBER_CONFLICT,
        ),
    ],
)
def test_what_would_fail_in_the_run_fails_in_the_dry_run(
    services: Services, control: SandboxControl, runs: Runs, spoil: Callable[[SandboxControl], Any], reason: Reason
) -> None:
    (order_id,) = taken_through(services, control, runs, [PAID], *ORDER_STEPS)
    control.edit_order(order_id, state="confirmed")
    spoil(control)
    plan = plan_of_the_day(services, runs)
    report = run_day(services, DAY, runs("2026-11-22"))
    assert [failure.reason for failure in report.failures] == [reason]
    assert [result.error.reason for result in plan.failed if result.error] == [reason]
    assert planned_writes(plan) == written(control)


def forget_orders(services: Services) -> None:
    with services.ledger._engine.begin() as connection:
        connection.execute(text("DELETE FROM orderflow_order"))
        connection.execute(text("DELETE FROM orderflow_event"))


def test_a_plan_is_kept_for_its_run_and_its_order_and_replaced_by_a_later_try(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**PAID, "reference": "CS1"})
    plan = preview_orders(services, [order_id])
    planned = plan.calls
    run = runs().model_copy(update={"task_id": "push_to_erp", "map_index": 0})

    table = keep_plan(services, run, plan)
    keep_plan(services, run.model_copy(update={"try_number": 2}), plan)
    keep_plan(services, run.model_copy(update={"map_index": 1}), Plan(planned[:1]))

    assert table == as_table(plan)
    assert len(table.splitlines()) == 2 + 4
    kept = services.ledger.plans.of_run((run.dag_id, run.run_id), limit=3)
    assert kept.total == 5
    assert calls(list(kept.calls)) == calls(planned)[:3]
    assert kept.calls[0].body == planned[0].body
    later = runs().model_copy(update={"task_id": "push_to_erp"})
    keep_plan(services, later, Plan(planned[:2]))
    of_order = services.ledger.plans.of_order(order_id, limit=10)
    assert {call.run.run_id for call in of_order.calls} == {later.run_id}
    assert of_order.total == 2
    assert services.ledger.open_orders() == [], "the orders themselves are left alone"


def test_plans_are_forgotten_after_three_days(services: Services, clock: Clock, runs: Runs) -> None:
    call = PlannedCall(subject="1/CS1", system="erp", method="POST", path="/sales-orders", body="{}")
    old, young = runs(), runs()
    keep_plan(services, old, Plan([call]))
    clock.advance(days=2)
    keep_plan(services, young, Plan([call]))
    clock.advance(days=1, seconds=1)
    assert services.ledger.plans.forget() == 1
    assert services.ledger.plans.of_run((old.dag_id, old.run_id), limit=1).total == 0
    (kept,) = services.ledger.plans.of_run((young.dag_id, young.run_id), limit=1).calls
    assert (kept.order_id, kept.subject) == (None, "1/CS1"), "about no single order"


@pytest.mark.parametrize("settings", [FINISHING])
@pytest.mark.parametrize(("start", "now", "count"), [(2, 1, 1), (1, 2, 0), (1, 3, 1)])
def test_the_last_step_that_an_older_ledger_does_not_have_is_that_of_the_webshop_as_read_now(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, *, start: int, now: int, count: int
) -> None:
    (order_id,) = taken_through(services, control, runs, [{**PAID, "webshop": start}], *ORDER_STEPS)
    with services.ledger._engine.begin() as connection:
        connection.execute(text("UPDATE orderflow_order SET last_step = NULL"))
    control.edit_order(order_id, webshop=now)
    clock.advance(minutes=15)
    outstanding = find_outstanding(services, [order_id], [])
    plan = preview_finish(services, outstanding, read=[order_id])
    control.clear_journal()
    run_sweep(services, runs(), order_ids=[order_id])
    assert planned_writes(plan) == written(control)
    assert (len(plan.calls), plan.failed) == (count, [])

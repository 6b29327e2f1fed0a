"""The offline finish: exactly the orders that are certainly offline, whatever the shop's filters do."""

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.finish import finish
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select, to_mark
from orderflow.flow.orders.steps import ORDER_STEPS, run_step
from orderflow.flow.reporting.worklists import open_lines
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
NOON = "2026-11-22T12:00:00"
OFFLINE = {"offline": True, "confirm_date": NOON, "state": "processing", "erp_order_number": "ERP-7"}


def sent(control: SandboxControl) -> set[int]:
    return {order["id"] for order in control.orders() if order["shipment_state"] == "sent"}


def test_offline_orders_are_marked_sent_once(services: Services, control: SandboxControl, runs: Runs) -> None:
    ids = control.add_orders(OFFLINE, {**OFFLINE, "state": "done"})
    assert run_day(services, DAY, runs("2026-11-22")).offline_sent == 2
    assert sent(control) == set(ids)
    assert run_day(services, DAY, runs("2026-11-22")).offline_sent == 0
    assert len(control.journal(method="PATCH")) == 2
    assert not control.journal(service="erp")


def test_an_offline_order_that_was_marked_is_not_marked_again(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders(OFFLINE)
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(order_id, shipment_state="none")
    control.clear_journal()

    planned = to_mark(select(services, [order_id], run=runs(), window=None, record=False))
    run_sweep(services, runs(), order_ids=[order_id])

    assert planned == []
    assert not control.journal(method="PATCH")


def test_an_order_that_is_no_longer_offline_when_it_is_to_be_marked_is_not_marked(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """It changed between the selection and its mark."""
    (order_id,) = control.add_orders(OFFLINE)
    run = runs("2026-11-22")
    select(services, [order_id], run=run, window=DAY)
    control.edit_order(order_id, offline=False)

    finish(services, [order_id], [], run)

    assert sent(control) == set()
    assert not control.journal(method="PATCH")


@pytest.mark.parametrize("state", ["draft", "quotation", "cancel"])
def test_offline_orders_that_are_no_orders_are_left_alone(
    services: Services, control: SandboxControl, runs: Runs, state: str
) -> None:
    control.add_orders({**OFFLINE, "state": state})
    run_day(services, DAY, runs("2026-11-22"))
    assert not control.journal(method="PATCH")


def test_a_shop_that_ignores_the_filter_does_not_get_its_webshop_orders_marked(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """Then the listing of offline orders is a listing of all orders."""
    control.configure(unknown_filters=["offline"])
    (offline,) = control.add_orders(OFFLINE)
    control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    run_day(services, DAY, runs("2026-11-22"))
    assert sent(control) == {offline}


def test_where_orders_do_not_say_what_they_are_the_opposite_listing_must_prove_it(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.configure(hidden_fields=["offline"])
    (offline,) = control.add_orders(OFFLINE)
    control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    run_day(services, DAY, runs("2026-11-22"))
    assert sent(control) == {offline}


def test_where_nothing_proves_it_nothing_is_marked(services: Services, control: SandboxControl, runs: Runs) -> None:
    control.configure(unknown_filters=["offline"], hidden_fields=["offline"])
    control.add_orders(OFFLINE, {"confirm_date": NOON, "payment_status": "started"})
    run_day(services, DAY, runs("2026-11-22"))
    assert sent(control) == set()


def test_a_shop_that_does_not_keep_the_mark_is_a_failure(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    control.add_orders(OFFLINE)
    control.fault("ignore_fields", service="shop", method="PATCH", fields=["shipment_state"])
    report = run_day(services, DAY, runs("2026-11-22"))
    assert [failure.reason for failure in report.failures] == ["writeback_ignored"]


@pytest.mark.parametrize("settings", [{"webshops": {"1": {"deliveries": "none"}}}])
@pytest.mark.parametrize("first_try", [1, 2])
def test_a_refused_finish_is_tried_again_by_a_cleared_task_and_by_no_other_try(
    services: Services, control: SandboxControl, runs: Runs, first_try: int
) -> None:
    paid, offline = control.add_orders(
        {"confirm_date": NOON, "payment_status": "paid", "webshop": 1}, {**OFFLINE, "webshop": 1}
    )
    run = runs("2026-11-22")
    select(services, [paid, offline], run=run, window=DAY)
    for step in ORDER_STEPS:
        run_step(services, step, [paid], run)
    control.fault("status", method="PATCH", body="shipment_state", status=401, times=0)
    refused = finish(services, [paid, offline], [paid], run, first_try=1)
    assert [result.error.reason for result in refused if result.error] == [Reason.SHOP_AUTH] * 2

    control.clear_faults()
    again = run.model_copy(update={"try_number": 2})
    finish(services, [paid, offline], [paid], again, first_try=first_try)

    assert sent(control) == ({paid, offline} if first_try == 2 else set())


def test_why_a_mark_failed_is_not_forgotten_by_the_tasks_next_try(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """One was refused for good and is not tried again in this task; the other may still go through."""
    refused, shaky = control.add_orders(OFFLINE, OFFLINE)
    control.faults(
        [{"action": "status", "status": 400, "method": "PATCH", "path": f"/api/order/{refused}/", "times": 0}]
    )
    control.faults([{"action": "status", "status": 503, "method": "PATCH", "path": f"/api/order/{shaky}/", "times": 3}])
    run = runs("2026-11-22")
    select(services, [refused, shaky], run=run, window=DAY)
    for try_number in (1, 2):
        finish(services, [refused, shaky], [], run.model_copy(update={"try_number": try_number}))
    assert sent(control) == {shaky}
    assert [line.split()[1] for line in open_lines(services)] == [f"1/{control.order(refused)['reference']}"]

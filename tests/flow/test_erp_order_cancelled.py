"""An ERP order that is cancelled before the write-back ends: nothing more is written to the shop."""

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.orders.preview import preview_orders
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select, to_process
from orderflow.flow.orders.steps import ORDER_STEPS, run_step
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid"}


def half_written(services: Services, control: SandboxControl, runs: Runs, clock: Clock, broken: str) -> tuple[int, str]:
    """Export an order whose write-back fails at one kind of call; returns its id and its ERP number."""
    (order_id,) = control.add_orders(PAID)
    control.fault("status", service="shop", body=broken, method="PUT" if broken == "lines" else "PATCH", times=0)
    assert run_day(services, DAY, runs("2026-11-22")).failed == 1
    control.clear_faults()
    clock.advance(minutes=15)
    (made,) = control.erp_orders()
    return order_id, made["number"]


@pytest.mark.parametrize("broken", ["state", "erp_order_number", "lines"])
@pytest.mark.parametrize("status", ["cancelled", "Canceled", " CANCEL "])
def test_it_is_held_until_it_is_reopened(  # noqa: PLR0917
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, broken: str, status: str
) -> None:
    order_id, number = half_written(services, control, runs, clock, broken)
    before = control.order(order_id)
    control.edit_erp_order(number, status=status)
    assert preview_orders(services, [order_id]).calls == []

    (failure,) = run_sweep(services, runs()).failures
    clock.advance(minutes=15)
    run_sweep(services, runs())

    assert (failure.order_id, failure.reason) == (order_id, Reason.ERP_ORDER_CANCELLED)
    assert control.order(order_id) == before, "told nothing more"
    control.edit_erp_order(number, status="open")
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).failed == 0
    known = services.ledger.get(order_id)
    assert known is not None
    assert known.progress is Progress.WRITTEN_BACK
    assert services.ledger.alerts.open() == []
    assert control.order(order_id)["erp_order_number"] == number


@pytest.mark.parametrize("gone", [403, 503, None], ids=str)
@pytest.mark.parametrize("broken", ["state", "erp_order_number", "lines"])
def test_it_stays_held_while_the_erp_does_not_say_that_it_was_reopened(  # noqa: PLR0917
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, broken: str, gone: int | None
) -> None:
    """The ERP cannot be asked, or has removed what it had cancelled."""
    order_id, number = half_written(services, control, runs, clock, broken)
    control.cancel_erp_order(number)
    run_sweep(services, runs())
    before = control.order(order_id)
    if gone is None:
        control.remove_erp_order(number)
    else:
        control.fault("status", service="erp", path="/erp/sales-orders", status=gone, times=0)
    clock.advance(minutes=15)

    assert preview_orders(services, [order_id]).calls == []
    run_sweep(services, runs(), order_ids=[order_id])

    assert control.order(order_id) == before
    known = services.ledger.get(order_id)
    assert known is not None
    assert known.reason is Reason.ERP_ORDER_CANCELLED


def test_an_erp_that_cannot_be_asked_holds_up_no_write_back(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    order_id, number = half_written(services, control, runs, clock, "lines")
    control.fault("status", service="erp", status=503, times=0)

    assert run_sweep(services, runs()).failed == 0

    assert control.order(order_id)["order_lines"][0]["erp_line_number"] == 11
    assert control.order(order_id)["erp_order_number"] == number


@pytest.mark.parametrize("done", [1, 2, 3])
def test_one_that_is_cancelled_between_two_steps_of_a_run_is_told_by_this_run(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock, done: int
) -> None:
    (order_id,) = control.add_orders(PAID)
    run = runs("2026-11-22")
    keys = to_process(select(services, [order_id], run=run, window=DAY))
    for step in ORDER_STEPS[:done]:
        run_step(services, step, keys, run)
    (made,) = control.erp_orders()
    control.cancel_erp_order(made["number"])

    failed = [result.error for step in ORDER_STEPS[done:] for result in run_step(services, step, keys, run)]

    assert [error.reason for error in failed if error] == [Reason.ERP_ORDER_CANCELLED]
    assert control.order(order_id)["order_lines"][0]["erp_line_number"] is None
    clock.advance(minutes=15)
    assert [failure.reason for failure in run_sweep(services, runs()).failures] == [Reason.ERP_ORDER_CANCELLED]
    assert control.order(order_id)["order_lines"][0]["erp_line_number"] is None
    control.edit_erp_order(made["number"], status="open")
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).failed == 0
    assert control.order(order_id)["order_lines"][0]["erp_line_number"] == 11


@pytest.mark.parametrize("lost", [0, 1])
def test_a_creation_answered_with_a_cancelled_order_is_no_export(
    services: Services, control: SandboxControl, runs: Runs, lost: int
) -> None:
    """An ERP that hides cancelled orders from the look-up may still replay one for its idempotency key."""
    (order_id,) = control.add_orders(PAID)
    replayed = {
        "number": "ERP-7",
        "status": "cancelled",
        "external_reference": f"1/{control.order(order_id)['reference']}",
        "lines": [{"position": 1, "line_number": 11}],
    }
    if lost:
        control.fault("status", service="erp", method="POST", status=503, times=lost)
    control.fault("wrong_answer", service="erp", method="POST", times=0, answer=replayed)

    (failure,) = run_day(services, DAY, runs("2026-11-22")).failures

    assert (failure.order_id, failure.reason) == (order_id, Reason.ERP_ORDER_CANCELLED)
    assert control.order(order_id)["state"] == "confirmed"
    assert control.order(order_id)["erp_order_number"] is None

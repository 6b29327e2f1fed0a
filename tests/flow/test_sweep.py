"""The sweep finds what windows cannot, costs almost nothing when idle, and announces once."""

import pytest

from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.domain.worklist import Worklist
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.reporting.worklists import open_lines, worklist_of
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import IDLE_SWEEP, UNKNOWN_PRODUCT, Runs, calls, last_call

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
NOON = "2026-11-22T12:00:00"


def test_an_order_paid_ten_days_after_its_day_is_exported_by_the_next_sweep(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "started"})[0]
    assert run_day(services, DAY, runs("2026-11-22")).waiting == 1
    for _ in range(10):
        clock.advance(days=1)
        assert run_sweep(services, runs()).processed == 0
    control.edit_order(order_id, payment_status="paid")
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).processed == 1
    assert len(control.erp_orders()) == 1
    assert control.order(order_id)["state"] == "processing"


def test_an_idle_sweep_is_four_list_calls_and_a_look_at_the_erp(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    run_sweep(services, runs())
    assert calls(control) == IDLE_SWEEP


def test_a_parked_order_costs_one_read_a_sweep_at_most_and_none_between_its_looks_when_old(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders(*({"confirm_date": NOON, "payment_status": "started"} for _ in range(5)))
    run_sweep(services, runs())
    clock.advance(minutes=15)
    seen = last_call(control)
    run_sweep(services, runs())
    assert len(calls(control, seen)) == len(IDLE_SWEEP) + 5
    clock.advance(days=10)
    run_sweep(services, runs())
    seen = last_call(control)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert calls(control, seen) == IDLE_SWEEP, "looked at an hour ago: only the listings"
    assert not control.journal(method="PATCH")


def test_what_the_day_filter_left_out_is_caught(services: Services, control: SandboxControl, runs: Runs) -> None:
    """A confirm date that is missing, or that a skewed clock put into another year, is in no day's window."""
    control.add_orders(
        {"reference": "CS1", "confirm_date": None, "payment_status": "paid"},
        {"reference": "CS2", "confirm_date": "2031-01-01T00:00:00", "payment_status": "paid"},
    )
    assert run_day(services, DAY, runs("2026-11-22")).listed == 0
    assert run_sweep(services, runs()).processed == 2


def test_an_order_another_day_declared_not_its_own_is_taken(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """The shop ignored the date filter; the order's own day never ran."""
    control.add_orders({"confirm_date": "2026-11-20T12:00:00", "payment_status": "paid"})
    control.configure(unknown_filters=["confirm_date__gte", "confirm_date__lte"])
    assert run_day(services, DAY, runs("2026-11-22")).unchanged == 1
    assert run_sweep(services, runs()).processed == 1


def test_a_half_written_order_is_finished_by_the_sweep(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})[0]
    control.fault("status", service="shop", method="PUT", status=400, times=0)
    assert run_day(services, DAY, runs("2026-11-22")).failed == 1
    control.clear_faults()
    clock.advance(minutes=15)
    seen = last_call(control)
    assert run_sweep(services, runs()).processed == 1
    assert [method for service, method in calls(control, seen) if method != "GET"] == ["PUT"]
    lines = control.order(order_id)["order_lines"]
    assert all(line["erp_line_number"] for line in lines)
    assert services.ledger.alerts.open() == []


def test_what_the_erp_rejected_is_sent_again_only_after_hours_or_when_named(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders(
        {
            "confirm_date": NOON,
            "payment_status": "paid",
            "order_lines": [UNKNOWN_PRODUCT],
        }
    )
    run_day(services, DAY, runs("2026-11-22"))
    for _ in range(20):
        clock.advance(minutes=15)
        run_sweep(services, runs())
    assert len(control.journal(service="erp", method="POST")) == 1
    clock.advance(hours=2)
    run_sweep(services, runs())
    assert len(control.journal(service="erp", method="POST")) == 2


def test_an_unpaid_order_older_than_the_give_up_age_is_in_one_list_with_a_plain_reason(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders({"reference": "CS1", "confirm_date": NOON, "payment_status": "started", "webshop": 1})
    run_sweep(services, runs())
    assert [worklist_of(services, order) for order in services.ledger.open_orders()] == [Worklist.WAITING]
    clock.advance(days=31)
    run_sweep(services, runs())
    assert [worklist_of(services, order) for order in services.ledger.open_orders()] == [Worklist.OVERDUE]
    (line,) = open_lines(services)
    assert line.startswith("overdue")
    assert "payment_started" in line
    assert services.ledger.alerts.open() == [], "one line of the digest has all of them"


@pytest.mark.parametrize("payment_status", ["paid", "started", "chargeback"])
def test_an_order_reopened_in_the_shop_is_told_again_and_not_exported_again(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, payment_status: str
) -> None:
    """Somebody, or the vendor's own PUT sample, has set it back to confirmed; the ERP has it, paid or not."""
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})[0]
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(order_id, state="confirmed", payment_status=payment_status)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert len(control.erp_orders()) == 1
    assert control.order(order_id)["state"] == "processing"
    assert services.ledger.get_many([order_id])[order_id].progress is Progress.WRITTEN_BACK


@pytest.mark.parametrize("state", ["draft", "quotation", "cancel"])
def test_an_order_that_was_only_briefly_not_confirmed_is_taken(
    services: Services, control: SandboxControl, runs: Runs, state: str
) -> None:
    """The shop's `modified_date` has whole seconds, so that it may be the same before and after."""
    (order_id,) = control.add_orders({"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid"})
    modified = control.order(order_id)["modified_date"]
    control.edit_order(order_id, state=state, modified_date=modified)
    run_sweep(services, runs(), order_ids=[order_id])
    control.edit_order(order_id, state="confirmed", modified_date=modified)
    assert run_sweep(services, runs()).processed == 1

"""Alerts: announced once per cause, also for orders unknown to the shop, and none stays open for ever."""

from functools import partial
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.domain.worklist import Worklist
from orderflow.errors import ClaimedElsewhereError
from orderflow.flow.batch import raise_failures
from orderflow.flow.orders.push import push
from orderflow.flow.orders.run import run_sweep
from orderflow.flow.orders.select import select
from orderflow.flow.orders.steps import PUSH, run_step
from orderflow.flow.reporting.alerts import end_run
from orderflow.flow.reporting.worklists import open_lines, worklist_of
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import RunRef
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import IDLE_SWEEP, UNKNOWN_PRODUCT, Runs, calls, last_call

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
NOON = "2026-11-22T12:00:00"


def test_fifty_runs_of_one_cause_are_one_alert_and_a_success_closes_it(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "paid", "currency": None})[0]

    def end(run: RunRef) -> Any:
        run_sweep(services, run)
        return end_run(services, run, date="", listed=[], selected=set())[1]

    opened = 0
    for _ in range(50):
        clock.advance(minutes=15)
        run = runs()
        before = {alert.opened_at for alert in services.ledger.alerts.open()}
        run_sweep(services, run)
        opened += len({alert.opened_at for alert in services.ledger.alerts.open()} - before)
    assert opened == 1
    (alert,) = services.ledger.alerts.open()
    assert alert.reason is Reason.ORDER_INCOMPLETE
    assert alert.seen > 40
    assert end(runs()).digest().count("\n") == 0
    control.edit_order(order_id, currency="EUR")
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert services.ledger.alerts.open() == []


def test_what_a_run_has_opened_is_news_to_its_retry_and_to_nobody_else(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Its report may die between the book of alerts and the telling."""
    control.add_orders({"confirm_date": NOON, "payment_status": "paid", "currency": None})
    first = runs()
    run_sweep(services, first)
    retry = end_run(services, first.model_copy(update={"try_number": 2}), date="", listed=[], selected=set())[1]
    assert [cause.reason for cause in retry.opened] == [Reason.ORDER_INCOMPLETE]
    clock.advance(minutes=15)
    second = runs()
    run_sweep(services, second)
    assert end_run(services, second, date="", listed=[], selected=set())[1].opened == []


def test_the_alert_of_an_order_that_could_not_be_read_is_closed_once_it_is(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    control.faults(
        [{"action": "status", "status": 401, "method": "GET", "path": f"/api/order/{order_id}/", "times": 0}]
    )
    assert run_sweep(services, runs()).failed == 1
    assert [alert.order_id for alert in services.ledger.alerts.open()] == [order_id]
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert [alert.seen for alert in services.ledger.alerts.open()] == [2]
    control.clear_faults()
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).processed == 1
    assert services.ledger.alerts.open() == []


def test_an_alert_that_an_earlier_version_left_behind_is_closed_whatever_the_run_sees(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    run_sweep(services, runs())
    services.ledger.alerts.see(Subject.of_order(order_id, "1/CS1"), Reason.SHOP_AUTH, "401")
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert services.ledger.alerts.open() == []


def test_a_mistyped_id_is_told_once_and_not_looked_at_again(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    run = runs()
    select(services, [99999], run=run, window=None)
    summary, news = end_run(services, run, date="", listed=[99999], selected=set())
    assert summary.failed == 1
    assert [(cause.order, cause.reason) for cause in news.opened] == [("id 99999", Reason.ORDER_NOT_FOUND)]
    assert list(open_lines(services)) == []
    clock.advance(minutes=15)
    seen = last_call(control)
    assert run_sweep(services, runs()).failed == 0
    assert calls(control, seen) == IDLE_SWEEP, "only the listings"
    assert services.ledger.alerts.open() == []


@pytest.mark.parametrize(
    ("order", "before"),
    [
        ({"payment_status": "started"}, Progress.WAITING),
        ({"payment_status": "chargeback"}, Progress.HELD),
        ({"payment_status": "paid", "order_lines": [UNKNOWN_PRODUCT]}, Progress.REJECTED),
    ],
    ids=lambda given: str(given) if isinstance(given, Progress) else "",
)
def test_an_order_deleted_in_the_shop_before_its_export_is_skipped_and_told_once(
    *,
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    order: dict[str, Any],
    before: Progress,
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, **order})
    run_sweep(services, runs())
    assert services.ledger.get_many([order_id])[order_id].progress is before
    gone = partial(control.fault, "status", method="GET", path=f"/api/order/{order_id}/", status=404, times=0)
    gone()
    clock.advance(hours=6)
    assert run_sweep(services, runs()).failed == 1
    known = services.ledger.get_many([order_id])[order_id]
    assert worklist_of(services, known) is Worklist.SKIPPED
    assert [alert.reason for alert in services.ledger.alerts.open()] == [Reason.ORDER_NOT_FOUND]
    control.edit_order(order_id, state="draft")
    clock.advance(days=1)
    seen = last_call(control)
    run_sweep(services, runs())
    assert calls(control, seen) == IDLE_SWEEP, "only the listings"
    assert services.ledger.alerts.open() == []


def test_an_order_that_was_not_found_and_is_listed_is_looked_at_until_it_is(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    control.fault("status", method="GET", path=f"/api/order/{order_id}/", status=404, times=0)
    for _ in range(2):
        assert run_sweep(services, runs()).failed == 1
        clock.advance(minutes=15)
    assert [alert.seen for alert in services.ledger.alerts.open()] == [2]
    control.clear_faults()
    assert run_sweep(services, runs()).processed == 1
    assert services.ledger.alerts.open() == []
    assert [event.reason for event in services.ledger.events(order_id=order_id)][:2] == [Reason.ORDER_NOT_FOUND] * 2


def test_an_order_deleted_in_the_shop_after_its_export_began_stays_open(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    control.fault("status", service="shop", method="PATCH", status=400, times=0)
    run_sweep(services, runs())
    control.fault("status", method="GET", path=f"/api/order/{order_id}/", status=404, times=0)
    for _ in range(2):
        clock.advance(minutes=15)
        assert run_sweep(services, runs()).failed == 1
    assert services.ledger.get_many([order_id])[order_id].progress is Progress.PUSHED
    assert [alert.reason for alert in services.ledger.alerts.open()] == [Reason.ORDER_NOT_FOUND]


def test_an_order_that_another_run_works_on_has_not_failed_here(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """The daily run and a sweep start at the same minute, every midnight."""
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    daily, sweep = runs("2026-11-22"), runs()
    (chosen,) = select(services, [order_id], run=daily, window=DAY)
    with services.ledger.claim(chosen.order_id, sweep) as claim:
        results = run_step(services, PUSH, [chosen.order_id], daily)
        raise_failures(results)
        assert isinstance(results[0].error, ClaimedElsewhereError)
        clock.advance(seconds=1)
        push(services, claim, sweep)
    assert end_run(services, daily, date="", listed=[order_id], selected={chosen.order_id})[0].failed == 0

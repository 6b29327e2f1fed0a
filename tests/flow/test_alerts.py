"""Alerts: people are told once per cause, also of what the shop does not know, and none stays open for ever."""

from functools import partial
from typing import Any

import pytest

from clock import Clock
from flow.conftest import UNKNOWN_PRODUCT, Runs, calls, last_call
from orderflow.domain.order import OrderKey
from orderflow.domain.reasons import Reason
from orderflow.domain.standing import Standing
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.alerting import end_run
from orderflow.flow.day import run_sweep
from orderflow.flow.parties import Parties
from orderflow.flow.select import select
from orderflow.flow.standings import open_lines, standing_of
from orderflow.ledger.models import UNKNOWN_WEBSHOP, RunRef
from sandbox.control import SandboxControl

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
NOON = "2026-11-22T12:00:00"


def test_fifty_runs_of_one_cause_are_one_alert_and_a_success_closes_it(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "paid", "currency": None})[0]

    def end(run: RunRef) -> Any:
        run_sweep(parties, run)
        return end_run(parties, run, date="", listed=[], selected=set())[1]

    opened = 0
    for _ in range(50):
        clock.advance(minutes=15)
        run = runs()
        before = {alert.opened_at for alert in parties.ledger.alerts.open()}
        run_sweep(parties, run)
        opened += len({alert.opened_at for alert in parties.ledger.alerts.open()} - before)
    assert opened == 1
    (alert,) = parties.ledger.alerts.open()
    assert alert.reason is Reason.ORDER_INCOMPLETE
    assert alert.seen > 40
    assert end(runs()).digest().count("\n") == 0
    control.edit_order(order_id, currency="EUR")
    clock.advance(minutes=15)
    run_sweep(parties, runs())
    assert parties.ledger.alerts.open() == []


def test_what_a_run_has_opened_is_news_to_its_retry_and_to_nobody_else(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Its report may die between the book of alerts and the telling."""
    control.add_orders({"confirm_date": NOON, "payment_status": "paid", "currency": None})
    first = runs()
    run_sweep(parties, first)
    retry = end_run(parties, first.model_copy(update={"try_number": 2}), date="", listed=[], selected=set())[1]
    assert [cause.reason for cause in retry.opened] == [Reason.ORDER_INCOMPLETE]
    clock.advance(minutes=15)
    second = runs()
    run_sweep(parties, second)
    assert end_run(parties, second, date="", listed=[], selected=set())[1].opened == []


def test_the_alert_of_an_order_that_could_not_be_read_is_closed_once_it_is(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """It stands under no webshop until the order is read, and under the order's own from then on."""
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    control.faults(
        [{"action": "status", "status": 401, "method": "GET", "path": f"/api/order/{order_id}/", "times": 0}]
    )
    assert run_sweep(parties, runs()).failed == 1
    assert [alert.key for alert in parties.ledger.alerts.open()] == [OrderKey(UNKNOWN_WEBSHOP, order_id)]
    clock.advance(minutes=15)
    run_sweep(parties, runs())
    assert [alert.seen for alert in parties.ledger.alerts.open()] == [2]
    control.clear_faults()
    clock.advance(minutes=15)
    assert run_sweep(parties, runs()).processed == 1
    assert parties.ledger.alerts.open() == []


def test_an_alert_that_an_earlier_version_left_behind_is_closed_whatever_the_run_sees(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    run_sweep(parties, runs())
    parties.ledger.alerts.see(OrderKey(UNKNOWN_WEBSHOP, order_id), f"id {order_id}", Reason.SHOP_AUTH, "401")
    clock.advance(minutes=15)
    run_sweep(parties, runs())
    assert parties.ledger.alerts.open() == []


def test_a_mistyped_id_is_told_once_and_not_looked_at_again(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    run = runs()
    select(parties, [99999], run=run, window=None)
    summary, news = end_run(parties, run, date="", listed=[99999], selected=set())
    assert summary.failed == 1
    assert [(cause.order, cause.reason) for cause in news.opened] == [("id 99999", Reason.ORDER_NOT_FOUND)]
    assert list(open_lines(parties)) == []
    clock.advance(minutes=15)
    seen = last_call(control)
    assert run_sweep(parties, runs()).failed == 0
    assert calls(control, seen) == [("shop", "GET")], "only the listing"
    assert parties.ledger.alerts.open() == []


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
    parties: Parties,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    order: dict[str, Any],
    before: Progress,
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, **order})
    run_sweep(parties, runs())
    assert parties.ledger.by_order_id([order_id])[order_id].progress is before
    gone = partial(control.fault, "status", method="GET", path=f"/api/order/{order_id}/", status=404, times=0)
    gone()
    clock.advance(hours=6)
    assert run_sweep(parties, runs()).failed == 1
    known = parties.ledger.by_order_id([order_id])[order_id]
    assert standing_of(parties, known) is Standing.SKIPPED
    assert [alert.reason for alert in parties.ledger.alerts.open()] == [Reason.ORDER_NOT_FOUND]
    control.edit_order(order_id, state="draft")
    clock.advance(days=1)
    seen = last_call(control)
    run_sweep(parties, runs())
    assert calls(control, seen) == [("shop", "GET")], "only the listing"
    assert parties.ledger.alerts.open() == []


def test_an_order_that_was_not_found_and_is_listed_is_looked_at_until_it_is(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    control.fault("status", method="GET", path=f"/api/order/{order_id}/", status=404, times=0)
    for _ in range(2):
        assert run_sweep(parties, runs()).failed == 1
        clock.advance(minutes=15)
    assert [alert.seen for alert in parties.ledger.alerts.open()] == [2]
    control.clear_faults()
    assert run_sweep(parties, runs()).processed == 1
    assert parties.ledger.alerts.open() == []
    known = parties.ledger.by_order_id([order_id])[order_id]
    assert parties.ledger.get(OrderKey(UNKNOWN_WEBSHOP, order_id)) is None
    assert [event.reason for event in parties.ledger.events(key=known.key)][:2] == [Reason.ORDER_NOT_FOUND] * 2


def test_an_order_deleted_in_the_shop_after_its_export_began_stays_open(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})
    control.fault("status", service="shop", method="PATCH", status=400, times=0)
    run_sweep(parties, runs())
    control.fault("status", method="GET", path=f"/api/order/{order_id}/", status=404, times=0)
    for _ in range(2):
        clock.advance(minutes=15)
        assert run_sweep(parties, runs()).failed == 1
    assert parties.ledger.by_order_id([order_id])[order_id].progress is Progress.PUSHED
    assert [alert.reason for alert in parties.ledger.alerts.open()] == [Reason.ORDER_NOT_FOUND]

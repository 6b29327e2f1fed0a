"""The sweep finds what windows cannot, costs next to nothing when idle, and tells people once."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from clock import Clock
from flow.conftest import Runs
from orderflow.domain.order import OrderKey
from orderflow.domain.reasons import Reason
from orderflow.domain.standing import Standing
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.alerting import end_run
from orderflow.flow.day import run_day, run_sweep
from orderflow.flow.listing import list_window
from orderflow.flow.offline import left_unfinished
from orderflow.flow.parties import Parties
from orderflow.flow.select import select, to_process
from orderflow.flow.standings import open_lines, standing_of
from orderflow.flow.steps import ORDER_STEPS, run_step
from orderflow.ledger.models import UNKNOWN_WEBSHOP, RunRef
from orderflow.settings import Settings
from sandbox.control import SandboxControl

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
NOON = "2026-11-22T12:00:00"
UNKNOWN_PRODUCT = {"product": {"origin": "x", "key": "UNKNOWN-1"}, "quantity": "1.0", "unit_price": "1.00"}


def calls(control: SandboxControl, since: int = 0) -> list[tuple[str, str]]:
    return [(call["service"], call["method"]) for call in control.journal(since=since)]


def last_call(control: SandboxControl) -> int:
    journal = control.journal()
    return int(journal[-1]["n"]) if journal else 0


def test_an_order_paid_ten_days_after_its_day_is_exported_by_the_next_sweep(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "started"})[0]
    assert run_day(parties, DAY, runs("2026-11-22")).waiting == 1
    for _ in range(10):
        clock.advance(days=1)
        assert run_sweep(parties, runs()).processed == 0
    control.edit_order(order_id, payment_status="paid")
    clock.advance(minutes=15)
    assert run_sweep(parties, runs()).processed == 1
    assert len(control.erp_orders()) == 1
    assert control.order(order_id)["state"] == "processing"


def test_an_idle_sweep_is_one_list_call(parties: Parties, control: SandboxControl, runs: Runs) -> None:
    run_sweep(parties, runs())
    assert calls(control) == [("shop", "GET")]


def test_a_parked_order_costs_one_read_a_sweep_at_most_and_none_between_its_looks_when_old(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders(*({"confirm_date": NOON, "payment_status": "started"} for _ in range(5)))
    run_sweep(parties, runs())
    clock.advance(minutes=15)
    seen = last_call(control)
    run_sweep(parties, runs())
    assert len(calls(control, seen)) == 1 + 5
    clock.advance(days=10)
    run_sweep(parties, runs())
    seen = last_call(control)
    clock.advance(minutes=15)
    run_sweep(parties, runs())
    assert calls(control, seen) == [("shop", "GET")], "looked at an hour ago: only the listing"
    assert not control.journal(method="PATCH")


def test_what_the_day_filter_left_out_is_caught(parties: Parties, control: SandboxControl, runs: Runs) -> None:
    """A confirm date that is missing, or that a skewed clock put into another year, is in no day's window."""
    control.add_orders(
        {"reference": "CS1", "confirm_date": None, "payment_status": "paid"},
        {"reference": "CS2", "confirm_date": "2031-01-01T00:00:00", "payment_status": "paid"},
    )
    assert run_day(parties, DAY, runs("2026-11-22")).listed == 0
    assert run_sweep(parties, runs()).processed == 2


def test_an_order_another_day_declared_not_its_own_is_taken(
    parties: Parties, control: SandboxControl, runs: Runs
) -> None:
    """The shop ignored the date filter; the order's own day never ran."""
    control.add_orders({"confirm_date": "2026-11-20T12:00:00", "payment_status": "paid"})
    control.configure(unknown_filters=["confirm_date__gte", "confirm_date__lte"])
    assert run_day(parties, DAY, runs("2026-11-22")).unchanged == 1
    assert run_sweep(parties, runs()).processed == 1


def test_a_half_written_order_is_finished_by_the_sweep(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})[0]
    control.fault("status", service="shop", method="PUT", status=400, times=0)
    assert run_day(parties, DAY, runs("2026-11-22")).failed == 1
    control.clear_faults()
    clock.advance(minutes=15)
    seen = last_call(control)
    assert run_sweep(parties, runs()).processed == 1
    assert [method for service, method in calls(control, seen) if method != "GET"] == ["PUT"]
    lines = control.order(order_id)["order_lines"]
    assert all(line["erp_line_number"] for line in lines)
    assert parties.ledger.alerts.open() == []


def test_what_the_erp_rejected_is_sent_again_only_after_hours_or_when_named(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders(
        {
            "confirm_date": NOON,
            "payment_status": "paid",
            "order_lines": [UNKNOWN_PRODUCT],
        }
    )
    run_day(parties, DAY, runs("2026-11-22"))
    for _ in range(20):
        clock.advance(minutes=15)
        run_sweep(parties, runs())
    assert len(control.journal(service="erp", method="POST")) == 1
    clock.advance(hours=2)
    run_sweep(parties, runs())
    assert len(control.journal(service="erp", method="POST")) == 2


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


def test_an_unpaid_order_older_than_the_give_up_age_is_in_one_list_with_a_plain_reason(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders({"reference": "CS1", "confirm_date": NOON, "payment_status": "started", "webshop": 1})
    run_sweep(parties, runs())
    assert [standing_of(parties, order) for order in parties.ledger.open_orders()] == [Standing.WAITING]
    clock.advance(days=31)
    run_sweep(parties, runs())
    assert [standing_of(parties, order) for order in parties.ledger.open_orders()] == [Standing.OVERDUE]
    (line,) = open_lines(parties)
    assert line.startswith("overdue")
    assert "payment_started" in line
    (alert,) = parties.ledger.alerts.open()
    assert alert.reason is Reason.OVERDUE
    assert "payment_started" in alert.message


@pytest.mark.parametrize("payment_status", ["paid", "started", "chargeback"])
def test_an_order_reopened_in_the_shop_is_told_again_and_not_exported_again(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs, payment_status: str
) -> None:
    """Somebody, or the vendor's own PUT sample, has set it back to confirmed; the ERP has it, paid or not."""
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})[0]
    run_day(parties, DAY, runs("2026-11-22"))
    control.edit_order(order_id, state="confirmed", payment_status=payment_status)
    clock.advance(minutes=15)
    run_sweep(parties, runs())
    assert len(control.erp_orders()) == 1
    assert control.order(order_id)["state"] == "processing"
    assert parties.ledger.by_order_id([order_id])[order_id].progress is Progress.WRITTEN_BACK


@pytest.mark.parametrize("settings", [{"webshops": {"1": {"deliveries": "none", "finish": "done"}}}])
def test_a_webshop_without_deliveries_is_finished_the_way_its_settings_say(
    parties: Parties, control: SandboxControl, runs: Runs
) -> None:
    ids = control.add_orders(
        {"confirm_date": NOON, "payment_status": "paid", "webshop": 1},
        {"confirm_date": NOON, "payment_status": "paid", "webshop": 2},
    )
    run_sweep(parties, runs())
    assert [control.order(order_id)["state"] for order_id in ids] == ["done", "processing"]


@pytest.mark.parametrize("finish", ["shipment_sent", "done"])
@pytest.mark.parametrize("settings", [{}])
def test_an_order_whose_worker_died_before_the_finish_is_finished_by_the_sweep(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs, finish: str
) -> None:
    """Neither listing shows it: the shop has it as processing, and the ledger as written back."""
    order = {"confirm_date": NOON, "payment_status": "paid"}
    mine, other = control.add_orders({**order, "webshop": 1}, {**order, "webshop": 2})
    parties = replace(parties, settings=Settings.parse({"webshops": {"1": {"deliveries": "none", "finish": finish}}}))
    _die_before_the_finish(parties, runs("2026-11-22"))
    clock.advance(minutes=15)
    seen = last_call(control)
    run_sweep(parties, runs())
    told = control.order(mine)
    assert (told["state"], told["shipment_state"]) == (("done", "none") if finish == "done" else ("processing", "sent"))
    assert parties.ledger.by_order_id([mine])[mine].progress is Progress.SHIPMENT_SENT
    written = [call["order_id"] for call in control.journal(since=seen) if call["method"] != "GET"]
    assert written == [mine]
    assert (control.order(other)["state"], control.order(other)["shipment_state"]) == ("processing", "none")
    seen = last_call(control)
    clock.advance(minutes=15)
    run_sweep(parties, runs())
    assert calls(control, seen) == [("shop", "GET")], "nothing is left to finish: only the listing"


@pytest.mark.parametrize("settings", [{"webshops": {"1": {"deliveries": "none"}}}])
def test_an_order_that_cannot_be_finished_is_alerted_once_and_tried_more_rarely_as_it_ages(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid", "webshop": 1})
    _die_before_the_finish(parties, runs("2026-11-22"))
    control.edit_order(order_id, state="cancel")
    clock.advance(minutes=15)
    assert run_sweep(parties, runs()).failed == 1
    clock.advance(days=10)
    run_sweep(parties, runs())
    seen = last_call(control)
    clock.advance(minutes=15)
    run_sweep(parties, runs())
    assert calls(control, seen) == [("shop", "GET")], "looked at a quarter ago: only the listing"
    (alert,) = parties.ledger.alerts.open()
    assert (alert.reason, alert.seen) == (Reason.CANCELLED_AFTER_EXPORT, 2)
    assert control.order(order_id)["state"] == "cancel"


OFFLINE = {"confirm_date": NOON, "offline": True, "state": "processing", "erp_order_number": "ERP-7"}


@pytest.mark.parametrize("configured", [{}, {"hidden_fields": ["offline"]}], ids=["says so", "proved by its day"])
def test_an_offline_order_whose_mark_failed_is_marked_by_the_sweep(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs, configured: dict[str, Any]
) -> None:
    control.configure(**configured)
    (order_id,) = control.add_orders(OFFLINE)
    control.fault("status", service="shop", method="PATCH", status=401, times=0)
    assert run_day(parties, DAY, runs("2026-11-22")).failed == 1
    assert [line.split()[0] for line in open_lines(parties)] == ["failed"]
    control.clear_faults()
    clock.advance(minutes=15)
    seen = last_call(control)
    assert run_sweep(parties, runs()).offline_sent == 1
    assert list(open_lines(parties)) == []
    assert control.order(order_id)["shipment_state"] == "sent"
    assert [call["method"] for call in control.journal(since=seen) if call["method"] != "GET"] == ["PATCH"]
    assert parties.ledger.alerts.open() == []
    seen = last_call(control)
    clock.advance(minutes=15)
    run_sweep(parties, runs())
    assert calls(control, seen) == [("shop", "GET")], "nothing is left to finish: only the listing"


def test_an_offline_order_is_tried_more_rarely_as_it_ages_unless_somebody_names_it(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders(OFFLINE)
    control.fault("status", service="shop", method="PATCH", status=401, times=0)
    run_day(parties, DAY, runs("2026-11-22"))
    clock.advance(days=10)
    run_sweep(parties, runs())
    clock.advance(minutes=15)
    assert left_unfinished(parties, [], []).offline == []
    assert [key.order_id for key in left_unfinished(parties, [order_id], []).offline] == [order_id]


def test_what_is_not_certainly_offline_is_not_marked_by_the_sweep(
    parties: Parties, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Orders that do not say what they are, and a day that could not even read this one again before its mark."""
    control.configure(hidden_fields=["offline"])
    (order_id,) = control.add_orders(OFFLINE)
    control.faults([{"action": "status", "status": 401, "method": "GET", "path": f"/api/order/{order_id}/", "skip": 1}])
    assert run_day(parties, DAY, runs("2026-11-22")).failed == 1
    clock.advance(minutes=15)
    run_sweep(parties, runs())
    assert not control.journal(method="PATCH")
    run_day(parties, DAY, runs("2026-11-22"))
    assert control.order(order_id)["shipment_state"] == "sent"


@pytest.mark.parametrize(
    ("change", "progress", "reason"),
    [
        ({"state": "cancel"}, Progress.SKIPPED, Reason.CANCELLED),
        ({"state": "draft"}, Progress.SKIPPED, Reason.NOT_CONFIRMED),
        (
            {"offline": False, "state": "confirmed", "payment_status": "started"},
            Progress.WAITING,
            Reason.PAYMENT_STARTED,
        ),
    ],
)
def test_an_offline_order_that_became_something_else_is_decided_about_anew(
    *,
    parties: Parties,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    change: dict[str, Any],
    progress: Progress,
    reason: Reason,
) -> None:
    (order_id,) = control.add_orders({**OFFLINE, "erp_order_number": None})
    control.fault("status", service="shop", method="PATCH", status=401, times=0)
    run_day(parties, DAY, runs("2026-11-22"))
    control.clear_faults()
    control.edit_order(order_id, **change)
    clock.advance(minutes=15)
    seen = last_call(control)
    assert run_sweep(parties, runs()).failed == 0
    assert {method for _, method in calls(control, seen)} == {"GET"}
    known = parties.ledger.by_order_id([order_id])[order_id]
    assert (known.progress, known.reason) == (progress, reason)
    assert parties.ledger.without_last_step(set()) == []


def _die_before_the_finish(parties: Parties, run: RunRef) -> None:
    """Do what the daily run does up to its last step but one."""
    keys = to_process(select(parties, list_window(parties, DAY), run=run, window=DAY))
    for step in ORDER_STEPS:
        run_step(parties, step, keys, run)

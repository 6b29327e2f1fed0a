"""The last step of an order: the finish where no delivery is reported, and the mark of an offline one."""

from dataclasses import replace
from typing import Any

import pytest

from clock import Clock
from flow.conftest import Runs, calls, last_call
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.day import run_day, run_sweep
from orderflow.flow.listing import list_window
from orderflow.flow.offline import left_unfinished
from orderflow.flow.parties import Parties
from orderflow.flow.select import select, to_process
from orderflow.flow.standings import open_lines
from orderflow.flow.steps import ORDER_STEPS, run_step
from orderflow.ledger.models import RunRef
from orderflow.settings import Settings
from sandbox.control import SandboxControl

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
NOON = "2026-11-22T12:00:00"


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

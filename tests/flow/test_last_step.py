"""The last step of an order: the finish if no delivery is reported, and the mark of an offline order."""

from dataclasses import replace
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.batch import values
from orderflow.flow.orders.backlog import list_open
from orderflow.flow.orders.listing import list_window
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select, to_process
from orderflow.flow.orders.steps import ORDER_STEPS, run_step
from orderflow.flow.reporting.worklists import open_lines
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import IDLE_SWEEP, Runs, calls, last_call

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
NOON = "2026-11-22T12:00:00"


@pytest.mark.parametrize("settings", [{"webshops": {"1": {"deliveries": "none", "finish": "done"}}}])
def test_a_webshop_without_deliveries_is_finished_the_way_its_settings_say(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    ids = control.add_orders(
        {"confirm_date": NOON, "payment_status": "paid", "webshop": 1},
        {"confirm_date": NOON, "payment_status": "paid", "webshop": 2},
    )
    run_sweep(services, runs())
    assert [control.order(order_id)["state"] for order_id in ids] == ["done", "processing"]


@pytest.mark.parametrize("finish", ["shipment_sent", "done"])
@pytest.mark.parametrize("settings", [{}])
def test_an_order_whose_worker_died_before_the_finish_is_finished_by_the_sweep(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, finish: str
) -> None:
    """Neither listing shows it: the shop has it as processing, and the ledger as written back."""
    order = {"confirm_date": NOON, "payment_status": "paid"}
    mine, other = control.add_orders({**order, "webshop": 1}, {**order, "webshop": 2})
    services = replace(services, settings=Settings.parse({"webshops": {"1": {"deliveries": "none", "finish": finish}}}))
    _die_before_the_finish(services, runs("2026-11-22"))
    clock.advance(minutes=15)
    seen = last_call(control)
    run_sweep(services, runs())
    told = control.order(mine)
    assert (told["state"], told["shipment_state"]) == (("done", "none") if finish == "done" else ("processing", "sent"))
    assert services.ledger.get_many([mine])[mine].progress is Progress.SHIPMENT_SENT
    written = [call["order_id"] for call in control.journal(since=seen) if call["method"] != "GET"]
    assert written == [mine]
    assert (control.order(other)["state"], control.order(other)["shipment_state"]) == ("processing", "none")
    seen = last_call(control)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert calls(control, seen) == IDLE_SWEEP, "nothing is left to finish: only the listings"


@pytest.mark.parametrize("settings", [{"webshops": {"1": {"deliveries": "none"}}}])
def test_an_order_that_cannot_be_finished_is_alerted_once_and_tried_more_rarely_as_it_ages(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({"confirm_date": NOON, "payment_status": "paid", "webshop": 1})
    _die_before_the_finish(services, runs("2026-11-22"))
    control.edit_order(order_id, state="cancel")
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).failed == 1
    clock.advance(days=10)
    run_sweep(services, runs())
    seen = last_call(control)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert calls(control, seen) == IDLE_SWEEP, "looked at a quarter ago: only the listings"
    (alert,) = services.ledger.alerts.open()
    assert (alert.reason, alert.seen) == (Reason.CANCELLED_AFTER_EXPORT, 2)
    assert control.order(order_id)["state"] == "cancel"


OFFLINE = {"confirm_date": NOON, "offline": True, "state": "processing", "erp_order_number": "ERP-7"}


@pytest.mark.parametrize("configured", [{}, {"hidden_fields": ["offline"]}], ids=["says so", "proved by its day"])
def test_an_offline_order_whose_mark_failed_is_marked_by_the_sweep(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, configured: dict[str, Any]
) -> None:
    control.configure(**configured)
    (order_id,) = control.add_orders(OFFLINE)
    control.fault("status", service="shop", method="PATCH", status=401, times=0)
    assert run_day(services, DAY, runs("2026-11-22")).failed == 1
    assert [line.split()[0] for line in open_lines(services)] == ["failed"]
    control.clear_faults()
    clock.advance(minutes=15)
    seen = last_call(control)
    assert run_sweep(services, runs()).offline_sent == 1
    assert list(open_lines(services)) == []
    assert control.order(order_id)["shipment_state"] == "sent"
    assert [call["method"] for call in control.journal(since=seen) if call["method"] != "GET"] == ["PATCH"]
    assert services.ledger.alerts.open() == []
    seen = last_call(control)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert calls(control, seen) == IDLE_SWEEP, "nothing is left to finish: only the listings"


def test_an_offline_order_is_tried_more_rarely_as_it_ages_unless_somebody_names_it(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders(OFFLINE)
    control.fault("status", service="shop", method="PATCH", status=401, times=0)
    run_day(services, DAY, runs("2026-11-22"))
    clock.advance(days=10)
    run_sweep(services, runs())
    clock.advance(minutes=15)
    assert list_open(services) == []
    control.clear_faults()
    assert run_sweep(services, runs(), order_ids=[order_id]).offline_sent == 1


def test_the_proof_that_an_order_is_offline_is_kept_until_it_is_marked(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Orders that do not say what they are, and by the next sweep the shop's lists do not tell any more either."""
    control.configure(hidden_fields=["offline"])
    (order_id,) = control.add_orders(OFFLINE)
    control.faults([{"action": "status", "status": 401, "method": "GET", "path": f"/api/order/{order_id}/", "skip": 1}])
    assert run_day(services, DAY, runs("2026-11-22")).failed == 1
    assert not control.journal(method="PATCH")
    control.configure(hidden_fields=["offline"], unknown_filters=["offline"])
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert control.order(order_id)["shipment_state"] == "sent"


def test_a_setting_made_later_does_not_export_what_is_proved_offline(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.configure(hidden_fields=["offline"])
    (order_id,) = control.add_orders({"confirm_date": NOON, "offline": True, "payment_status": "paid"})
    control.fault("status", method="PATCH", status=401)
    assert run_day(services, DAY, runs("2026-11-22")).failed == 1
    clock.advance(minutes=15)
    run_sweep(replace(services, settings=Settings.parse({"offline_orders": False})), runs())
    assert control.erp_orders() == []
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
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    change: dict[str, Any],
    progress: Progress,
    reason: Reason,
) -> None:
    (order_id,) = control.add_orders({**OFFLINE, "erp_order_number": None})
    control.fault("status", service="shop", method="PATCH", status=401, times=0)
    run_day(services, DAY, runs("2026-11-22"))
    control.clear_faults()
    control.edit_order(order_id, **change)
    clock.advance(minutes=15)
    seen = last_call(control)
    assert run_sweep(services, runs()).failed == 0
    assert {method for _, method in calls(control, seen)} == {"GET"}
    known = services.ledger.get_many([order_id])[order_id]
    assert (known.progress, known.reason) == (progress, reason)


def _die_before_the_finish(services: Services, run: RunRef) -> None:
    """Do what the daily run does up to its last step but one."""
    keys = to_process(select(services, values(list_window(services, DAY)), run=run, window=DAY))
    for step in ORDER_STEPS:
        run_step(services, step, keys, run)

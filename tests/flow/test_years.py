"""What orders cost that nobody pays, and looks that find nothing new: little, and nothing for ever."""

from dataclasses import replace
from datetime import datetime

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.orders.run import process, run_day, run_sweep
from orderflow.flow.reporting.digest import Digest
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import Outcome, Step
from orderflow.settings import Limits, WebshopSettings
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import IDLE_SWEEP, Runs, calls, last_call

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
NOON = "2026-11-22T12:00:00"
UNPAID = {"confirm_date": NOON, "modified_date": NOON, "payment_status": "started"}


def test_a_look_that_changes_nothing_is_counted_and_not_logged(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders(
        {"confirm_date": NOON, "payment_status": "started"},
        {"confirm_date": NOON, "payment_status": "what is this"},
        {"confirm_date": NOON, "payment_status": "paid", "order_lines": []},
    )
    first = run_day(services, DAY, runs("2026-11-22"))
    logged = len(services.ledger.events())
    for again in range(3):
        clock.advance(minutes=15)
        report = run_sweep(services, runs())
        assert report.numbers == {**first.numbers, "date": "sweep"}, again
        assert report.failed == 1, "what is stuck fails every run that looks at it, logged or not"
    assert len(services.ledger.events()) == logged
    assert {order.last_look for order in services.ledger.open_orders()} == {clock.now}
    assert {alert.seen for alert in services.ledger.alerts.open()} == {4}


def test_what_changed_is_logged(services: Services, control: SandboxControl, clock: Clock, runs: Runs) -> None:
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "started"})[0]
    run_day(services, DAY, runs("2026-11-22"))
    control.edit_order(order_id, payment_status="what is this")
    for _ in range(2):
        clock.advance(minutes=15)
        run_sweep(services, runs())
    decided = [event.reason for event in services.ledger.events(order_id=order_id)]
    assert decided == [Reason.PAYMENT_STARTED, Reason.PAYMENT_UNKNOWN]


def test_a_good_look_after_a_failed_one_is_logged(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    """Or the newest line of its log would be the failure."""
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "paid"})[0]
    run_day(services, DAY, runs("2026-11-22"))
    services.ledger.unread(order_id, "", Reason.SHOP_UNAVAILABLE, "503", runs())
    clock.advance(minutes=15)
    report = run_sweep(services, runs(), order_ids=[order_id])
    assert (report.failed, report.unchanged) == (0, 1)
    last = services.ledger.events(order_id=order_id)[-1]
    assert (last.step, last.outcome) == (Step.SELECT, Outcome.DECIDED)


def test_who_never_pays_comes_to_an_end_and_any_change_takes_the_order_up_again(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    order_id = control.add_orders(UNPAID)[0]
    run_day(services, DAY, runs("2026-11-22"))
    clock.advance(days=89)
    run_sweep(services, runs())
    assert _progress(services, order_id) is Progress.WAITING
    clock.advance(days=2)
    assert run_sweep(services, runs()).unchanged == 1
    assert _progress(services, order_id) is Progress.SKIPPED
    assert Digest.of(services).never_paid == 1
    clock.advance(days=400)
    seen = last_call(control)
    assert run_sweep(services, runs()).listed == 0
    assert calls(control, seen) == IDLE_SWEEP, "only the listings"
    assert run_sweep(services, runs(), order_ids=[order_id]).unchanged == 1, "named: read, and still the same"
    assert _progress(services, order_id) is Progress.SKIPPED

    control.edit_order(order_id, description="call me", modified_date=_in_shop(clock.now))
    assert run_sweep(services, runs()).waiting == 1
    control.edit_order(order_id, payment_status="paid")
    clock.advance(days=1)
    assert run_sweep(services, runs()).processed == 1
    assert Digest.of(services).never_paid == 0


def _progress(services: Services, order_id: int) -> Progress:
    return services.ledger.get_many([order_id])[order_id].progress


def _in_shop(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat()


def _listings(control: SandboxControl, since: int) -> list[dict[str, str]]:
    """Return what the lists of confirmed orders were asked for."""
    asked = [call["query"] for call in control.journal(since=since) if call["path"] == "/api/order/"]
    return [query for query in asked if query.get("state") == "confirmed"]


def test_a_long_list_is_read_by_its_changes_and_whole_now_and_then(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    short = replace(services, settings=services.settings.model_copy(update={"limits": Limits(page_size=1)}))
    control.add_orders(*(UNPAID for _ in range(6)))
    run_sweep(short, runs())
    clock.advance(days=10)
    run_sweep(short, runs())
    clock.advance(minutes=15)
    seen = last_call(control)
    run_sweep(short, runs())
    (asked,) = _listings(control, seen)
    assert "modified_date__gte" in asked
    clock.advance(hours=6)
    seen = last_call(control)
    run_sweep(short, runs())
    (asked,) = _listings(control, seen)
    assert "modified_date__gte" not in asked


@pytest.mark.parametrize("now_finished", [True, False])
def test_settings_that_change_do_not_finish_what_was_written_back_before(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, *, now_finished: bool
) -> None:
    """Or the next sweep would write to every order of the shop's past, or stop half-way through its present."""
    finished, told = WebshopSettings(deliveries="none", finish="done"), WebshopSettings()
    before, after = (told, finished) if now_finished else (finished, told)
    order_id = control.add_orders({"confirm_date": NOON, "payment_status": "paid", "webshop": 3})[0]
    of_then = _with(services, before)
    process(of_then, [order_id], DAY, runs("2026-11-22"))
    assert _progress(services, order_id) is Progress.WRITTEN_BACK
    clock.advance(days=1)
    run_sweep(_with(services, after), runs())
    state = control.order(order_id)["state"]
    assert state == ("processing" if now_finished else "done")


def _with(services: Services, webshop: WebshopSettings) -> Services:
    webshops = {**services.settings.webshops, 3: webshop}
    return replace(services, settings=services.settings.model_copy(update={"webshops": webshops}))

"""An order cancelled or sent back in the shop after its export is announced once, by the next sweep (case Y3)."""

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.backlog import list_open
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import IDLE_SWEEP, Runs, calls, last_call
from support.ledgers import rows_of

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
TOLD = {
    "cancel": Reason.CANCELLED_AFTER_EXPORT,
    "draft": Reason.WITHDRAWN_AFTER_EXPORT,
    "quotation": Reason.WITHDRAWN_AFTER_EXPORT,
}
ORDER = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}


@pytest.fixture
def exported(services: Services, control: SandboxControl, runs: Runs) -> list[int]:
    """Return orders that are written back."""
    ids = control.add_orders(ORDER, ORDER)
    run_day(services, DAY, runs("2026-11-22"))
    run_sweep(services, runs())
    return ids


def withdraw(control: SandboxControl, clock: Clock, order_id: int, state: str = "cancel") -> None:
    """Cancel it in the shop, or send it back; the shop's clock is that of the tests."""
    control.edit_order(order_id, state=state, modified_date=clock.now.replace(tzinfo=None).isoformat())


def reasons(services: Services) -> list[tuple[int | None, Reason]]:
    return [(alert.order_id, alert.reason) for alert in services.ledger.alerts.open()]


@pytest.mark.parametrize("state", TOLD)
def test_it_is_found_by_the_next_sweep_and_told_once(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, exported: list[int], state: str
) -> None:
    withdraw(control, clock, exported[0], state)
    clock.advance(minutes=15)
    assert run_sweep(services, runs()).failed == 1
    assert reasons(services) == [(exported[0], TOLD[state])]
    assert control.order(exported[0])["state"] == state

    clock.advance(minutes=15)
    seen = last_call(control)
    assert run_sweep(services, runs()).failed == 0
    assert calls(control, seen) == IDLE_SWEEP, "the listings, and nothing is read again"
    (alert,) = services.ledger.alerts.open()
    assert alert.seen == 1


@pytest.mark.parametrize("state", TOLD)
def test_an_offline_order_that_was_marked_and_is_then_withdrawn_is_nobodys_matter(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, state: str
) -> None:
    (order_id,) = control.add_orders({**ORDER, "offline": True})
    assert run_day(services, DAY, runs("2026-11-22")).offline_sent == 1
    withdraw(control, clock, order_id, state)
    clock.advance(minutes=15)

    assert run_sweep(services, runs()).failed == 0
    assert reasons(services) == []


@pytest.mark.parametrize("state", ["draft", "quotation"])
def test_one_that_was_sent_back_and_is_then_cancelled_is_told_anew_and_over_when_it_is_confirmed_again(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, exported: list[int], state: str
) -> None:
    for now in (state, "cancel", state, "confirmed"):
        withdraw(control, clock, exported[0], now)
        clock.advance(minutes=15)
        run_sweep(services, runs())
        assert reasons(services) == ([(exported[0], TOLD[now])] if now in TOLD else [])
    assert control.order(exported[0])["state"] == "processing"
    assert len(control.erp_orders()) == len(exported)


@pytest.mark.parametrize("ignored", [[], ["modified_date__gte"]])
def test_what_a_dry_run_lists_is_found_by_the_sweep_after_it(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, exported: list[int], ignored: list[str]
) -> None:
    control.configure(unknown_filters=ignored)
    old = {**ORDER, "state": "cancel", "modified_date": "2026-01-01T12:00:00"}
    control.add_orders(old)
    clock.advance(hours=2)
    withdraw(control, clock, exported[0])
    before = rows_of(services.ledger)
    assert list_open(services) == [exported[0]]
    assert rows_of(services.ledger) == before
    assert run_sweep(services, runs()).failed == 1
    assert reasons(services) == [(exported[0], Reason.CANCELLED_AFTER_EXPORT)]


def test_a_shop_that_ignores_since_when_is_not_asked_for_all_its_drafts(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, exported: list[int]
) -> None:
    control.configure(unknown_filters=["modified_date__gte"])
    control.add_orders(*[{**ORDER, "state": "draft", "modified_date": "2026-01-01T12:00:00"}] * 150)
    withdraw(control, clock, exported[0])
    clock.advance(minutes=15)
    seen = last_call(control)

    run_sweep(services, runs())

    asked = [call["query"] for call in control.journal(since=seen) if "modified_date" in str(call["query"])]
    assert len(asked) == 2, "what is cancelled, and the first page of the drafts"
    assert reasons(services) == [(exported[0], Reason.CANCELLED_AFTER_EXPORT)]


def test_a_cancellation_before_the_export_is_nobodys_matter(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "payment_status": "started"})
    run_sweep(services, runs())
    withdraw(control, clock, order_id)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert reasons(services) == []


@pytest.mark.parametrize("status", [400, 503])
def test_a_shop_that_refuses_the_question_costs_this_look_alone(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, status: int
) -> None:
    control.fault("status", path="modified_date", status=status, times=0)
    (order_id,) = control.add_orders(ORDER)
    assert run_sweep(services, runs()).processed == 1
    control.clear_faults()
    withdraw(control, clock, order_id)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert reasons(services) == [(order_id, Reason.CANCELLED_AFTER_EXPORT)]


@pytest.mark.parametrize("back", ["processing", "done"])
@pytest.mark.parametrize("state", TOLD)
def test_it_is_over_when_the_order_is_back_and_nobody_is_told_again_while_it_is_not(  # noqa: PLR0917
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, exported: list[int], state: str, back: str
) -> None:
    withdraw(control, clock, exported[0], state)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    clock.advance(hours=2)
    again = run_sweep(services, runs())
    assert (again.failed, again.flags) == (0, ())
    assert reasons(services) == [(exported[0], TOLD[state])]

    withdraw(control, clock, exported[0], back)
    clock.advance(hours=1)
    assert run_sweep(services, runs()).failed == 0

    assert reasons(services) == []
    known = services.ledger.get(exported[0])
    assert known
    assert known.reason is None
    assert control.order(exported[0])["state"] == back
    withdraw(control, clock, exported[0], state)
    clock.advance(minutes=15)
    run_sweep(services, runs())
    assert reasons(services) == [(exported[0], TOLD[state])], "and it counts anew"

"""An order edited in the shop after its export is announced once, by the next sweep, for one call per change."""

from collections.abc import Mapping

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.flow.orders.resolve import resolve
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import IDLE_SWEEP, Runs, calls, last_call

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
ORDER = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
LINES = [{"product": {"origin": "x", "key": key}, "quantity": "1.0", "unit_price": "1.00"} for key in ("A", "B")]
CHANGES: list[Mapping[str, object]] = [
    {"customer_order_number": "PO-NEW"},
    {"shipment_address": 4711},
    {"order_lines": LINES[1:]},
]
"""Count and total are the same: only the content shows it."""


@pytest.fixture
def exported(services: Services, control: SandboxControl, clock: Clock, runs: Runs) -> list[int]:
    """Return orders that are written back; the shop's clock is that of the tests."""
    ids = control.add_orders(*[{**ORDER, "order_lines": LINES[:1]}] * 3)
    run_day(services, DAY, runs("2026-11-22"))
    run_sweep(services, runs())
    clock.advance(minutes=30)
    return ids


def edit(control: SandboxControl, clock: Clock, order_id: int, **changes: object) -> None:
    """Edit it in the shop, where it stays in its state."""
    control.edit_order(order_id, modified_date=clock.now.replace(tzinfo=None).isoformat(), **changes)
    clock.advance(minutes=15)


def swept(services: Services, control: SandboxControl, runs: Runs) -> tuple[int, int]:
    """Return how many orders a sweep flags, and how many calls it makes beyond those of an idle one."""
    seen = last_call(control)
    report = run_sweep(services, runs())
    assert report.failed == 0
    return len(report.flags), len(calls(control, seen)) - len(IDLE_SWEEP)


def reasons(services: Services) -> list[tuple[int | None, Reason]]:
    return [(alert.order_id, alert.reason) for alert in services.ledger.alerts.open()]


@pytest.mark.parametrize("changes", CHANGES)
def test_it_is_found_by_the_next_sweep_and_told_once_for_each_edit(  # noqa: PLR0917
    services: Services,
    control: SandboxControl,
    clock: Clock,
    runs: Runs,
    exported: list[int],
    changes: Mapping[str, object],
) -> None:
    edit(control, clock, exported[0], **changes)
    assert swept(services, control, runs) == (1, 1)
    assert reasons(services) == [(exported[0], Reason.EDITED_AFTER_EXPORT)]
    assert swept(services, control, runs) == (0, 0), "told, and not read again"

    resolve(services, [exported[0]], runs())
    assert swept(services, control, runs) == (0, 0)
    assert reasons(services) == []
    edit(control, clock, exported[0], customer_order_number="PO-NEWER")
    assert swept(services, control, runs) == (1, 1)
    assert reasons(services) == [(exported[0], Reason.EDITED_AFTER_EXPORT)], "a further edit"
    assert len(control.erp_orders()) == len(exported)


def test_what_was_touched_and_not_edited_is_read_once_and_nothing_is_recorded_about_it(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, exported: list[int]
) -> None:
    before = services.ledger.events(order_id=exported[0])
    edit(control, clock, exported[0], shipment_state="partial")
    assert swept(services, control, runs) == (0, 1)
    assert swept(services, control, runs) == (0, 0)
    assert services.ledger.events(order_id=exported[0]) == before
    assert reasons(services) == []


def test_our_own_write_back_is_not_read_again(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> None:
    control.add_orders(*[ORDER] * 3)
    run_day(services, DAY, runs("2026-11-22"))
    clock.advance(minutes=15)
    assert swept(services, control, runs) == (0, 0)


def test_an_order_that_cannot_be_read_is_no_failure_and_read_again(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, exported: list[int]
) -> None:
    edit(control, clock, exported[0], customer_order_number="PO-NEW")
    edit(control, clock, exported[1], customer_order_number="PO-NEW")
    control.faults(
        [{"action": "status", "status": 403, "method": "GET", "path": f"/api/order/{exported[0]}/", "times": 1}]
    )
    assert swept(services, control, runs)[0] == 1
    assert reasons(services) == [(exported[1], Reason.EDITED_AFTER_EXPORT)]
    assert swept(services, control, runs)[0] == 1
    assert set(reasons(services)) == {(i, Reason.EDITED_AFTER_EXPORT) for i in exported[:2]}


@pytest.mark.parametrize("ignores", [True, False])
def test_a_shop_that_ignores_or_refuses_the_question_costs_this_look_alone(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, exported: list[int], *, ignores: bool
) -> None:
    edit(control, clock, exported[0], customer_order_number="PO-NEW")
    clock.advance(hours=6)
    if ignores:
        control.configure(unknown_filters=["modified_date__gte"])
    else:
        control.fault("status", path="state=processing", status=403, times=0)
    assert swept(services, control, runs)[0] == 0
    assert reasons(services) == []


def test_an_order_that_became_another_thing_meanwhile_is_left_to_those_who_look_for_that(
    services: Services, control: SandboxControl, clock: Clock, runs: Runs, exported: list[int]
) -> None:
    edit(control, clock, exported[0], customer_order_number="PO-NEW", state="cancel")
    run_sweep(services, runs())
    assert reasons(services) == [(exported[0], Reason.CANCELLED_AFTER_EXPORT)]

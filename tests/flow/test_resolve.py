"""An order that a person has dealt with by hand is closed, stays closed, and is never sent."""

from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.domain.worklist import Worklist
from orderflow.flow.batch import errors, values
from orderflow.flow.orders.resolve import comment, find_to_resolve, resolve, undo
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.orders.select import select
from orderflow.flow.orders.steps import PUSH, run_step
from orderflow.flow.reporting.alerts import end_run
from orderflow.flow.reporting.worklists import open_lines, worklist_of
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step, Word
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
ORDER = {"reference": "CS1", "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
KNOWN_PRODUCT = {"origin": "myorigin", "key": "124_STUK"}
UNKNOWN_PRODUCT = {"product": {"origin": "x", "key": "UNKNOWN-1"}, "quantity": "1.0", "unit_price": "1.00"}


class Sweep:
    """Sweeps a quarter of an hour later, with what a person names."""

    def __init__(self, services: Services, clock: Clock, runs: Runs) -> None:
        self._services, self._clock, self._runs = services, clock, runs

    def __call__(self, *seen_to: str) -> RunRef:
        self._clock.advance(minutes=15)
        run = self._runs()
        assert not errors(resolve(self._services, values(find_to_resolve(self._services, seen_to)), run))
        run_sweep(self._services, run)
        return run

    def alerts(self) -> list[Reason]:
        return [alert.reason for alert in self._services.ledger.alerts.open()]


@pytest.fixture
def sweep(services: Services, clock: Clock, runs: Runs) -> Sweep:
    return Sweep(services, clock, runs)


def known(services: Services, order_id: int) -> LedgerOrder:
    return services.ledger.get_many([order_id])[order_id]


@pytest.mark.parametrize("name", ["CS1", "1/CS1", "{id}", "1/{id}"])
def test_an_edit_that_was_made_in_the_erp_too_is_closed_and_a_further_one_is_told(
    services: Services, control: SandboxControl, sweep: Sweep, name: str
) -> None:
    (order_id,) = control.add_orders(ORDER)
    sweep()
    control.edit_order(order_id, customer_order_number="PO-NEW", state="confirmed")
    sweep()
    assert sweep.alerts() == [Reason.EDITED_AFTER_EXPORT]
    run = sweep(name.format(id=order_id))
    assert sweep.alerts() == []
    assert (known(services, order_id).progress, known(services, order_id).reason) == (Progress.WRITTEN_BACK, None)
    said = [event for event in services.ledger.events(run_id=run.run_id) if event.step is Step.RESOLVE]
    assert [event.message.split()[1] for event in said] == [Reason.EDITED_AFTER_EXPORT]
    control.edit_order(order_id, state="confirmed")
    sweep()
    assert sweep.alerts() == [], "the same edit"
    control.edit_order(order_id, customer_order_number="PO-NEWER", state="confirmed")
    sweep()
    assert sweep.alerts() == [Reason.EDITED_AFTER_EXPORT]
    assert len(control.erp_orders()) == 1


def test_a_total_that_was_compared_is_closed(
    services: Services, control: SandboxControl, sweep: Sweep, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    sweep()
    run = runs()
    with services.ledger.claim(order_id, run) as claim:
        claim.flag(Reason.TOTAL_DIFFERS, "1 in the ERP, 2 in the shop", Step.PUSH)
    run_sweep(services, run)
    assert sweep.alerts() == [Reason.TOTAL_DIFFERS]
    sweep("CS1")
    assert sweep.alerts() == []
    assert known(services, order_id).progress is Progress.WRITTEN_BACK


def test_a_half_written_order_that_was_cancelled_in_both_is_at_an_end(
    services: Services, control: SandboxControl, sweep: Sweep, runs: Runs
) -> None:
    order_id = _half_written(services, control, sweep)
    control.edit_order(order_id, state="cancel")
    sweep()
    assert sweep.alerts() == [Reason.CANCELLED_AFTER_EXPORT]
    sweep("CS1")
    assert sweep.alerts() == []
    assert list(open_lines(services)) == []
    assert worklist_of(services, known(services, order_id)) is Worklist.SKIPPED
    seen = control.journal()[-1]["n"]
    sweep()
    assert len(control.journal(since=seen, service="shop")) == 5, "only the listings"
    assert run_day(services, DAY, runs("2026-11-22")).failed == 0
    assert control.order(order_id)["state"] == "cancel"


def test_an_order_deleted_in_the_shop_after_its_export_is_at_an_end_once_seen_to(
    services: Services, control: SandboxControl, sweep: Sweep
) -> None:
    order_id = _half_written(services, control, sweep)
    control.fault("status", method="GET", path=f"/api/order/{order_id}/", status=404, times=0)
    sweep()
    assert sweep.alerts() == [Reason.ORDER_NOT_FOUND]
    control.edit_order(order_id, state="draft")
    sweep("CS1")
    assert sweep.alerts() == []
    assert list(open_lines(services)) == []


@pytest.mark.parametrize(
    ("order", "fault", "before"),
    [
        ({"order_lines": [UNKNOWN_PRODUCT]}, {}, Progress.REJECTED),
        ({"currency": None}, {}, Progress.HELD),
        ({}, {"service": "erp", "action": "status", "status": 500, "method": "POST", "times": 0}, Progress.IN_DOUBT),
    ],
    ids=lambda given: str(given) if isinstance(given, Progress) else "",
)
def test_what_was_entered_into_the_erp_by_hand_is_not_sent_by_any_run(
    *,
    services: Services,
    control: SandboxControl,
    sweep: Sweep,
    runs: Runs,
    order: dict[str, Any],
    fault: dict[str, Any],
    before: Progress,
) -> None:
    """The shop still shows it as confirmed and paid, and the ERP has it under a name that nobody looks up."""
    (order_id,) = control.add_orders({**ORDER, **order})
    if fault:
        control.faults([fault])
    sweep()
    assert known(services, order_id).progress is before
    sweep("CS1")
    control.clear_faults()
    assert sweep.alerts() == []
    assert list(open_lines(services)) == []
    sweep()
    assert run_day(services, DAY, runs("2026-11-22")).failed == 0
    assert known(services, order_id).progress is Progress.RESOLVED
    assert control.erp_orders() == []
    sweep("CS1")
    assert known(services, order_id).progress is Progress.RESOLVED, "a task that is tried again says it twice"


def test_a_run_that_had_selected_it_before_does_not_send_it(
    services: Services, control: SandboxControl, sweep: Sweep, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "order_lines": [UNKNOWN_PRODUCT]})
    sweep()
    sweep("CS1")
    seen = control.journal()[-1]["n"]
    (result,) = run_step(services, PUSH, [order_id], runs())
    assert result.outcome is Outcome.UNCHANGED
    assert not control.journal(service="erp", since=seen)


def test_the_alert_of_a_run_that_ended_after_it_was_seen_to_is_closed_by_the_next(
    services: Services, control: SandboxControl, sweep: Sweep, runs: Runs
) -> None:
    control.add_orders({**ORDER, "order_lines": [UNKNOWN_PRODUCT]})
    slow = runs()
    run_sweep(services, slow)
    sweep("CS1")
    end_run(services, slow, date="", listed=[], selected=set())
    assert sweep.alerts() == [Reason.ERP_REJECTED]
    sweep()
    assert sweep.alerts() == []


def test_what_was_seen_to_and_then_changed_is_looked_up_and_told_of_and_never_sent(
    services: Services, control: SandboxControl, sweep: Sweep
) -> None:
    (order_id,) = control.add_orders({**ORDER, "currency": None})
    sweep()
    sweep("CS1")
    control.edit_order(order_id, currency="EUR")
    for _ in range(2):
        sweep()
        assert sweep.alerts() == [Reason.ERP_ORDER_GONE]
    assert worklist_of(services, known(services, order_id)) is Worklist.FAILED
    sweep("CS1")
    sweep()
    assert sweep.alerts() == []
    assert control.erp_orders() == []


def test_what_was_seen_to_is_taken_up_when_it_is_confirmed_anew_and_the_erp_has_it(
    services: Services, control: SandboxControl, sweep: Sweep
) -> None:
    order_id = _half_written(services, control, sweep)
    control.edit_order(order_id, state="cancel")
    sweep()
    sweep("CS1")
    control.clear_faults()
    control.edit_order(order_id, state="confirmed")
    sweep()
    assert known(services, order_id).progress is Progress.WRITTEN_BACK
    assert len(control.erp_orders()) == 1


@pytest.mark.parametrize("change", [{"payment_status": "started"}, {"state": "cancel"}], ids=["waiting", "skipped"])
def test_what_is_not_begun_is_ended_in_the_shop_and_not_here(
    services: Services, control: SandboxControl, runs: Runs, change: dict[str, str]
) -> None:
    (order_id,) = control.add_orders({**ORDER, **change})
    select(services, [order_id], run=runs(), window=None)
    assert ["in the shop" in str(error) for error in find_to_resolve(services, ["CS1"])] == [True]


def test_a_name_that_is_nobodys_or_two_orders_is_refused(
    services: Services, control: SandboxControl, sweep: Sweep
) -> None:
    first, second = control.add_orders(ORDER, {**ORDER, "webshop": 2})
    sweep()
    ambiguous, unknown, right = find_to_resolve(services, ["CS1", "CS9", "2/CS1", "2/CS1"])
    assert f"{first} (1/CS1), {second} (2/CS1)" in str(ambiguous)
    assert "knows no order 'CS9'" in str(unknown)
    assert right == second


def _half_written(services: Services, control: SandboxControl, sweep: Sweep) -> int:
    (order_id,) = control.add_orders(ORDER)
    control.fault("status", service="shop", method="PATCH", status=400, times=0)
    sweep()
    assert known(services, order_id).progress is Progress.PUSHED
    return int(order_id)


@pytest.mark.parametrize(
    ("order", "before"),
    [
        ({"order_lines": [UNKNOWN_PRODUCT]}, Progress.REJECTED),
        ({"order_lines": [{**UNKNOWN_PRODUCT, "product": KNOWN_PRODUCT}], "currency": None}, Progress.HELD),
    ],
    ids=["rejected", "held"],
)
def test_it_is_taken_back_within_the_day_and_then_goes_on_as_before(
    *, services: Services, control: SandboxControl, sweep: Sweep, runs: Runs, order: dict[str, Any], before: Progress
) -> None:
    (order_id,) = control.add_orders({**ORDER, **order})
    sweep()
    was, alerts = known(services, order_id), sweep.alerts()
    assert resolve(services, [order_id], runs(), word=Word("anna", "entered by hand")) == [order_id]
    assert services.ledger.words.may_be_undone(known(services, order_id))
    assert undo(services, [order_id], runs(), Word("bert", "wrong order")) == [order_id]
    now = known(services, order_id)
    assert (now.progress, now.reason, now.detail) == (before, was.reason, was.detail)
    assert sweep.alerts() == alerts
    said = [event.message for event in services.ledger.events(order_id=order_id)][-2:]
    assert said[0].startswith("anna: entered by hand (")
    assert said[1] == "bert: wrong order"
    (twice,) = undo(services, [order_id], runs(), Word("bert"))
    assert "nobody has resolved it" in str(twice)
    (line,) = control.order(order_id)["order_lines"]
    control.edit_order(order_id, order_lines=[{**line, "product": KNOWN_PRODUCT}], currency="EUR")
    sweep()
    assert known(services, order_id).progress is Progress.WRITTEN_BACK
    assert len(control.erp_orders()) == 1


def test_an_accepted_edit_is_taken_back(services: Services, control: SandboxControl, sweep: Sweep, runs: Runs) -> None:
    (order_id,) = control.add_orders(ORDER)
    sweep()
    control.edit_order(order_id, customer_order_number="PO-NEW", state="confirmed")
    sweep()
    for _ in range(2):
        resolve(services, [order_id], runs(), word=Word("anna"))  # by a task that is tried again
    assert sweep.alerts() == []
    assert undo(services, [order_id], runs(), Word("anna")) == [order_id]
    assert sweep.alerts() == [Reason.EDITED_AFTER_EXPORT]
    assert known(services, order_id).progress is Progress.WRITTEN_BACK


def test_it_is_not_taken_back_after_a_day_nor_from_where_it_has_gone_since(
    services: Services, control: SandboxControl, sweep: Sweep, runs: Runs, clock: Clock
) -> None:
    late, moved = control.add_orders(*({**ORDER, "reference": f"CS{n}", "currency": None} for n in range(2)))
    sweep()
    resolve(services, [late, moved], runs())
    control.edit_order(moved, currency="EUR")
    run_sweep(services, runs())
    assert known(services, moved).reason is Reason.ERP_ORDER_GONE
    (gone,) = undo(services, [moved], runs(), Word())
    assert "it has moved since" in str(gone)
    clock.advance(hours=25)
    assert not services.ledger.words.may_be_undone(known(services, late))
    (too_late,) = undo(services, [late], runs(), Word())
    assert "24 hours" in str(too_late)
    assert known(services, late).progress is Progress.RESOLVED


def test_a_comment_is_in_the_log_and_changes_nothing(
    services: Services, control: SandboxControl, sweep: Sweep, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    sweep()
    before = known(services, order_id)
    with services.ledger.claim(order_id, runs()):
        done = comment(services, [order_id, 404], runs(), Word("anna", "customer called <b>"))
    assert [isinstance(result, int) for result in done] == [True, False]
    assert known(services, order_id).progress is before.progress
    event = services.ledger.events(order_id=order_id)[-1]
    assert (event.step, event.message) == (Step.COMMENT, "anna: customer called <b>")

"""What a person has dealt with by hand is closed, stays closed, and is never sent."""

from typing import Any

import pytest

from clock import Clock
from flow.conftest import Runs
from orderflow.domain.reasons import Reason
from orderflow.domain.standing import Standing
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.errors import PermanentError
from orderflow.flow.alerting import end_run
from orderflow.flow.day import run_day, run_sweep
from orderflow.flow.parties import Parties
from orderflow.flow.see_to import find_seen_to, see_to
from orderflow.flow.select import select
from orderflow.flow.standings import open_lines, standing_of
from orderflow.flow.steps import PUSH, run_step
from orderflow.ledger.models import LedgerOrder, Outcome, RunRef, Step
from sandbox.control import SandboxControl

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
ORDER = {"reference": "CS1", "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
UNKNOWN_PRODUCT = {"product": {"origin": "x", "key": "UNKNOWN-1"}, "quantity": "1.0", "unit_price": "1.00"}


class Sweep:
    """Sweeps a quarter of an hour later, with what a person names."""

    def __init__(self, parties: Parties, clock: Clock, runs: Runs) -> None:
        self._parties, self._clock, self._runs = parties, clock, runs

    def __call__(self, *seen_to: str) -> RunRef:
        self._clock.advance(minutes=15)
        run = self._runs()
        see_to(self._parties, find_seen_to(self._parties, seen_to), run)
        run_sweep(self._parties, run)
        return run

    def alerts(self) -> list[Reason]:
        return [alert.reason for alert in self._parties.ledger.alerts.open()]


@pytest.fixture
def sweep(parties: Parties, clock: Clock, runs: Runs) -> Sweep:
    return Sweep(parties, clock, runs)


def known(parties: Parties, order_id: int) -> LedgerOrder:
    return parties.ledger.by_order_id([order_id])[order_id]


@pytest.mark.parametrize("name", ["CS1", "1/CS1", "{id}", "1/{id}"])
def test_an_edit_that_was_made_in_the_erp_too_is_closed_and_a_further_one_is_told(
    parties: Parties, control: SandboxControl, sweep: Sweep, name: str
) -> None:
    (order_id,) = control.add_orders(ORDER)
    sweep()
    control.edit_order(order_id, customer_order_number="PO-NEW", state="confirmed")
    sweep()
    assert sweep.alerts() == [Reason.EDITED_AFTER_EXPORT]
    run = sweep(name.format(id=order_id))
    assert sweep.alerts() == []
    assert (known(parties, order_id).progress, known(parties, order_id).reason) == (Progress.WRITTEN_BACK, None)
    said = [event for event in parties.ledger.events(run_id=run.run_id) if event.step is Step.SEE_TO]
    assert [event.message.split()[1] for event in said] == [Reason.EDITED_AFTER_EXPORT]
    control.edit_order(order_id, state="confirmed")
    sweep()
    assert sweep.alerts() == [], "the same edit"
    control.edit_order(order_id, customer_order_number="PO-NEWER", state="confirmed")
    sweep()
    assert sweep.alerts() == [Reason.EDITED_AFTER_EXPORT]
    assert len(control.erp_orders()) == 1


def test_a_total_that_was_compared_is_closed(
    parties: Parties, control: SandboxControl, sweep: Sweep, runs: Runs
) -> None:
    (order_id,) = control.add_orders(ORDER)
    sweep()
    run = runs()
    with parties.ledger.claim(known(parties, order_id).key, run) as claim:
        claim.flag(Reason.TOTAL_DIFFERS, "1 in the ERP, 2 in the shop", Step.PUSH)
    run_sweep(parties, run)
    assert sweep.alerts() == [Reason.TOTAL_DIFFERS]
    sweep("CS1")
    assert sweep.alerts() == []
    assert known(parties, order_id).progress is Progress.WRITTEN_BACK


def test_a_half_written_order_that_was_cancelled_in_both_is_at_an_end(
    parties: Parties, control: SandboxControl, sweep: Sweep, runs: Runs
) -> None:
    order_id = _half_written(parties, control, sweep)
    control.edit_order(order_id, state="cancel")
    sweep()
    assert sweep.alerts() == [Reason.CANCELLED_AFTER_EXPORT]
    sweep("CS1")
    assert sweep.alerts() == []
    assert list(open_lines(parties)) == []
    assert standing_of(parties, known(parties, order_id)) is Standing.SKIPPED
    seen = control.journal()[-1]["n"]
    sweep()
    assert len(control.journal(since=seen)) == 1, "only the listing"
    assert run_day(parties, DAY, runs("2026-11-22")).failed == 0
    assert control.order(order_id)["state"] == "cancel"


def test_an_order_deleted_in_the_shop_after_its_export_is_at_an_end_once_seen_to(
    parties: Parties, control: SandboxControl, sweep: Sweep
) -> None:
    order_id = _half_written(parties, control, sweep)
    control.fault("status", method="GET", path=f"/api/order/{order_id}/", status=404, times=0)
    sweep()
    assert sweep.alerts() == [Reason.ORDER_NOT_FOUND]
    control.edit_order(order_id, state="draft")
    sweep("CS1")
    assert sweep.alerts() == []
    assert list(open_lines(parties)) == []


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
    parties: Parties,
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
    assert known(parties, order_id).progress is before
    sweep("CS1")
    control.clear_faults()
    assert sweep.alerts() == []
    assert list(open_lines(parties)) == []
    sweep()
    assert run_day(parties, DAY, runs("2026-11-22")).failed == 0
    assert known(parties, order_id).progress is Progress.SEEN_TO
    assert control.erp_orders() == []
    sweep("CS1")
    assert known(parties, order_id).progress is Progress.SEEN_TO, "a task that is tried again says it twice"


def test_a_run_that_had_selected_it_before_does_not_send_it(
    parties: Parties, control: SandboxControl, sweep: Sweep, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**ORDER, "order_lines": [UNKNOWN_PRODUCT]})
    sweep()
    sweep("CS1")
    seen = control.journal()[-1]["n"]
    (result,) = run_step(parties, PUSH, [known(parties, order_id).key], runs())
    assert result.outcome is Outcome.UNCHANGED
    assert not control.journal(service="erp", since=seen)


def test_the_alert_of_a_run_that_ended_after_it_was_seen_to_is_closed_by_the_next(
    parties: Parties, control: SandboxControl, sweep: Sweep, runs: Runs
) -> None:
    control.add_orders({**ORDER, "order_lines": [UNKNOWN_PRODUCT]})
    slow = runs()
    run_sweep(parties, slow)
    sweep("CS1")
    end_run(parties, slow, date="", listed=[], selected=set())
    assert sweep.alerts() == [Reason.ERP_REJECTED]
    sweep()
    assert sweep.alerts() == []


def test_what_was_seen_to_and_then_changed_is_looked_up_and_told_of_and_never_sent(
    parties: Parties, control: SandboxControl, sweep: Sweep
) -> None:
    (order_id,) = control.add_orders({**ORDER, "currency": None})
    sweep()
    sweep("CS1")
    control.edit_order(order_id, currency="EUR")
    for _ in range(2):
        sweep()
        assert sweep.alerts() == [Reason.ERP_ORDER_GONE]
    assert standing_of(parties, known(parties, order_id)) is Standing.FAILED
    sweep("CS1")
    sweep()
    assert sweep.alerts() == []
    assert control.erp_orders() == []


def test_what_was_seen_to_is_taken_up_when_it_is_confirmed_anew_and_the_erp_has_it(
    parties: Parties, control: SandboxControl, sweep: Sweep
) -> None:
    order_id = _half_written(parties, control, sweep)
    control.edit_order(order_id, state="cancel")
    sweep()
    sweep("CS1")
    control.clear_faults()
    control.edit_order(order_id, state="confirmed")
    sweep()
    assert known(parties, order_id).progress is Progress.WRITTEN_BACK
    assert len(control.erp_orders()) == 1


@pytest.mark.parametrize("change", [{"payment_status": "started"}, {"state": "cancel"}], ids=["waiting", "skipped"])
def test_what_is_not_begun_is_ended_in_the_shop_and_not_here(
    parties: Parties, control: SandboxControl, runs: Runs, change: dict[str, str]
) -> None:
    (order_id,) = control.add_orders({**ORDER, **change})
    select(parties, [order_id], run=runs(), window=None)
    with pytest.raises(PermanentError, match="in the shop"):
        find_seen_to(parties, ["CS1"])


def test_a_name_that_is_nobodys_or_two_orders_is_refused(
    parties: Parties, control: SandboxControl, sweep: Sweep
) -> None:
    first, second = control.add_orders(ORDER, {**ORDER, "webshop": 2})
    sweep()
    with pytest.raises(PermanentError, match=f"1/{first}, 2/{second}"):
        find_seen_to(parties, ["CS1"])
    with pytest.raises(PermanentError, match="knows no order 'CS9'"):
        find_seen_to(parties, ["CS9"])
    assert [key.webshop for key in find_seen_to(parties, ["2/CS1", "2/CS1"])] == [2]


def _half_written(parties: Parties, control: SandboxControl, sweep: Sweep) -> int:
    (order_id,) = control.add_orders(ORDER)
    control.fault("status", service="shop", method="PATCH", status=400, times=0)
    sweep()
    assert known(parties, order_id).progress is Progress.PUSHED
    return int(order_id)

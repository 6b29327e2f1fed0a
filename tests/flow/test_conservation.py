"""Every report adds up, and names what it cannot account for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import TO_PROCESS, Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.orders.run import run_day
from orderflow.flow.orders.select import select
from orderflow.flow.reporting.alerts import end_run
from orderflow.flow.reporting.report import Report, report
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import Event, LedgerOrder, Outcome, RunOrder, RunRef, Step
from sandbox.control import SandboxControl
from support.flow_runs import Runs

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
PAID = {"confirm_date": "2026-11-22T12:00:00", "payment_status": "paid"}
AT = datetime(2026, 11, 23, tzinfo=UTC)
RUN = RunRef(dag_id="d", run_id="r")


def adds_up(summary: Report) -> bool:
    return summary.listed == (summary.processed + summary.unchanged + summary.waiting + summary.held + summary.failed)


@st.composite
def seen_orders(draw: st.DrawFn) -> list[RunOrder]:
    ids = draw(st.sets(st.integers(1, 12), max_size=8))
    return [_seen(draw, order_id) for order_id in sorted(ids)]


def _seen(draw: st.DrawFn, order_id: int) -> RunOrder:
    steps = draw(st.lists(st.sampled_from(Step), unique=True, max_size=4))
    last = {
        step: Event(
            id=n, order_id=order_id, webshop=1, at=AT, run=RUN, step=step, outcome=draw(st.sampled_from(Outcome)),
            reason=draw(st.none() | st.sampled_from(Reason)), message="", reference="",
        )
        for n, step in enumerate(steps)
    }  # fmt: skip
    fields = dict.fromkeys(LedgerOrder.model_fields)
    known = LedgerOrder.model_validate(
        fields
        | {
            "order_id": order_id, "reference": f"CS{order_id}", "progress": draw(st.sampled_from(Progress)),
            "reason": draw(st.none() | st.sampled_from(Reason)), "detail": "", "erp_lines": {}, "line_ids": {},
            "attempts": 0, "first_seen_at": AT, "is_as_before": False,
            "updated_at": AT + draw(st.sampled_from([timedelta(0), timedelta(1)])),
        }
    )  # fmt: skip
    return RunOrder(known, last, is_held_elsewhere=draw(st.booleans()))


@given(
    seen=seen_orders(),
    listed=st.lists(st.integers(1, 15), max_size=12),
    selected=st.none() | st.sets(st.integers(1, 15)),
)
def test_whatever_the_ledger_saw_the_numbers_add_up(
    seen: list[RunOrder], listed: list[int], selected: set[int] | None
) -> None:
    summary = report(seen, date="", listed=listed, selected=selected)

    assert adds_up(summary)
    lost = set(listed) - {s.order.order_id for s in seen}
    named = {failure.order_id for failure in summary.failures}
    assert selected is None or lost <= named


@given(seen=seen_orders(), selected=st.sets(st.integers(1, 12)))
def test_an_order_that_was_to_be_processed_and_is_not_is_named(seen: list[RunOrder], selected: set[int]) -> None:
    """Unless another run has taken it up since."""
    summary = report(seen, date="", listed=[s.order.order_id for s in seen], selected=selected)

    on_its_way = {Progress.READY, Progress.PUSHING, Progress.IN_DOUBT, Progress.PUSHED, Progress.STATE_SET}
    for seen_order in seen:
        order, last, elsewhere = seen_order
        wanted = order.order_id in selected or (
            Step.SELECT in last
            and last[Step.SELECT].outcome is Outcome.DECIDED
            and last[Step.SELECT].reason in TO_PROCESS
        )
        if (
            wanted
            and order.progress in on_its_way
            and seen_order.was_worked_on
            and not elsewhere
            and order.updated_at == AT
        ):
            assert order.order_id in {failure.order_id for failure in summary.failures}


@pytest.mark.parametrize("fault", ["GET", "POST", "PATCH", "PUT"])
def test_a_day_with_everything_in_it_adds_up(
    services: Services, control: SandboxControl, runs: Runs, fault: str
) -> None:
    control.add_orders(
        PAID, PAID, {**PAID, "reference": "CS1"}, {**PAID, "reference": "CS1"}, {**PAID, "offline": True},
        {**PAID, "payment_status": "started"}, {**PAID, "payment_status": "?"}, {**PAID, "order_lines": []},
        {**PAID, "state": "cancel"}, {**PAID, "state": "processing"},
    )  # fmt: skip
    control.fault("status", method=fault, status=400, times=2, skip=3)
    first = run_day(services, DAY, runs("2026-11-22"))
    control.clear_faults()
    second = run_day(services, DAY, runs("2026-11-22"))

    assert adds_up(first)
    assert adds_up(second)
    assert first.listed >= 7


def test_orders_whose_selection_died_are_named(services: Services, control: SandboxControl, runs: Runs) -> None:
    """The task that selects was killed after it had decided: nothing takes these orders any further in this run."""
    ids, run = control.add_orders(PAID, PAID), runs("2026-11-22")
    select(services, ids, run=run, window=DAY)

    summary, _ = end_run(services, run, date="", listed=ids, selected=None)

    assert sorted(failure.order_id or 0 for failure in summary.failures) == ids
    assert {failure.reason for failure in summary.failures} == {Reason.UNFINISHED}
    assert adds_up(summary)


def test_an_erp_order_of_two_shop_orders_is_named(services: Services, control: SandboxControl, runs: Runs) -> None:
    """The ledger lets no second order have it; what the shop itself shows at another order, it only learns."""
    first, second = control.add_orders(PAID, PAID)
    run_day(services, DAY, earlier := runs("2026-11-22"))
    number = control.order(first)["erp_order_number"]
    (known,) = services.ledger.by_erp_number(number)
    ghost = Decision(action=Action.SKIP, reason=Reason.ALREADY_EXPORTED)
    _, order = services.read(second)
    services.ledger.decide(
        order.model_copy(update={"order_id": 99, "reference": "CS99", "erp_order_number": number}), ghost, RUN
    )

    summary, _ = end_run(services, earlier, date="", listed=[first, second], selected={first, second})

    (failure,) = summary.failures
    assert (failure.order_id, failure.reason) == (known.order_id, Reason.ERP_NUMBER_CONFLICT)
    assert "order id 99" in failure.message
    assert adds_up(summary)

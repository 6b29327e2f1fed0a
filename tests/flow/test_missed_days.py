"""Days that the schedule missed or could not finish are caught up by the next sweep, or reported as a gap."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.flow.batch import values
from orderflow.flow.orders.missed_days import list_sweep, missed_days
from orderflow.flow.orders.run import run_day, run_sweep
from orderflow.flow.services import Services
from orderflow.settings import Settings
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.ledgers import rows_of

ZONE = "Europe/Amsterdam"
FRIDAY, TUESDAY = "2026-11-20", datetime(2026, 11, 24, 8, tzinfo=UTC)
MISSED = ["2026-11-21", "2026-11-22", "2026-11-23"]


@pytest.fixture
def services(services: Services, clock: Clock, runs: Runs) -> Services:
    """Return the services on a Tuesday; the schedule has run Friday's day, and then Airflow was off."""
    clock.advance(seconds=(TUESDAY - clock()).total_seconds())
    run = runs(FRIDAY)
    services.ledger.days.begin(FRIDAY, scheduled=True)
    run_day(services, Window.of_day(FRIDAY, ZONE), run)
    return services


def add(control: SandboxControl, day: str, **fields: Any) -> int:
    paid = {"confirm_date": f"{day}T12:00:00", "payment_status": "closed_success"}
    (order_id,) = control.add_orders(paid | fields)
    return order_id


def missed(services: Services) -> list[str]:
    return [day.key for day in missed_days(services)]


def test_the_days_of_an_outage_are_taken_up_with_their_offline_orders(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    online = [add(control, day) for day in MISSED]
    offline = [add(control, day, offline=True) for day in MISSED]
    assert missed(services) == MISSED

    report = run_sweep(services, runs())

    assert (report.processed, report.failed, report.offline_sent) == (3, 0, 3)
    assert {control.order(i)["state"] for i in online} == {"processing"}
    assert {control.order(i)["shipment_state"] for i in offline} == {"sent"}
    assert missed(services) == []


def test_a_sweeps_dry_run_lists_the_missed_days_and_records_nothing(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    for day in MISSED:
        add(control, day)
        add(control, day, offline=True)
    before = rows_of(services.ledger)

    listed = list_sweep(services, None)

    assert rows_of(services.ledger) == before
    assert sorted(values(listed)) == sorted(values(list_sweep(services, runs())))
    assert len(listed) == 2 * len(MISSED)
    services.ledger.days.begin("2026-01-01", scheduled=True)  # too old to be caught up on: the run alerts
    before = rows_of(services.ledger)
    list_sweep(services, None)
    assert rows_of(services.ledger) == before


def test_a_half_written_order_of_a_missed_day_that_no_ledger_knows_is_taken_up(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    """After a restore of an older ledger: the orders that were exported since are learnt again."""
    exported = add(control, MISSED[0])
    run_sweep(services, runs())
    number = control.order(exported)["erp_order_number"]
    older = replace(services, ledger=_older(services))

    report = run_sweep(older, runs())

    assert report.failed == 0
    known = older.ledger.get(exported)
    assert known is not None
    assert (known.erp_number, known.reason) == (number, Reason.ALREADY_EXPORTED)


def _older(services: Services) -> Any:
    """Return the ledger as a backup of Friday has it: only that day is known."""
    from orderflow.ledger.opening import open_ledger  # noqa: PLC0415

    path = services.ledger._engine.url.database
    ledger = open_ledger(f"sqlite:///{path}.older", clock=services.now)
    ledger.days.begin(FRIDAY, scheduled=True)
    ledger.days.take(FRIDAY, "an earlier run")
    ledger.days.orders_known("an earlier run")
    return ledger


def test_a_day_whose_run_could_not_list_its_offline_orders_is_finished_by_a_sweep(
    services: Services, control: SandboxControl, runs: Runs, clock: Clock
) -> None:
    """The shop is down at midnight."""
    run_sweep(services, runs())
    clock.advance(days=1)
    order_id = add(control, "2026-11-24", offline=True)
    run = runs("2026-11-24")
    services.ledger.days.begin("2026-11-24", scheduled=True)
    control.fault("status", service="shop", method="GET", status=503, times=0)
    assert run_day(services, Window.of_day("2026-11-24", ZONE), run).broken
    control.clear_faults()
    assert missed(services) == ["2026-11-24"]

    report = run_sweep(services, runs())

    assert report.offline_sent == 1
    assert control.order(order_id)["shipment_state"] == "sent"
    assert missed(services) == []


def test_a_day_that_cannot_be_listed_stays_missed_and_keeps_back_no_other(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    add(control, MISSED[1])
    control.fault("status", service="shop", method="GET", path=f"confirm_date__lte={MISSED[0]}", status=500, times=0)

    run_sweep(services, runs())

    assert missed(services) == [MISSED[0]]


def test_a_day_is_not_missed_before_it_is_over_for_some_hours(services: Services, clock: Clock, runs: Runs) -> None:
    run_sweep(services, runs())
    clock.advance(seconds=(datetime(2026, 11, 25, 1, tzinfo=UTC) - clock()).total_seconds())
    assert missed(services) == []
    clock.advance(hours=2)
    assert missed(services) == ["2026-11-24"]


def test_days_are_taken_up_a_few_at_a_time_and_what_is_too_old_is_named_once(
    services: Services, clock: Clock, runs: Runs
) -> None:
    clock.advance(days=20)
    reports = [run_sweep(services, runs()) for _ in range(6)]

    (told,) = [flag for report in reports for flag in report.flags]
    assert told.reason is Reason.DAY_NOT_RUN
    assert told.message == ", ".join(f"2026-11-{day}" for day in range(21, 30))
    assert missed(services) == told.message.split(", ")
    assert [alert.reason for alert in services.ledger.alerts.open()] == [Reason.DAY_NOT_RUN]

    for day in told.message.split(", "):
        run_day(services, Window.of_day(day, ZONE), runs(day))
    run_sweep(services, runs())
    assert services.ledger.alerts.open() == []


def test_days_that_only_people_have_run_leave_no_gap(services: Services, clock: Clock, runs: Runs) -> None:
    from orderflow.ledger.opening import open_ledger  # noqa: PLC0415

    services = replace(services, ledger=open_ledger(f"{services.ledger._engine.url}.people", clock=clock))
    run_day(services, Window.of_day("2026-05-01", ZONE), runs("2026-05-01"))

    assert missed(services) == []


def test_it_can_be_switched_off(services: Services, control: SandboxControl, runs: Runs) -> None:
    settings = Settings.parse({"limits": {"catch_up_days": 0}})
    add(control, MISSED[0], offline=True)

    report = run_sweep(replace(services, settings=settings), runs())

    assert [flag.reason for flag in report.flags] == [Reason.DAY_NOT_RUN]
    assert report.offline_sent == 0


@pytest.mark.parametrize("spring", ["2026-03-28", "2026-10-24"])
def test_days_of_23_and_25_hours_are_days_too(services: Services, clock: Clock, spring: str) -> None:
    from orderflow.ledger.opening import open_ledger  # noqa: PLC0415

    start = Window.of_day(spring, ZONE).end
    clock.advance(seconds=(start - clock()).total_seconds() + 4 * 86_400)
    fresh = replace(services, ledger=open_ledger(f"{services.ledger._engine.url}.{spring}", clock=clock))
    fresh.ledger.days.begin(spring, scheduled=True)

    days = missed(fresh)

    first = datetime.fromisoformat(spring)
    assert days == [f"{first + timedelta(days=n):%Y-%m-%d}" for n in range(len(days))]
    assert len(days) == 4


def test_an_offline_order_that_could_not_be_marked_keeps_no_day_open(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    order_id = add(control, MISSED[0], offline=True)
    control.fault("status", service="shop", method="PATCH", status=400, times=0)

    assert run_sweep(services, runs()).failed == 1

    assert missed(services) == []
    known = services.ledger.get(order_id)
    assert known is not None
    assert known.progress is Progress.OFFLINE


def test_a_day_whose_list_lacks_orders_is_worked_on_and_stays_missed(
    services: Services, control: SandboxControl, runs: Runs
) -> None:
    order_id = add(control, MISSED[0])
    row = {"id": order_id, "reference": "CS1", "state": "confirmed"}
    short = {"count": 7, "next": None, "previous": None, "results": [row]}
    control.fault(
        "wrong_answer", method="GET", path=f"confirm_date__gte={MISSED[0]}.*offline=false", answer=short, times=0
    )

    run_sweep(services, runs())

    assert control.order(order_id)["state"] == "processing"
    assert MISSED[0] in missed(services)

"""How long orders took, by day: from when they could be sent until the ERP had them, and until the shop knew."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.domain.service_level import ServiceLevel
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.errors import TransientError
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef, Step
from orderflow.ledger.orders.trends import Age, DayTrend, open_ages, trends
from support.clock import Clock
from support.orders import order

RUN = RunRef(dag_id="orderflow_sweep", run_id="sweep")
CONFIRMED = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = [Window.of_day(f"2026-11-{day}", "Europe/Amsterdam") for day in (21, 22, 23)]


def decided(ledger: Ledger, number: int, action: Action, reason: Reason) -> None:
    ledger.decide(
        order(order_id=number, reference=f"CS{number}", confirmed_at=CONFIRMED),
        Decision(action=action, reason=reason),
        RUN,
    )


def pushed(ledger: Ledger, clock: Clock, number: int, after: timedelta, *, failures: int = 0) -> None:
    clock.now = CONFIRMED
    decided(ledger, number, Action.PROCESS, Reason.PAID)
    clock.now = CONFIRMED + after
    with ledger.claim(number, RUN) as claim:
        for _ in range(failures):
            claim.fail(Step.PUSH, TransientError("503", reason=Reason.ERP_UNAVAILABLE))
        claim.intend(Step.PUSH)
        claim.succeed(Step.PUSH, progress=Progress.PUSHED, erp_number=f"ERP-{number}")
        for progress in (Progress.STATE_SET, Progress.NUMBER_SET, Progress.WRITTEN_BACK):
            clock.advance(seconds=10)
            claim.succeed(Step.PUT_LINES, progress=progress)


def found(ledger: Ledger, clock: Clock) -> Sequence[DayTrend]:
    return trends(ledger._engine, DAYS, within=HOUR, now=clock.now)


def test_a_day_has_its_median_its_95th_percentile_and_what_was_right_at_first(
    ledger: Ledger,
    clock: Clock,
) -> None:
    for number in range(1, 21):
        pushed(ledger, clock, number, number * timedelta(minutes=10), failures=number % 2)

    (day,) = found(ledger, clock)

    assert day == DayTrend(
        "2026-11-22", 20, 20, first_try=10, due=20, met=6,
        erp_median=6_000, erp_p95=11_400, shop_median=6_030, shop_p95=11_430,
    )  # fmt: skip


def test_one_order_is_its_own_median_and_percentile(ledger: Ledger, clock: Clock) -> None:
    pushed(ledger, clock, 1, timedelta(minutes=5))

    (day,) = found(ledger, clock)

    assert (day.erp_median, day.erp_p95, day.shop_p95, day.due, day.met) == (300, 300, 330, 1, 1)


def test_the_time_starts_when_a_later_payment_was_seen(ledger: Ledger, clock: Clock) -> None:
    clock.now = CONFIRMED + HOUR
    decided(ledger, 1, Action.WAIT, Reason.NOT_PAID)
    assert found(ledger, clock) == []

    clock.now = CONFIRMED + 24 * HOUR
    decided(ledger, 1, Action.PROCESS, Reason.PAID)
    (day,) = found(ledger, clock)
    assert (day.day, day.orders, day.due, day.erp_median) == ("2026-11-23", 1, 0, None)

    clock.now += 2 * HOUR
    assert [(day.due, day.met) for day in found(ledger, clock)] == [(1, 0)]


def test_what_waits_for_a_person_counts_and_what_was_skipped_does_not(ledger: Ledger, clock: Clock) -> None:
    clock.now = CONFIRMED + 2 * HOUR
    decided(ledger, 1, Action.HOLD, Reason.ORDER_INCOMPLETE)
    decided(ledger, 2, Action.PROCESS, Reason.PAID)
    decided(ledger, 2, Action.SKIP, Reason.CANCELLED)

    (day,) = found(ledger, clock)

    assert (day.orders, day.in_erp, day.due, day.met) == (1, 0, 1, 0)


def test_open_orders_are_counted_by_their_age(ledger: Ledger, clock: Clock) -> None:
    for number, age in enumerate([0.5, 0.6, 5, 100, 200, 1_000]):
        clock.now = CONFIRMED - age * HOUR
        decided(ledger, number, Action.WAIT, Reason.NOT_PAID)
    clock.now = CONFIRMED
    decided(ledger, 99, Action.SKIP, Reason.CANCELLED)

    counted = open_ages(ledger._engine, CONFIRMED)

    assert counted == {Age.HOUR: 2, Age.DAY: 1, Age.WEEK: 1, Age.MONTH: 1, Age.OLDER: 1}


@pytest.mark.parametrize(
    ("text", "enough"), [("95 % within 1 h", [19, 20]), ("95.5% within 2 d", [20]), ("100 % within 5 min", [20])]
)
def test_a_service_level_is_read_as_people_write_it(text: str, enough: list[int]) -> None:
    level = ServiceLevel.parse(text)
    assert [met for met in range(18, 21) if level.is_met(met, due=20)] == enough


@pytest.mark.parametrize(
    "text", ["", "95", "101 % within 1 h", "95 % within 0 h", "95 % within 1 week", "95 % within 1 h\n"]
)
def test_what_is_no_service_level_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no service level"):
        ServiceLevel.parse(text)

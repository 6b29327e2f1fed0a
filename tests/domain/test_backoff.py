"""How often open orders are checked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.backoff import OPEN, PACES, due_at, is_finish_due
from orderflow.domain.reasons import Reason
from orderflow.domain.states import TRANSITIONS, WRITTEN, Progress

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SWEEP = timedelta(minutes=15)


def looks(progress: Progress, *, days: int, reason: Reason | None = None) -> int:
    """Count the looks that sweeps every 15 minutes take on the last of so many days."""
    first_seen, count = NOW - timedelta(days=days), 0
    last_look = NOW - timedelta(days=2)
    for n in range(96):
        now = NOW - timedelta(days=1) + n * SWEEP
        if due_at(progress, reason, first_seen=first_seen, last_look=last_look, now=now) <= now:
            count, last_look = count + 1, now
    return count


def test_whatever_is_not_an_end_is_looked_after() -> None:
    assert set(Progress) - WRITTEN - {Progress.SKIPPED, Progress.RESOLVED} == OPEN
    assert set(TRANSITIONS) >= OPEN


@pytest.mark.parametrize("progress", sorted(OPEN))
def test_an_order_costs_less_as_it_ages(progress: Progress) -> None:
    assert looks(progress, days=1) >= looks(progress, days=5) >= looks(progress, days=30) >= 1


def test_a_young_unpaid_order_is_looked_at_by_every_sweep_and_an_old_one_once_a_day() -> None:
    assert looks(Progress.WAITING, days=1) == 96
    assert looks(Progress.WAITING, days=30) == 1


def test_what_the_erp_rejected_is_not_hammered() -> None:
    assert looks(Progress.REJECTED, days=1) <= 4


def test_an_order_that_the_shop_refuses_to_show_is_asked_for_less_and_less() -> None:
    assert looks(Progress.UNREAD, days=1, reason=Reason.SHOP_AUTH) <= 30
    assert looks(Progress.UNREAD, days=30, reason=Reason.SHOP_AUTH) == 1
    assert looks(Progress.UNREAD, days=1, reason=Reason.SHOP_UNAVAILABLE) == 96


@given(
    progress=st.sampled_from(sorted(OPEN)),
    age=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3000)),
)
def test_every_open_order_is_looked_at_again_within_a_day_however_old(progress: Progress, age: timedelta) -> None:
    yesterday = NOW - timedelta(days=1)
    assert due_at(progress, None, first_seen=NOW - age, last_look=yesterday, now=NOW) <= NOW
    assert {pace.until_age for pace in PACES[progress]} >= {timedelta.max}


@pytest.mark.parametrize(
    ("age", "since_look", "due"),
    [
        (timedelta(hours=1), timedelta(0), True),
        (timedelta(days=3), timedelta(minutes=59), False),
        (timedelta(days=3), timedelta(hours=1), True),
        (timedelta(days=7), timedelta(hours=5), False),
        (timedelta(days=30), timedelta(hours=23), False),
        (timedelta(days=3000), timedelta(hours=24), True),
    ],
)
def test_a_finish_that_is_still_to_be_done_is_tried_more_rarely_as_the_order_ages(
    age: timedelta, since_look: timedelta, *, due: bool
) -> None:
    assert is_finish_due(first_seen=NOW - age, last_look=NOW - since_look, now=NOW) is due

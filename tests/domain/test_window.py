"""A window is one shop-local day; every instant is in exactly one."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from orderflow.domain.window import Window

AMSTERDAM = "Europe/Amsterdam"
ZONES = st.sampled_from([AMSTERDAM, "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo"])
DAYS = st.dates(min_value=datetime(2015, 1, 2).date(), max_value=datetime(2035, 12, 30).date())  # noqa: DTZ001
INSTANTS = st.datetimes(
    min_value=datetime(2015, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2035, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    ("key", "hours"),
    [("2026-11-22", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2024-02-29", 24), ("2026-12-31", 24)],
)
def test_a_day_is_as_long_as_the_clock_on_the_wall_makes_it(key: str, hours: int) -> None:
    window = Window.of_day(key, AMSTERDAM)
    assert (window.end.astimezone(UTC) - window.start.astimezone(UTC)) == timedelta(hours=hours)


def test_the_start_belongs_to_the_day_and_the_end_to_the_next() -> None:
    window = Window.of_day("2026-11-22", AMSTERDAM)
    zone = ZoneInfo(AMSTERDAM)
    assert datetime(2026, 11, 22, tzinfo=zone) in window
    assert datetime(2026, 11, 22, 23, 59, 59, 999999, tzinfo=zone) in window
    assert datetime(2026, 11, 23, tzinfo=zone) not in window
    assert datetime(2026, 11, 21, 23, 59, 59, 999999, tzinfo=zone) not in window


@example(instant=datetime(2024, 4, 26, 21, 30, tzinfo=UTC), zone="Africa/Cairo")  # 00:30 of the 27th
@given(instant=INSTANTS, zone=ZONES)
def test_every_instant_is_in_exactly_one_of_the_days_around_it(instant: datetime, zone: str) -> None:
    local = instant.astimezone(ZoneInfo(zone))
    days = [f"{local + timedelta(days=n):%Y-%m-%d}" for n in (-1, 0, 1)]
    assert [instant in Window.of_day(day, zone) for day in days] == [False, True, False]


@example(day=date(2024, 4, 25), zone="Africa/Cairo")
@example(day=date(2024, 4, 26), zone="Africa/Cairo")
@given(day=DAYS, zone=ZONES)
def test_days_follow_each_other_without_gap_or_overlap(day: datetime, zone: str) -> None:
    today = Window.of_day(f"{day:%Y-%m-%d}", zone)
    tomorrow = Window.of_day(f"{day + timedelta(days=1):%Y-%m-%d}", zone)
    assert today.end == tomorrow.start


@given(day=DAYS, zone=ZONES)
def test_api_bounds_of_following_days_leave_no_microsecond_out(day: datetime, zone: str) -> None:
    """The API's filters are inclusive on both sides and naive, in its own zone."""
    _, last = Window.of_day(f"{day:%Y-%m-%d}", zone).api_bounds("UTC")
    first, _ = Window.of_day(f"{day + timedelta(days=1):%Y-%m-%d}", zone).api_bounds("UTC")
    assert datetime.fromisoformat(first) - datetime.fromisoformat(last) == timedelta(microseconds=1)


def test_api_bounds_are_naive_wall_time_of_the_api() -> None:
    window = Window.of_day("2026-10-25", AMSTERDAM)
    assert window.api_bounds(AMSTERDAM) == ("2026-10-25T00:00:00", "2026-10-25T23:59:59.999999")
    assert window.api_bounds("UTC") == ("2026-10-24T22:00:00", "2026-10-25T22:59:59.999999")


@pytest.mark.parametrize("text", ["", "22-11-2026", "2026-11-22T00:00:00", "2026-02-30", "yesterday"])
def test_what_is_not_a_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a day; write it as 2026-11-22"):
        Window.of_day(text, AMSTERDAM)


def test_a_day_is_over_at_its_end_and_not_a_microsecond_sooner() -> None:
    window = Window.of_day("2026-11-22", AMSTERDAM)
    assert window.is_over(window.end)
    assert not window.is_over(window.end - timedelta(microseconds=1))


def test_an_interval_without_length_is_refused() -> None:
    """A plain `@daily` trigger gives start == end; taking that for a day would silently process nothing."""
    instant = datetime(2026, 11, 22, tzinfo=UTC)
    with pytest.raises(ValidationError, match="is empty"):
        Window.of_interval(instant, instant, AMSTERDAM)


def test_an_interval_is_named_by_the_local_day_it_starts_on() -> None:
    start = datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert Window.of_interval(start, start + timedelta(days=1), AMSTERDAM).key == "2026-11-22"

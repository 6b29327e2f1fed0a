"""A clock that moves only when a test moves it."""

from datetime import UTC, datetime, timedelta

MORNING_AFTER = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
"""Soon after 22 November, the day of most tests, is over in Amsterdam."""


class Clock:
    """Tells an instant, always the same until it is put forward."""

    def __init__(self, now: datetime = MORNING_AFTER) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def advance(self, **by: float) -> None:
        """Put the clock forward: `minutes=5`."""
        self.now += timedelta(**by)

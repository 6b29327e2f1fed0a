"""A clock that moves only when a test moves it."""

from datetime import UTC, datetime, timedelta

MORNING_AFTER = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
"""Soon after 22 November, the day of most tests, is over in Amsterdam."""


class Clock:
    """Shows the same instant until it is advanced."""

    def __init__(self, now: datetime = MORNING_AFTER) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def advance(self, **by: float) -> None:
        """Advance the clock: `minutes=5`."""
        self.now += timedelta(**by)

"""The span of time a run is for: one shop-local day, 23, 24 or 25 hours long."""

from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

import pendulum
from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

KEY_FORMAT = "YYYY-MM-DD"
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
"""Years with a margin: at the ends of the calendar, another time zone has no day before or after."""
_SMALLEST = timedelta(microseconds=1)


class Window(BaseModel):
    """`start` inclusive, `end` exclusive; `key` names it (the partition key, for a whole day)."""

    model_config = ConfigDict(frozen=True)

    key: str
    start: AwareDatetime
    end: AwareDatetime

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"window {self.key} is empty: {self.start.isoformat()} to {self.end.isoformat()}")
        return self

    @classmethod
    def of_day(cls, key: str, timezone: str) -> Self:
        """Return the shop-local day named `YYYY-MM-DD`, midnight to midnight; ValueError for any other text."""
        try:
            start = pendulum.from_format(key, KEY_FORMAT, tz=timezone)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"{key!r} is not a day; write it as 2026-11-22") from error
        if not _FIRST_YEAR <= start.year <= _LAST_YEAR:
            raise ValueError(f"{key!r} is not a day of the years {_FIRST_YEAR} to {_LAST_YEAR}")
        return cls(key=start.format(KEY_FORMAT), start=start, end=_beginning(start.date().add(days=1), timezone))

    @classmethod
    def of_interval(cls, start: datetime, end: datetime, timezone: str) -> Self:
        """Return an explicit span, named by the shop-local day it starts on."""
        return cls(key=f"{start.astimezone(ZoneInfo(timezone)):%Y-%m-%d}", start=start, end=end)

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def is_over(self, now: datetime) -> bool:
        """Whether nothing can be confirmed in this window any more."""
        return now >= self.end

    def api_bounds(self, api_timezone: str) -> tuple[str, str]:
        """Return both bounds, inclusive and naive, in the API's time zone, as expected by its `confirm_date` filter."""
        zone = ZoneInfo(api_timezone)
        first, last = self.start.astimezone(zone), (self.end - _SMALLEST).astimezone(zone)
        return first.replace(tzinfo=None).isoformat(), last.replace(tzinfo=None).isoformat()


def _beginning(day: date, timezone: str) -> datetime:
    """Return a day's first instant: 01:00 if summer time begins at midnight."""
    return pendulum.datetime(day.year, day.month, day.day, tz=timezone)

"""Days that the schedule missed or could not finish: a sweep catches up on them, or reports the gap."""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError
from orderflow.flow.batch import errors, isolated, values
from orderflow.flow.orders.backlog import list_open
from orderflow.flow.orders.listing import list_window
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import RunRef

log = logging.getLogger(__name__)

_AT_A_TIME = 3
"""The most days that one sweep takes, so that it ends soon."""


def missed_days(services: Services) -> list[Window]:
    """Return the unfinished days since the schedule's first that ended some hours ago, oldest first."""
    first = services.ledger.days.first_scheduled()
    if first is None:
        return []
    done = services.ledger.days.done_since(first)
    return [day for day in _days_since(services, first) if day.key not in done]


def is_too_old(services: Services, day: Window) -> bool:
    """Whether a missed day is too old for a sweep to catch up on."""
    return services.now() - day.end > timedelta(days=services.settings.limits.catch_up_days)


def list_day(services: Services, day: Window, run: RunRef, *, scheduled: bool = False) -> list[int | OrderflowError]:
    """List a day and record that it is run; it is done once all listed orders are in the ledger, if none is missing."""
    services.ledger.days.begin(day.key, scheduled=scheduled)
    units = list_window(services, day)
    if not errors(units):
        services.ledger.days.take(day.key, run.name)
    return units


def list_sweep(services: Services, run: RunRef | None) -> list[int | OrderflowError]:
    """List what is open, and the orders of some missed days; without a `run` the ledger is left alone."""
    units = list_open(services, run)
    return [*dict.fromkeys([*values(units), *_take_up(services, run)]), *errors(units)]


def _take_up(services: Services, run: RunRef | None) -> list[int]:
    """Return the order ids of some missed days; a day that cannot be listed completely stays missed."""
    missed, found = missed_days(services), list[int]()
    if run:
        _note_gaps(services, missed, run)
    for day in [day for day in missed if not is_too_old(services, day)][:_AT_A_TIME]:
        listing = partial(list_day, services, day, run) if run else partial(list_window, services, day)
        units = isolated(listing, f"day {day.key}")
        if isinstance(units, OrderflowError):
            log.warning("missed day %s: %s", day.key, units)
            continue
        log.info("missed day %s is taken up: %d orders", day.key, len(values(units)))
        found += values(units)
    return found


def _note_gaps(services: Services, missed: Sequence[Window], run: RunRef) -> None:
    """Open an alert for days that no sweep catches up on any more; close it once there are none."""
    gaps = [day.key for day in missed if is_too_old(services, day)]
    book, subject = services.ledger.alerts, Subject.of_missed_days()
    if gaps:
        book.see(subject, Reason.DAY_NOT_RUN, ", ".join(gaps), run=run, title="")
    else:
        book.close(subject)


def _days_since(services: Services, first: str) -> Iterator[Window]:
    zone, now = services.settings.timezone, services.now()
    grace = timedelta(hours=services.settings.limits.catch_up_after_hours)
    day = Window.of_day(first, zone)
    while day.end + grace <= now:
        yield day
        day = Window.of_interval(day.end, day.end + timedelta(hours=1), zone)
        day = Window.of_day(day.key, zone)

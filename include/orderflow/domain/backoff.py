"""How often an order that is not done is looked at again: at every sweep while it is young, more rarely as it ages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from orderflow.domain.reasons import PASSING, Reason
from orderflow.domain.states import Progress


class Pace(NamedTuple):
    """Up to this age of the order, look again after this interval."""

    until_age: timedelta
    interval: timedelta


EVERY_SWEEP = timedelta(0)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

PATIENT: Sequence[Pace] = (Pace(_DAY, EVERY_SWEEP), Pace(7 * _DAY, _HOUR), Pace(timedelta.max, 6 * _HOUR))
"""Nothing is wrong here; somebody still has to pay, or to look."""

SPARING: Sequence[Pace] = (Pace(_DAY, 6 * _HOUR), Pace(timedelta.max, _DAY))
"""The ERP has said no: asking often does not change its mind, and some ERPs block who asks too often."""

EAGER: Sequence[Pace] = (Pace(_DAY, EVERY_SWEEP), Pace(timedelta.max, _HOUR))
"""Begun and not finished, or never read: this must not stay so."""

REFUSED: Sequence[Pace] = (Pace(_HOUR, EVERY_SWEEP), Pace(_DAY, _HOUR), Pace(timedelta.max, 6 * _HOUR))
"""The shop refuses to show this order: it is asked less and less, whatever it says of the others."""

PACES: dict[Progress, Sequence[Pace]] = {
    Progress.WAITING: PATIENT,
    Progress.HELD: PATIENT,
    Progress.REJECTED: SPARING,
    Progress.UNREAD: EAGER,
    Progress.READY: EAGER,
    Progress.PUSHING: EAGER,
    Progress.IN_DOUBT: EAGER,
    Progress.PUSHED: EAGER,
    Progress.STATE_SET: EAGER,
    Progress.NUMBER_SET: EAGER,
}
"""Every progress that is not an end has its pace; an end has none."""

OPEN = frozenset(PACES)
"""What a sweep looks after."""


def is_finish_due(*, first_seen: datetime, last_look: datetime, now: datetime) -> bool:
    """Whether an order that was written back and still has to be finished is to be tried again now."""
    return paced(PATIENT, first_seen, last_look, now)


def is_due(
    progress: Progress, reason: Reason | None, *, first_seen: datetime, last_look: datetime, now: datetime
) -> bool:
    """Whether an open order is to be looked at again now."""
    return paced(_paces(progress, reason), first_seen, last_look, now)


def due_at(
    progress: Progress, reason: Reason | None, *, first_seen: datetime, last_look: datetime, now: datetime
) -> datetime:
    """Return from when on an open order is to be looked at again; an instant that is past when it is due already."""
    return last_look + _interval(_paces(progress, reason), now - first_seen)


def _paces(progress: Progress, reason: Reason | None) -> Sequence[Pace]:
    unread = progress is Progress.UNREAD and reason not in PASSING
    return REFUSED if unread else PACES[progress]


def paced(paces: Sequence[Pace], first_seen: datetime, last_look: datetime, now: datetime) -> bool:
    """Whether what keeps to these paces is to be looked at again now."""
    return now - last_look >= _interval(paces, now - first_seen)


def _interval(paces: Sequence[Pace], age: timedelta) -> timedelta:
    return next(pace.interval for pace in paces if age <= pace.until_age)

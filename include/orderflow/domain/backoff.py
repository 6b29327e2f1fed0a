"""How often an open order is checked: at every sweep while it is young, less often as it ages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from orderflow.domain.reasons import PASSING, Reason
from orderflow.domain.states import Progress


class Pace(NamedTuple):
    """Up to this age of the order, check it again after this interval."""

    until_age: timedelta
    interval: timedelta


EVERY_SWEEP = timedelta(0)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

PATIENT: Sequence[Pace] = (
    Pace(_DAY, EVERY_SWEEP),
    Pace(3 * _DAY, _HOUR),
    Pace(7 * _DAY, 6 * _HOUR),
    Pace(timedelta.max, _DAY),
)
"""Nothing is wrong; somebody still has to pay, or to act. Changes in the shop show up in its list, at any age."""

SPARING: Sequence[Pace] = (Pace(_DAY, 6 * _HOUR), Pace(timedelta.max, _DAY))
"""The ERP has refused: asking often does not change that, and some ERPs block clients that ask too often."""

EAGER: Sequence[Pace] = (Pace(_DAY, EVERY_SWEEP), Pace(timedelta.max, _HOUR))
"""Started but not finished, or never read: this must not last."""

REFUSED: Sequence[Pace] = (
    Pace(_HOUR, EVERY_SWEEP),
    Pace(_DAY, _HOUR),
    Pace(7 * _DAY, 6 * _HOUR),
    Pace(timedelta.max, _DAY),
)
"""The shop refuses to show this order: ask less and less often, no matter what it says about the others."""

PACES: dict[Progress, Sequence[Pace]] = {
    Progress.WAITING: PATIENT,
    Progress.HELD: PATIENT,
    Progress.OFFLINE: PATIENT,
    Progress.REJECTED: SPARING,
    Progress.UNREAD: EAGER,
    Progress.READY: EAGER,
    Progress.PUSHING: EAGER,
    Progress.IN_DOUBT: EAGER,
    Progress.PUSHED: EAGER,
    Progress.STATE_SET: EAGER,
    Progress.NUMBER_SET: EAGER,
}
"""Every open progress has its pace; a final one has none."""

OPEN = frozenset(PACES)
"""What a sweep handles."""


def is_finish_due(*, first_seen: datetime, last_look: datetime, now: datetime) -> bool:
    """Whether to try again now to finish an order that was written back."""
    return paced(PATIENT, first_seen, last_look, now)


def due_at(
    progress: Progress, reason: Reason | None, *, first_seen: datetime, last_look: datetime, now: datetime
) -> datetime:
    """Return from when an open order is to be checked again; in the past if it is due already."""
    return last_look + _interval(_paces(progress, reason), now - first_seen)


def _paces(progress: Progress, reason: Reason | None) -> Sequence[Pace]:
    return REFUSED if is_refused(progress, reason) else PACES[progress]


def is_refused(progress: Progress, reason: Reason | None) -> bool:
    """Whether the shop refuses to show the order, other than by a passing problem."""
    return progress is Progress.UNREAD and reason not in PASSING


def paced(paces: Sequence[Pace], first_seen: datetime, last_look: datetime, now: datetime) -> bool:
    """Whether something with these paces is to be checked again now."""
    return now - last_look >= _interval(paces, now - first_seen)


def _interval(paces: Sequence[Pace], age: timedelta) -> timedelta:
    return next(pace.interval for pace in paces if age <= pace.until_age)

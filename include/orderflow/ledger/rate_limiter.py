"""Calls per second and per day, and pauses that a service asks for, across all processes of all runs.

They share the ledger's database. A process reserves the next free moment in one statement, and waits for it outside any
transaction. Without a limit nothing is written, and one row is read once a second.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Engine, case, cast, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError, TransientError
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.tables.limits import RateRow

_MICROSECONDS = 1_000_000
_SLACK = 1.05
"""Calls are spread slightly wider than allowed, so that a late call does not collide with the next."""
_HOUR_SECONDS = 3600.0
_LONGEST_WAIT = 60.0
"""A longer pause is left to a later run."""
_LOOK_AGAIN_SECONDS = 1.0


class RateLimiter:
    """Call `wait` before each request and `pause` after a 429. Safe to share between threads."""

    def __init__(
        self,
        engine: Engine,
        service: str,
        *,
        per_second: float | None,
        per_day: int | None,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._engine = engine
        self._service = service
        self._per_second = per_second
        self._per_day = per_day
        self._zone = zone
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._quiet_until = 0.0
        self._look_again_at = 0.0

    def wait(self) -> None:
        """Wait until the next call may be made; CallDeferredError if not today, or not for a while."""
        left = self._pause_left()
        if left > _LONGEST_WAIT:
            raise CallDeferredError(
                f"{self._service}: it has asked for a pause (429), which lasts {left:.0f} s more",
                reason=Reason.THROTTLED,
                retry_after=left,
            )
        if self._per_second is not None or self._per_day is not None:
            self._sleep(self._reserve())
        elif left > 0:
            self._sleep(left)

    def pause(self, seconds: float) -> None:
        """Make every process pause for this long."""
        until = _now(self._engine) + round(seconds * _MICROSECONDS)
        statement = (
            update(RateRow)
            .where(RateRow.service == self._service)
            .values(
                quiet_until=case((RateRow.quiet_until > until, RateRow.quiet_until), else_=until),
                next_at=case((RateRow.next_at > until, RateRow.next_at), else_=until),
            )
            .returning(RateRow.service)
            .execution_options(synchronize_session=False)
        )
        for _ in range(2):
            with writing(self._engine) as session:
                if session.execute(statement).scalar_one_or_none() is not None:
                    return
            self._add()

    def _pause_left(self) -> float:
        """Return how long a pause received by any process still lasts; reads the ledger once a second."""
        with self._lock:
            now = time.monotonic()
            if now >= self._look_again_at:
                self._quiet_until = now + self._pause_in_ledger()
                self._look_again_at = now + _LOOK_AGAIN_SECONDS
            return max(0.0, self._quiet_until - now)

    def _pause_in_ledger(self) -> float:
        left = RateRow.quiet_until - _now(self._engine)
        try:
            with reading(self._engine) as session:
                wait = session.execute(select(left).where(RateRow.service == self._service)).scalar_one_or_none() or 0
        except TransientError:
            return 0.0  # an unreachable ledger is reported by whoever needs it
        return float(wait / _MICROSECONDS)

    def _reserve(self) -> float:
        """Take the next free moment and one of the day's calls; return the seconds until then."""
        budget, today = self._per_day, f"{self._clock().astimezone(self._zone):%Y-%m-%d}"
        wait = None
        if budget is None or budget > 0:
            wait = self._taken(today)
            if wait is None:
                self._add()  # if the row exists, the day's calls are used up
                wait = self._taken(today)
        if wait is None:
            raise CallDeferredError(
                f"{self._service}: the {budget} calls that this run may use of {today} are used up",
                reason=Reason.BUDGET_SPENT,
                retry_after=_HOUR_SECONDS,
            )
        return max(0.0, wait / _MICROSECONDS)

    def _taken(self, today: str) -> int | None:
        """Reserve in one statement; None if the day's calls are used up, or the service has no row yet."""
        interval = round(_SLACK * _MICROSECONDS / self._per_second) if self._per_second else 0
        now = _now(self._engine)
        statement = (
            update(RateRow)
            .where(RateRow.service == self._service)
            .values(
                next_at=case((RateRow.next_at > now, RateRow.next_at), else_=now) + interval,
                used=case((RateRow.day == today, RateRow.used + 1), else_=1),
                day=today,
            )
            .returning(RateRow.next_at - interval - now)
            .execution_options(synchronize_session=False)
        )
        if self._per_day is not None:
            statement = statement.where(or_(RateRow.day != today, RateRow.used < self._per_day))
        with writing(self._engine) as session:
            return session.execute(statement).scalar_one_or_none()

    def _add(self) -> None:
        """Add the service's row unless it exists."""
        with writing(self._engine) as session:
            if session.get(RateRow, self._service) is None:
                with suppress(IntegrityError), session.begin_nested():
                    session.add(RateRow(service=self._service, next_at=0, quiet_until=0, day="", used=0))


def _now(engine: Engine) -> ColumnElement[int]:
    """Return the time in microseconds by a clock that all processes share: the database's, or this machine's."""
    if engine.dialect.name == "sqlite":
        return literal(time.time_ns() // 1000, BigInteger())
    return cast(func.extract("epoch", func.clock_timestamp()) * _MICROSECONDS, BigInteger)

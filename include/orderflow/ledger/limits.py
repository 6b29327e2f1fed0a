"""A gate before a service: calls per second and per day, and a breaker, over all processes of all runs together.

The ledger's database is what they share. A process reserves the next free moment in one statement, and waits for it
outside of any transaction. Without a limit nothing is asked or written.
"""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Engine, case, cast, delete, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError
from orderflow.ledger.database.rows import truncate
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.tables.limits import RateRow, RefusalRow

_MICROSECONDS = 1_000_000
_SLACK = 1.05
"""Calls are spread a little thinner than allowed: a call that leaves late must not meet the next one."""
_HOUR = timedelta(hours=1)
_ID = re.compile(r"(?<=/)(?:ext:[^/]+|\d+)(?=/|$)")
_LOOK_AGAIN_SECONDS = 10.0
"""How long a process relies on its last look at the breaker, unless it is refused itself."""


@dataclass(frozen=True)
class CallLimits:
    """What a service bears; None is without limit."""

    per_second: float | None = None
    per_day: int | None = None
    """What this process may use up of a day's calls, those of all others counted."""
    breaker_errors: int | None = None
    """So many identical refusals within an hour close an endpoint."""
    breaker_pause: timedelta = timedelta(minutes=15)


class CallGuard:
    """Before every call `enter`, after a refusal `refused`. Safe to share between threads."""

    def __init__(
        self,
        engine: Engine,
        service: str,
        limits: CallLimits,
        *,
        timezone: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._engine = engine
        self._service = service
        self._limits = limits
        self._clock = clock
        self._zone = ZoneInfo(timezone)
        self._sleep = sleep
        self._lock = Lock()
        self._closed: dict[str, tuple[datetime, str]] = {}
        self._looked_at: float | None = None

    def enter(self, method: str, path: str) -> None:
        """Wait until the call may be made; HeldBackError when it may not today, or not for a while."""
        if self._limits.breaker_errors is not None:
            self._check_breaker(endpoint(method, path))
        if self._limits.per_second is not None or self._limits.per_day is not None:
            self._sleep(self._reserve())

    def refused(self, method: str, path: str, status: int | None, text: str) -> None:
        """Note an answer that asking again does not change; that one order is not there says nothing of the others."""
        if self._limits.breaker_errors is None or (status == HTTPStatus.NOT_FOUND and _ID.search(path)):
            return
        now = self._clock()
        answer = truncate(f"{status} {_without_ids(path, text)}")
        with writing(self._engine) as session:
            session.execute(delete(RefusalRow).where(RefusalRow.service == self._service, RefusalRow.at < now - _HOUR))
            session.add(RefusalRow(service=self._service, endpoint=endpoint(method, path), answer=answer, at=now))
        self._look(now)

    def _check_breaker(self, called: str) -> None:
        now = self._clock()
        if self._looked_at is None or time.monotonic() - self._looked_at > _LOOK_AGAIN_SECONDS:
            self._look(now)
        until, answer = self._closed.get(called, (now, ""))
        if now < until:
            raise CallDeferredError(
                f"{self._service}: {called} was refused {self._limits.breaker_errors} times within an hour with the "
                f"same answer, and is not called until {until.isoformat(timespec='minutes')}: {answer}",
                reason=Reason.CIRCUIT_OPEN,
                retry_after=(until - now).total_seconds(),
            )

    def _look(self, now: datetime) -> None:
        """Find the endpoints that were refused so often that they are closed."""
        statement = (
            select(RefusalRow.endpoint, RefusalRow.answer, func.max(RefusalRow.at))
            .where(RefusalRow.service == self._service, RefusalRow.at >= now - _HOUR)
            .group_by(RefusalRow.endpoint, RefusalRow.answer)
            .having(func.count() >= self._limits.breaker_errors)
        )
        with reading(self._engine) as session:
            closed = {
                called: (last + self._limits.breaker_pause, answer)
                for called, answer, last in session.execute(statement)
            }
        with self._lock:
            self._closed, self._looked_at = closed, time.monotonic()

    def _reserve(self) -> float:
        """Take the next free moment and one of the day's calls; returns the seconds until then."""
        budget, today = self._limits.per_day, f"{self._clock().astimezone(self._zone):%Y-%m-%d}"
        wait = None
        if budget is None or budget > 0:
            wait = self._taken(today)
            if wait is None:
                self._add(today)  # unless it is there: then the day is used up
                wait = self._taken(today)
        if wait is None:
            raise CallDeferredError(
                f"{self._service}: the {budget} calls that this run may use of {today} are used up",
                reason=Reason.BUDGET_SPENT,
                retry_after=_HOUR.total_seconds(),
            )
        return max(0.0, wait / _MICROSECONDS)

    def _taken(self, today: str) -> int | None:
        """Reserve in one statement; None when the day is used up, or nobody has called this service yet."""
        per_second, budget = self._limits.per_second, self._limits.per_day
        interval = round(_SLACK * _MICROSECONDS / per_second) if per_second else 0
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
        if budget is not None:
            statement = statement.where(or_(RateRow.day != today, RateRow.used < budget))
        with writing(self._engine) as session:
            return session.execute(statement).scalar_one_or_none()

    def _add(self, today: str) -> None:
        """Add the service's row if nobody has."""
        with writing(self._engine) as session:
            if session.get(RateRow, self._service) is None:
                with suppress(IntegrityError), session.begin_nested():
                    session.add(RateRow(service=self._service, next_at=0, day=today, used=0))


def endpoint(method: str, path: str) -> str:
    """Name what is called, whichever order it is about: `PATCH /api/order/{}/`."""
    return f"{method} {_ID.sub('{}', path)}"


def _without_ids(path: str, text: str) -> str:
    """Take out of an answer the ids that its path names: the same is said of another order then."""
    for name in _ID.findall(path):
        text = re.sub(rf"\b{re.escape(name)}\b", "{}", text)
    return text


def _now(engine: Engine) -> ColumnElement[int]:
    """Return the time in microseconds by the clock all processes share: the database's, or this machine's."""
    if engine.dialect.name == "sqlite":
        return literal(time.time_ns() // 1000, BigInteger())
    return cast(func.extract("epoch", func.clock_timestamp()) * _MICROSECONDS, BigInteger)

"""What every call to a service passes: the circuit breaker, then the rate limiter, shared by all processes."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from orderflow.errors import TransientError
from orderflow.ledger.circuit_breaker import CircuitBreaker
from orderflow.ledger.rate_limiter import RateLimiter

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CallLimits:
    """The limits of a service; None means no limit."""

    per_second: float | None = None
    per_day: int | None = None
    """The day's budget for this process, counting the calls of all others."""
    breaker_errors: int | None = None
    """This many different orders refused in a row open an endpoint's circuit."""
    breaker_pause: timedelta = timedelta(minutes=15)


class SharedCallGuard:
    """Call `enter` before each request and report its outcome after it. Safe to share between threads."""

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
        self._limiter = RateLimiter(
            engine,
            service,
            per_second=limits.per_second,
            per_day=limits.per_day,
            zone=ZoneInfo(timezone),
            clock=clock,
            sleep=sleep,
        )
        self._breaker = (
            CircuitBreaker(engine, service, errors=limits.breaker_errors, pause=limits.breaker_pause, clock=clock)
            if limits.breaker_errors is not None
            else None
        )

    def enter(self, method: str, path: str) -> None:
        """Wait until the call may be made; CallDeferredError if not today, or not for a while."""
        if self._breaker:
            self._breaker.check(method, path)
        self._limiter.wait()

    def refused(self, method: str, path: str, status: int | None, text: str) -> None:
        """Record an answer that repeating will not change."""
        if self._breaker:
            with _tolerated():
                self._breaker.refused(method, path, status, text)

    def succeeded(self, method: str, path: str) -> None:
        """Record that the endpoint works."""
        if self._breaker:
            with _tolerated():
                self._breaker.succeeded(method, path)

    def throttled(self, seconds: float) -> None:
        """Record that the service asks for a pause."""
        with _tolerated():
            self._limiter.pause(seconds)


@contextmanager
def _tolerated() -> Iterator[None]:
    """Ignore a failure to record: the call is over, and its outcome matters more."""
    try:
        yield
    except TransientError as error:
        log.warning("what came of a call could not be noted for the other processes: %s", error)

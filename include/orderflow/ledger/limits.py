"""What every call to a service has to pass: the circuit breaker, then the rate limiter, over all processes together."""

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
    """What a service bears; None is without limit."""

    per_second: float | None = None
    per_day: int | None = None
    """What this process may use up of a day's calls, those of all others counted."""
    breaker_errors: int | None = None
    """So many orders refused in a row open the circuit of an endpoint."""
    breaker_pause: timedelta = timedelta(minutes=15)


class SharedCallGuard:
    """Before every call `enter`, after it what came of it. Safe to share between threads."""

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
        """Wait until the call may be made; CallDeferredError when it may not today, or not for a while."""
        if self._breaker:
            self._breaker.check(method, path)
        self._limiter.wait()

    def refused(self, method: str, path: str, status: int | None, text: str) -> None:
        """Note an answer that asking again does not change."""
        if self._breaker:
            with _tolerated():
                self._breaker.refused(method, path, status, text)

    def succeeded(self, method: str, path: str) -> None:
        """Note that the endpoint works."""
        if self._breaker:
            with _tolerated():
                self._breaker.succeeded(method, path)

    def throttled(self, seconds: float) -> None:
        """Note that the other side asks for a pause."""
        with _tolerated():
            self._limiter.pause(seconds)


@contextmanager
def _tolerated() -> Iterator[None]:
    """Let a note that cannot be made pass: the call is over, and what came of it counts more."""
    try:
        yield
    except TransientError as error:
        log.warning("what came of a call could not be noted for the other processes: %s", error)

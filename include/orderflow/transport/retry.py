"""When a request is repeated. Here that is within seconds; retries after minutes are Airflow's job."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from orderflow.transport.failures import UnavailableError
from orderflow.transport.time_limit import seconds_left

T = TypeVar("T")
log = logging.getLogger(__name__)

_LONGEST_WISH = 24 * 3600.0
"""Seconds; a longer request is not serious, and one such answer may not stop all calls for days."""
_INSTEAD = 3600.0
_DIGITS = 9


@dataclass(frozen=True)
class RetryPolicy:
    """Attempts with full jitter between them; times are in seconds."""

    attempts: int = 4
    base: float = 0.5
    cap: float = 20.0
    longest_retry_after: float = 60.0
    """If a server asks for a longer pause, Airflow's retry takes over."""
    deadline: float = 120.0
    """No attempt starts later than this, counted from the first."""
    sleep: Callable[[float], None] = time.sleep

    @property
    def longest_pause(self) -> float:
        """The longest pause to observe now, in seconds."""
        return min(self.longest_retry_after, seconds_left())

    def run(self, attempt: Callable[[], T], on_repeat: Callable[[], None] = lambda: None) -> T:
        """Repeat `attempt` while it raises UnavailableError, then raise its last error."""

        def before_sleep(state: RetryCallState) -> None:
            _tell(state)
            on_repeat()

        retrying = Retrying(
            sleep=self.sleep,
            retry=retry_if_exception(self._is_worth_it),
            wait=self._pause,
            stop=stop_after_attempt(self.attempts) | stop_before_delay(min(self.deadline, seconds_left())),
            before_sleep=before_sleep,
            reraise=True,
        )
        return retrying(attempt)

    def _is_worth_it(self, error: BaseException) -> bool:
        return isinstance(error, UnavailableError) and (error.retry_after or 0.0) <= self.longest_pause

    def _pause(self, state: RetryCallState) -> float:
        wished = _wish(state)
        if wished is None:
            return wait_random_exponential(multiplier=self.base, max=self.cap)(state)
        # All throttled clients got the same number of seconds: spread their return.
        return wished + random.uniform(0, self.base)  # noqa: S311  # spreads load, guards nothing


DEFAULT_POLICY = RetryPolicy()


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header (seconds or a date) as seconds from now; None if it is unusable."""
    if not header:
        return None
    wished = header.strip()
    if wished.isascii() and wished.isdecimal():
        return _serious(float(wished[:_DIGITS]))
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _serious(max(0.0, (moment - (now or datetime.now(UTC))).total_seconds()))


def _serious(seconds: float) -> float:
    return seconds if seconds <= _LONGEST_WISH else _INSTEAD


def _wish(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after if isinstance(error, UnavailableError) else None


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("%s; attempt %d failed, next in %.1f s", error, state.attempt_number, state.upcoming_sleep)

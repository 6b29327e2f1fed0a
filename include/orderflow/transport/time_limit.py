"""A time limit for many calls together: whoever waits for a table gets it, even if a service never answers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

_until: ContextVar[float] = ContextVar("orderflow_until", default=inf)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Cut off each call of this thread that is still under way after `seconds`, and begin and repeat none after that.

    A call that is cut off, or not begun, is an UnavailableError. An outer limit stays in force.
    """
    token = _until.set(min(_until.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _until.reset(token)


def seconds_left() -> float:
    """Return the seconds until the limit; infinite without one, never negative."""
    return max(0.0, _until.get() - time.monotonic())

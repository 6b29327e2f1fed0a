"""The sandbox's clock: the machine's, unless code in the same process sets it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo

_held: list[datetime] = []


def now(zone: tzinfo = UTC) -> datetime:
    """Return the current time for shop and ERP."""
    return (_held[-1] if _held else datetime.now(UTC)).astimezone(zone)


@contextmanager
def held_at(instant: datetime) -> Iterator[None]:
    """Hold the clock for the duration of the block. Simulations set it before every run."""
    _held.append(instant)
    try:
        yield
    finally:
        _held.pop()

"""Removal of data: on request for one order, and daily for data older than needed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine

from orderflow.domain.retention import Kept
from orderflow.ledger.books.erasure import Erased, erase
from orderflow.ledger.books.retention import purge


class Housekeeping:
    """Erases and purges."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def erase(self, order_id: int) -> Erased:
        """Erase an order, even one known only from dry runs; ClaimedElsewhereError while a run works on it."""
        return erase(self._engine, order_id, self._clock())

    def purge(self, kept_for: Mapping[Kept, timedelta]) -> Mapping[Kept, int]:
        """Remove data older than this, a limited number of rows per table; return how many of each."""
        return purge(self._engine, kept_for, self._clock())

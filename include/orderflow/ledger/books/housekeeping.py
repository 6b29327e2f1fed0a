"""What takes things out of the ledger."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from orderflow.ledger.books.erasure import Erased, erase


class Housekeeping:
    """Erases."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def erase(self, order_id: int) -> Erased:
        """Erase an order, also one that only dry runs have met; ClaimedElsewhereError while a run works on it."""
        return erase(self._engine, order_id, self._clock())

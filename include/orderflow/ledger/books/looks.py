"""Checks that changed nothing, so that a report accounts for every order listed."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select

from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.tables.looks import LookRow

_KEPT_FOR = timedelta(days=7)


class LookBook:
    """Orders that runs checked and found unchanged; kept for a week."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def note(self, run: str, order_ids: Collection[int]) -> None:
        """Record the orders of a run, and delete old records; without orders nothing is written."""
        if not order_ids:
            return
        now = self._clock()
        with writing(self._engine) as session:
            session.execute(delete(LookRow).where(LookRow.at < now - _KEPT_FOR))
            session.add(LookRow(run=run, at=now, order_ids=sorted(order_ids)))

    def of(self, run: str) -> set[int]:
        """Return the orders recorded for a run."""
        with reading(self._engine) as session:
            noted = session.scalars(select(LookRow.order_ids).where(LookRow.run == run))
            return {order_id for order_ids in noted for order_id in order_ids}

"""Causes that somebody has silenced until a date."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, delete, select

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.ledger.database.rows import get_or_add, truncate
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.orders import Outcome, RunRef, Step, Word
from orderflow.ledger.orders.alerting import alerted_orders
from orderflow.ledger.orders.rows import log
from orderflow.ledger.tables.alerts import AlertRow
from orderflow.ledger.tables.orders import OrderRow
from orderflow.ledger.tables.snoozes import SnoozeRow


class SnoozeBook:
    """The snoozed causes. Their alerts stay open; only messages wait."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def until(self) -> dict[str, datetime]:
        """Return until when each cause is snoozed."""
        with reading(self._engine) as session:
            rows = session.scalars(select(SnoozeRow).where(SnoozeRow.until > self._clock()))
            return {row.cause: row.until for row in rows}

    def snooze(self, cause: str, until: datetime, word: Word, run: RunRef) -> None:
        """Stop announcing a cause until then, and log it with its orders. A time in the past ends the snooze.

        PermanentError if nothing open has this cause.
        """
        now = self._clock()
        with writing(self._engine) as session:
            session.execute(delete(SnoozeRow).where(SnoozeRow.until <= now))
            of_cause = select(AlertRow.id).where(AlertRow.cause == cause, AlertRow.closed_at.is_(None))
            if session.scalars(of_cause.limit(1)).first() is None:
                raise PermanentError(f"nothing open has the cause {cause!r}", reason=Reason.CONFIGURATION)
            row = get_or_add(session, SnoozeRow, cause, lambda: SnoozeRow(cause=cause, until=until, at=now))
            row.until, row.by, row.comment, row.at = until, word.by, truncate(word.comment), now
            message = word.on(f"until {until:%Y-%m-%d %H:%M} UTC")
            for order in session.scalars(select(OrderRow).where(alerted_orders(cause))):
                log(session, order, run, now, step=Step.SNOOZE, outcome=Outcome.DONE, message=message)

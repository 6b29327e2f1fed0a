"""A run's last event of each order and step: all a report needs of a log that grows with every try."""

from functools import lru_cache

from sqlalchemy import Engine, func, select

from orderflow.ledger.database.transactions import reading
from orderflow.ledger.models.orders import Event, RunRef
from orderflow.ledger.tables.orders import EventRow

_ROWS_AT_A_TIME = 1_000
_RUN = tuple(RunRef.model_fields)
_OWN = tuple(name for name in Event.model_fields if name != "run")
_ALL = set(Event.model_fields)
"""One set shared by all events."""


def last_events(engine: Engine, run_id: str, dag_id: str | None) -> list[Event]:
    """Return them, oldest first; run ids are unique only within a DAG."""
    of_the_run = [EventRow.run_id == run_id, *([EventRow.dag_id == dag_id] if dag_id is not None else [])]
    newest = select(func.max(EventRow.id)).where(*of_the_run).group_by(EventRow.order_id, EventRow.step)
    columns = [getattr(EventRow, name) for name in (*_OWN, *_RUN)]
    statement = select(*columns).where(EventRow.id.in_(newest)).order_by(EventRow.id)
    who = lru_cache(maxsize=_ROWS_AT_A_TIME)(lambda *values: RunRef(**dict(zip(_RUN, values, strict=True))))
    with reading(engine) as session:
        rows = session.execute(statement.execution_options(yield_per=_ROWS_AT_A_TIME))
        return [
            # Not validated again: the columns have these types, and a day of 10,000 orders has 60,000 events.
            Event.model_construct(_ALL, **dict(zip(_OWN, row, strict=False)), run=who(*row[len(_OWN) :]))
            for row in rows
        ]

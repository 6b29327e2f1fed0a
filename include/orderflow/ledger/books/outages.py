"""What keeps a task of a DAG from working at all: told once per cause, counted while it lasts, gone when it is over."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError

from orderflow.domain.reasons import Reason
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.alerts import Outage
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.tables.alerts import OutageRow


class OutageBook:
    """The book of outages in the ledger; an open one is unique per DAG, task and reason."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def see(self, task_id: str, reason: Reason, run: RunRef) -> bool:
        """Note that a task of this run failed as a whole; True when it is for this run to tell, as in AlertBook.see."""
        now = self._clock()
        with writing(self._engine) as session:
            again = session.execute(
                update(OutageRow)
                .where(OutageRow.dag_id == run.dag_id, OutageRow.task_id == task_id, OutageRow.reason == reason)
                .values(seen=OutageRow.seen + 1, last_seen_at=now)
                .returning(OutageRow.opened_by)
            ).all()
            if again:
                return bool(again[0].opened_by == run.name)
            try:
                with session.begin_nested():
                    session.add(
                        OutageRow(
                            dag_id=run.dag_id,
                            task_id=task_id,
                            reason=reason,
                            opened_by=run.name,
                            opened_at=now,
                            last_seen_at=now,
                        )
                    )
            except IntegrityError:
                return False
            return True

    def close(self, dag_id: str, *, but: Collection[str]) -> None:
        """Forget what kept the tasks of a DAG from working, but for those that failed again."""
        with writing(self._engine) as session:
            session.execute(delete(OutageRow).where(OutageRow.dag_id == dag_id, OutageRow.task_id.not_in(but)))

    def open(self) -> list[Outage]:
        """Return what keeps tasks from working, the oldest first."""
        statement = select(OutageRow).order_by(
            OutageRow.opened_at, OutageRow.dag_id, OutageRow.task_id, OutageRow.reason
        )
        with reading(self._engine) as session:
            return [Outage.model_validate(row) for row in session.scalars(statement)]

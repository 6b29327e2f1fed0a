"""What dry runs would have done: shown on the page for some days, then deleted."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Engine, delete, func, select

from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.dry_runs import KeptCall, PlannedCall
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.tables.dry_runs import PlannedCallRow

KEPT_FOR = timedelta(days=3)
"""A body may contain a buyer's name and address, which the ledger keeps nowhere else."""


class PlanPage(NamedTuple):
    """Some of a run's planned calls, in order of planning, and the total count."""

    calls: list[KeptCall]
    total: int


class PlanBook:
    """The planned calls in the ledger."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def keep(self, run: RunRef, calls: Collection[PlannedCall]) -> None:
        """Store the plan of a dry run's task, replacing the plan of an earlier try; delete old plans."""
        now, row = self._clock(), PlannedCallRow
        of_this_task = (
            row.dag_id == run.dag_id,
            row.run_id == run.run_id,
            row.task_id == run.task_id,
            row.map_index == run.map_index,
        )
        self.forget()
        with writing(self._engine) as session:
            session.execute(delete(row).where(*of_this_task))
            session.add_all(_row(run, call, now) for call in calls)

    def forget(self) -> int:
        """Delete plans older than some days; return how many calls they had."""
        with writing(self._engine) as session:
            old = delete(PlannedCallRow).where(PlannedCallRow.at < self._clock() - KEPT_FOR)
            return len(session.scalars(old.returning(PlannedCallRow.id)).all())

    def of_run(self, run: tuple[str, str], *, limit: int, offset: int = 0) -> PlanPage:
        """Return some of the calls planned by a run (DAG id, run id)."""
        dag_id, run_id = run
        return self._page(PlannedCallRow.dag_id == dag_id, PlannedCallRow.run_id == run_id, limit=limit, offset=offset)

    def of_order(self, order_id: int, *, limit: int) -> PlanPage:
        """Return the calls that the last dry run with this order planned for it."""
        about_it = PlannedCallRow.order_id == order_id
        with reading(self._engine) as session:
            last = session.scalar(select(PlannedCallRow).where(about_it).order_by(PlannedCallRow.id.desc()).limit(1))
        if last is None:
            return PlanPage([], 0)
        same_run = (PlannedCallRow.dag_id == last.dag_id, PlannedCallRow.run_id == last.run_id)
        return self._page(about_it, *same_run, limit=limit)

    def _page(self, *conditions: ColumnElement[bool], limit: int, offset: int = 0) -> PlanPage:
        wanted = select(PlannedCallRow).where(*conditions).order_by(PlannedCallRow.id).limit(limit).offset(offset)
        with reading(self._engine) as session:
            total = session.scalar(select(func.count()).select_from(PlannedCallRow).where(*conditions))
            return PlanPage([KeptCall.model_validate(row) for row in session.scalars(wanted)], total or 0)


def _row(run: RunRef, call: PlannedCall, now: datetime) -> PlannedCallRow:
    return PlannedCallRow(at=now, **run.model_dump(), **call.model_dump())

"""Differences found between shop and ERP: kept from the first occurrence until a comparison no longer finds them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orderflow.ledger.database.rows import truncate
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.reconciliation import DetectedDifference, Finding, PastReconciliation, Reconciliation
from orderflow.ledger.orders.alerting import close_alerts
from orderflow.ledger.tables.alerts import AlertRow
from orderflow.ledger.tables.reconciliation import FindingRow, ReconciliationRow

_CONTENT = ("webshop", "order_id", "erp_number", "shop_value", "erp_value", "detail", "day")
"""Fields that may change while a finding stays the same; its kind and reference may not."""


class FindingBook:
    """The findings; at most one is open per kind and external reference."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def open(self) -> list[Finding]:
        """Return what is neither resolved nor accepted, oldest first."""
        return self._findings(FindingRow.resolved_at.is_(None), FindingRow.accepted_at.is_(None))

    def unresolved(self) -> list[Finding]:
        """Return what still exists, accepted or not, oldest first."""
        return self._findings(FindingRow.resolved_at.is_(None))

    def accept(self, order_id: int) -> int:
        """Accept an order's differences on a person's word, and close their alerts; return how many."""
        now = self._clock()
        with writing(self._engine) as session:
            of_it = (AlertRow.order_id == order_id, AlertRow.subject.startswith("difference "))
            close_alerts(session, of_it, now)
        which = (FindingRow.order_id == order_id, FindingRow.resolved_at.is_(None))
        return self._set(which, accepted_at=now)

    def take_back(self, order_id: int, since: datetime) -> int:
        """Reopen an order's differences that were accepted since then; return how many."""
        which = (FindingRow.order_id == order_id, FindingRow.accepted_at >= since)
        return self._set(which, accepted_at=None)

    def expire(self, before: str) -> int:
        """Close findings about days that are no longer compared; return how many."""
        return self._set((FindingRow.day < before, FindingRow.resolved_at.is_(None)), resolved_at=self._clock())

    def _set(self, which: Collection[ColumnElement[bool]], **values: datetime | None) -> int:
        with writing(self._engine) as session:
            changed = update(FindingRow).where(*which).values(**values).returning(FindingRow.id)
            return len(session.execute(changed.execution_options(synchronize_session=False)).all())

    def update(self, met: Collection[DetectedDifference], *, judged: Collection[str]) -> tuple[list[Finding], int]:
        """Apply the result of one comparison; return its open findings, and how many are resolved.

        `judged` are the external references of all orders compared. An open finding about one of them that was not
        found again is resolved; findings about other orders stay as they are.
        """
        now = self._clock()
        references = set(judged)
        with writing(self._engine) as session:
            unresolved = (
                select(FindingRow).where(FindingRow.resolved_at.is_(None)).order_by(FindingRow.id).with_for_update()
            )
            rows = {(row.kind, row.external_reference): row for row in session.scalars(unresolved)}
            seen = [_put(session, rows.pop((m.kind, m.external_reference), None), m, now) for m in met]
            gone = [row for row in rows.values() if row.external_reference in references]
            for row in gone:
                row.resolved_at = now
            session.flush()
            return [Finding.model_validate(row) for row in seen if row.accepted_at is None], len(gone)

    def add_reconciliation(self, reconciliation: Reconciliation, run: RunRef) -> None:
        """Store a comparison's result."""
        columns = reconciliation.model_dump(exclude={"totals"})
        totals = reconciliation.model_dump(mode="json")["totals"]
        with writing(self._engine) as session:
            session.add(
                ReconciliationRow(dag_id=run.dag_id, run_id=run.run_id, at=self._clock(), totals=totals, **columns)
            )

    def reconciliations(self, limit: int = 30) -> Sequence[PastReconciliation]:
        """Return the last comparisons, newest first."""
        statement = select(ReconciliationRow).order_by(ReconciliationRow.id.desc()).limit(limit)
        with reading(self._engine) as session:
            return [PastReconciliation.model_validate(row) for row in session.scalars(statement)]

    def _findings(self, *which: ColumnElement[bool]) -> list[Finding]:
        statement = select(FindingRow).where(*which).order_by(FindingRow.first_seen_at, FindingRow.id)
        with reading(self._engine) as session:
            return [Finding.model_validate(row) for row in session.scalars(statement)]


def _put(session: Session, row: FindingRow | None, met: DetectedDifference, now: datetime) -> FindingRow:
    """Write a finding to its row, adding the row if needed; another comparison may add it at the same time."""
    content = {name: truncate(value) if isinstance(value, str) else value for name, value in met} | {"kind": met.kind}
    if row is None:
        try:
            with session.begin_nested():
                row = FindingRow(**content, first_seen_at=now, last_seen_at=now)
                session.add(row)
        except IntegrityError:
            row = session.scalars(
                select(FindingRow)
                .where(FindingRow.kind == met.kind, FindingRow.external_reference == content["external_reference"])
                .where(FindingRow.resolved_at.is_(None))
            ).one()
    if any(getattr(row, name) != content[name] for name in ("shop_value", "erp_value")):
        row.accepted_at = None  # the accepted value has changed
    for name in _CONTENT:
        setattr(row, name, content[name])
    row.since = min(row.since, met.since)
    row.last_seen_at = now
    return row

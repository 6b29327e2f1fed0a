"""Removes old data in batches, each in its own transaction, so that no run has to wait for it.

Orders stay, reduced to what prevents them from being sent a second time. What is open never counts as old.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from orderflow.domain.last_step import FINISHED_HERE
from orderflow.domain.retention import Kept
from orderflow.domain.shipment import SHIPMENT_PACES, ShipmentProgress
from orderflow.domain.states import Progress
from orderflow.ledger.books.retention_of_customers import remove_customers
from orderflow.ledger.database.transactions import writing
from orderflow.ledger.tables.alerts import AlertRow, NoticeRow
from orderflow.ledger.tables.orders import EventRow, OrderRow
from orderflow.ledger.tables.questions import QuestionRow
from orderflow.ledger.tables.reconciliation import FindingRow, ReconciliationRow
from orderflow.ledger.tables.resolutions import ResolutionRow
from orderflow.ledger.tables.shipments import ShipmentOrderRow, ShipmentRow
from orderflow.ledger.tables.snoozes import SnoozeRow

BATCH = 1_000
"""The most rows that one transaction removes."""
MOST_BATCHES = 100
"""The most batches that one day removes from a table; the next day continues."""

_AT_REST = (Progress.WRITTEN_BACK, Progress.SHIPMENT_SENT, Progress.RESOLVED, Progress.SKIPPED)
_SLIP_AT_REST = (ShipmentProgress.SENT, ShipmentProgress.SKIPPED)


def purge(engine: Engine, kept_for: Mapping[Kept, timedelta], now: datetime) -> dict[Kept, int]:
    """Remove what is older than this; return how many rows of each."""
    return {kept: _remove(engine, kept, now - age) for kept, age in kept_for.items()}


def _remove(engine: Engine, kept: Kept, before: datetime) -> int:
    if kept is Kept.CUSTOMERS:
        return remove_customers(engine, before, batch=BATCH, most=BATCH * MOST_BATCHES)
    return _in_batches(engine, _REMOVE[kept], before)


def _in_batches(engine: Engine, remove: Callable[[Session, datetime], int], before: datetime) -> int:
    removed = 0
    for _ in range(MOST_BATCHES):
        with writing(engine) as session:
            some = remove(session, before)
        removed += some
        if some < BATCH:
            break
    return removed


def _events(session: Session, before: datetime) -> int:
    """Ids increase with time, so the oldest events are found without an index on the time."""
    oldest = select(EventRow.id, EventRow.at).order_by(EventRow.id).limit(BATCH)
    ids = [event_id for event_id, at in session.execute(oldest) if at < before]
    session.execute(delete(EventRow).where(EventRow.id.in_(ids)))
    session.execute(delete(ResolutionRow).where(ResolutionRow.at < before))
    return len(ids)


def _closed_alerts(session: Session, before: datetime) -> int:
    ids = session.scalars(select(AlertRow.id).where(AlertRow.closed_at < before).limit(BATCH)).all()
    session.execute(delete(SnoozeRow).where(SnoozeRow.until < before))
    of_these = QuestionRow.alert_id.in_(ids), QuestionRow.closed_at < before
    session.execute(delete(QuestionRow).where(*of_these))
    session.execute(delete(NoticeRow).where(NoticeRow.alert_id.in_(ids)))
    session.execute(delete(AlertRow).where(AlertRow.id.in_(ids)))
    return len(ids)


def _findings(session: Session, before: datetime) -> int:
    """Delete closed findings. An accepted one is open, and stays."""
    ids = session.scalars(select(FindingRow.id).where(FindingRow.resolved_at < before).limit(BATCH)).all()
    session.execute(delete(FindingRow).where(FindingRow.id.in_(ids)))
    return len(ids)


def _reconciliations(session: Session, before: datetime) -> int:
    ids = session.scalars(select(ReconciliationRow.id).where(ReconciliationRow.at < before).limit(BATCH)).all()
    session.execute(delete(ReconciliationRow).where(ReconciliationRow.id.in_(ids)))
    return len(ids)


def _shipments(session: Session, before: datetime) -> int:
    """Keep numbers, orders and the hash: the shop accepts each slip once."""
    old = select(ShipmentRow).where(
        ShipmentRow.progress.in_(_SLIP_AT_REST),
        ShipmentRow.updated_at < before,
        or_(
            *(ShipmentRow.content[name].as_string().is_not(None) for name in _SAID),
            ShipmentRow.detail != "",
        ),
    )
    rows = session.scalars(old.limit(BATCH).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.content, row.detail = {**row.content, **dict.fromkeys(_SAID)}, ""
    return len(rows)


_SAID = ("comment", "carrier", "tracking_code")


def _orders(session: Session, before: datetime) -> int:
    """Blank what identifies the buyer and the goods. An order with an open alert is not finished."""
    alert = exists().where(AlertRow.order_id == OrderRow.order_id, AlertRow.closed_at.is_(None))
    said = or_(OrderRow.detail != "", *(column.is_not(None) for column in _OF_BUYER))
    old = select(OrderRow.order_id).where(
        OrderRow.progress.in_(_AT_REST),
        or_(OrderRow.progress != Progress.WRITTEN_BACK, _awaits_nothing()),
        OrderRow.updated_at < before,
        or_(OrderRow.claimed_until.is_(None), OrderRow.claimed_until < before),
        said,
        ~alert,
    )
    ids = session.scalars(old.limit(BATCH).with_for_update(skip_locked=True)).all()
    blank = {column.key: None for column in _OF_BUYER}
    session.execute(update(OrderRow).where(OrderRow.order_id.in_(ids)).values(detail="", **blank))
    return len(ids)


def _awaits_nothing() -> ColumnElement[bool]:
    """Return the condition for orders written back that this flow does not finish, and no unsent slip is about."""
    slip = exists().where(
        ShipmentOrderRow.order_number == OrderRow.erp_number,
        ShipmentOrderRow.number == ShipmentRow.number,
        ShipmentRow.progress.in_(SHIPMENT_PACES),
    )
    return and_(or_(OrderRow.last_step.is_(None), OrderRow.last_step.not_in(FINISHED_HERE)), ~slip)


_OF_BUYER = (
    OrderRow.customer_key,
    OrderRow.customer_code,
    OrderRow.ship_to_key,
    OrderRow.bill_to_key,
    OrderRow.found_by,
)


_REMOVE: Mapping[Kept, Callable[[Session, datetime], int]] = {
    Kept.EVENTS: _events,
    Kept.CLOSED_ALERTS: _closed_alerts,
    Kept.FINDINGS: _findings,
    Kept.RECONCILIATIONS: _reconciliations,
    Kept.SHIPMENTS: _shipments,
    Kept.ORDERS: _orders,
}

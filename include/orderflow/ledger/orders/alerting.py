"""Open, count and close alerts inside the caller's transaction, so that none is forgotten."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orderflow.domain.attention import attention, is_over, replaces
from orderflow.domain.causes import cause_of
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.ledger.database.rows import truncate
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import RunRef, called
from orderflow.ledger.tables.alerts import AlertRow
from orderflow.ledger.tables.orders import OrderRow


def keep_alert(
    session: Session, row: OrderRow, run: RunRef, now: datetime, *, failed: tuple[Reason, str] | None = None
) -> None:
    """Update an order's alerts to what is wrong with it now, or what has just failed."""
    name = called(row.external_reference, row.webshop, row.reference, row.order_id)
    subject = Subject.of_order(row.order_id, name)
    problem, message = failed or (attention(row.progress, row.reason), row.detail)
    if problem is not None:
        own = (row.reference, row.external_reference, row.erp_number, str(row.order_id), subject.name)
        raise_alert(session, subject, problem, message, run=run, now=now, own=[name for name in own if name])
        if replaces(problem):
            close_alerts(session, [AlertRow.subject == subject.id, AlertRow.reason != problem], now)
        return
    if over := _over_at(row.progress):
        opened = select(AlertRow.reason).where(AlertRow.subject == subject.id, AlertRow.closed_at.is_(None))
        if closing := over.intersection(session.scalars(opened)):  # hardly any order has one
            close_alerts(session, [AlertRow.subject == subject.id, AlertRow.reason.in_(closing)], now)


@cache
def _over_at(progress: Progress) -> frozenset[Reason]:
    """Return the causes that are over for an order that is fine and has come this far."""
    return frozenset(reason for reason in Reason if is_over(reason, progress))


def raise_alert(
    session: Session,
    subject: Subject,
    reason: Reason,
    message: str,
    *,
    run: RunRef | None,
    now: datetime,
    own: Iterable[str] = (),
    title: str | None = None,
) -> bool:
    """Record an occurrence of a problem: open its alert, or count another run; True if it was opened."""
    by = run.name if run else None
    cause = cause_of(reason, message if title is None else title, own=own)
    values = {"message": truncate(message), "order": subject.name, "order_id": subject.order_id}
    again = session.execute(
        update(AlertRow)
        .where(AlertRow.subject == subject.id, AlertRow.reason == reason, AlertRow.closed_at.is_(None))
        .values(
            seen=case((AlertRow.last_seen_by.is_not_distinct_from(by), AlertRow.seen), else_=AlertRow.seen + 1),
            last_seen_at=now,
            last_seen_by=by,
            **values,
        )
        .returning(AlertRow.id)
        .execution_options(synchronize_session=False)
    ).all()
    if again:
        return False
    new = AlertRow(
        subject=subject.id,
        shipment=subject.shipment,
        reason=reason,
        cause=cause.id,
        title=truncate(cause.title),
        opened_by=by,
        last_seen_by=by,
        opened_at=now,
        last_seen_at=now,
        **values,
    )
    try:
        with session.begin_nested():
            session.add(new)
    except IntegrityError:  # another run found it at the same moment
        return False
    return True


def close_alerts(session: Session, which: Collection[ColumnElement[bool]], now: datetime) -> int:
    """Close the open alerts that match; return how many there were."""
    closed = session.execute(
        update(AlertRow)
        .where(*which, AlertRow.closed_at.is_(None))
        .values(closed_at=now)
        .returning(AlertRow.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(closed)


def alerted_orders(cause: str) -> ColumnElement[bool]:
    """Return the SQL condition for orders with an open alert of this cause."""
    of_cause = select(AlertRow.order_id).where(
        AlertRow.cause == cause, AlertRow.closed_at.is_(None), AlertRow.order_id.is_not(None)
    )
    return OrderRow.order_id.in_(of_cause)

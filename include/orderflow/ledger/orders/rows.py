"""Operations on the rows of orders and of the log, inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from orderflow.domain.decision import PROGRESS_OF, Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import IN_ERP, INTENT_OPEN, Progress, may_follow, was_only_marked
from orderflow.errors import PermanentError
from orderflow.ledger.database.rows import get_or_add, truncate
from orderflow.ledger.models.orders import COURTESIES, FAILURES, Outcome, RunRef, Step
from orderflow.ledger.tables.orders import EventRow, OrderRow


class IllegalTransitionError(PermanentError, RuntimeError):
    """The code tried an impossible transition of an order: a bug."""


def move(row: OrderRow, progress: Progress, now: datetime) -> None:
    """Advance an order, and record when it reached the ERP and when the shop knew; IllegalTransitionError.

    An order that the ERP certainly does not have releases its name in the ERP, and later gets the name it then has. An
    offline order may become anything else, marked as sent or not yet.
    """
    was_offline = was_only_marked(row.progress, row.pushed_at) and progress is not Progress.PUSHED
    before = Progress.OFFLINE if was_offline else row.progress
    if not may_follow(before, progress):
        raise IllegalTransitionError(
            f"the ledger has it as {row.progress.value!r}, which {progress.value!r} cannot follow",
            order=f"id {row.order_id}",
        )
    if progress is Progress.PUSHED and row.pushed_at is None:
        row.pushed_at = now
    if progress is Progress.WRITTEN_BACK and row.written_back_at is None:
        row.written_back_at = now
    if progress not in IN_ERP | INTENT_OPEN:
        row.external_reference = None
    row.progress = progress


def log(
    session: Session,
    row: OrderRow,
    run: RunRef,
    at: datetime,
    *,
    step: Step,
    outcome: Outcome,
    reason: Reason | None = None,
    message: str = "",
) -> None:
    """Add a line to the log; it is committed together with the change it records."""
    if outcome in FAILURES and step not in COURTESIES:
        row.failures = (row.failures or 0) + 1
    session.add(
        EventRow(
            order_id=row.order_id,
            webshop=row.webshop,
            at=at,
            step=step,
            outcome=outcome,
            reason=reason,
            message=truncate(message),
            reference=row.reference,
            **run.model_dump(),
        )
    )


def _new_row(order_id: int, reference: str, progress: Progress, now: datetime, partition: str | None) -> OrderRow:
    """Create the row of an order that is new to the ledger."""
    return OrderRow(
        order_id=order_id,
        reference=reference,
        progress=progress,
        partition=partition,
        first_seen_at=now,
        updated_at=now,
    )


def is_stuck(row: OrderRow) -> bool:
    """Whether an order is stuck; one that is finished, or only flagged, is not."""
    done = row.progress is Progress.SHIPMENT_SENT or (row.progress is Progress.WRITTEN_BACK and row.reason is None)
    return not done and row.flagged_by is None


def row_of(session: Session, order: Order, decision: Decision, run: RunRef, now: datetime) -> OrderRow:
    """Return the row of an order just read, locked."""
    partition = None if decision.reason is Reason.OUTSIDE_WINDOW else run.partition
    progress = PROGRESS_OF[decision.action]
    row = get_or_add(
        session, OrderRow, order.order_id, lambda: _new_row(order.order_id, order.reference, progress, now, partition)
    )
    row.partition = row.partition or partition
    return row


def row_of_id(session: Session, order_id: int, reference: str, run: RunRef, now: datetime) -> OrderRow:
    """Return the row of an order that could not be read, locked."""
    return get_or_add(
        session, OrderRow, order_id, lambda: _new_row(order_id, reference, Progress.UNREAD, now, run.partition)
    )


def add_held(
    session: Session, orders: Sequence[tuple[int, str, datetime | None]], reason: Reason, run: RunRef, now: datetime
) -> None:
    """Add rows of unread orders; existing rows stay as they are."""
    known = set(session.scalars(select(OrderRow.order_id).where(OrderRow.order_id.in_([i for i, *_ in orders]))))
    for order_id, reference, changed_at in orders:
        if order_id in known:
            continue
        row = _new_row(order_id, reference, Progress.HELD, now, None)
        row.reason, row.shop_modified_at, row.detail = reason, changed_at, ""
        session.add(row)
        log(session, row, run, now, step=Step.SELECT, outcome=Outcome.DECIDED, reason=reason)


def is_news(session: Session, row: OrderRow, decision: Decision) -> bool:
    """Whether a check is worth a line in the log: the first one, one that changed the row, and each before a push."""
    return row.looked_at is None or decision.action is Action.PROCESS or session.is_modified(row)


def put_facts(row: OrderRow, order: Order) -> None:
    """Store what was read, whatever the decision."""
    row.webshop, row.reference = order.webshop, order.reference
    row.payment_status, row.total, row.currency = order.payment_status, order.total, order.currency
    row.paid_amount = order.paid_amount
    words = [order.customer_order_number, *(line.product.key for line in order.lines if line.product)]
    row.found_by = truncate(" ".join(dict.fromkeys(word for word in words if word))) or None


def note_payable(row: OrderRow, decision: Decision, confirmed_at: datetime | None, now: datetime) -> None:
    """Record, before the decision is applied, since when the order could be sent: not while awaiting payment."""
    if decision.action is Action.WAIT:
        row.payable_at = None
    elif decision.action not in {Action.MARK, Action.SKIP} and row.payable_at is None:
        row.payable_at = now if row.decision is Action.WAIT else confirmed_at


def put_decision(row: OrderRow, decision: Decision, now: datetime) -> None:
    """Set the order to the decided progress; an order to be processed or marked needs no reason."""
    reason = None if decision.action in {Action.PROCESS, Action.MARK} else decision.reason
    if row.decision is not decision.action or row.reason is not reason:
        row.decided_at = now
    move(row, PROGRESS_OF[decision.action], now)
    row.decision, row.reason, row.flagged_by = decision.action, reason, None
    row.detail = truncate(decision.detail)


def put_unread(row: OrderRow, reason: Reason, message: str, now: datetime) -> None:
    """Record why an order could not be read; one that the shop does not know (any more) is finished."""
    gone = reason is Reason.ORDER_NOT_FOUND
    if row.decision is None or (row.progress is Progress.SKIPPED and not gone):
        move(row, Progress.SKIPPED if gone else Progress.UNREAD, now)
    elif gone:
        put_decision(row, Decision(action=Action.SKIP, reason=reason), now)
    row.reason, row.detail, row.updated_at = reason, truncate(message), now

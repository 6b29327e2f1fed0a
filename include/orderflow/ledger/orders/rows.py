"""What may be done to the rows of an order and of the log, inside a transaction that somebody else opened."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from orderflow.domain.decision import PROGRESS_OF, Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import IN_ERP, INTENT_OPEN, Progress, may_follow
from orderflow.errors import PermanentError
from orderflow.ledger.database.rows import get_or_add, truncate
from orderflow.ledger.models.orders import COURTESIES, FAILURES, Outcome, RunRef, Step
from orderflow.ledger.tables.orders import EventRow, OrderRow


class IllegalTransitionError(PermanentError, RuntimeError):
    """The code tried an impossible move of an order: a bug."""


def move(row: OrderRow, progress: Progress, now: datetime) -> None:
    """Move an order on and note when it reached the ERP and when the shop knew; IllegalTransitionError.

    One that the ERP has certainly not got gives its name in the ERP free, and takes the one that it then has.
    """
    if not may_follow(row.progress, progress):
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
    """Add a line to the log; it is committed together with the change it tells of."""
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
    """Make the row of an order never seen before."""
    return OrderRow(
        order_id=order_id,
        reference=reference,
        progress=progress,
        partition=partition,
        first_seen_at=now,
        updated_at=now,
    )


def is_stuck(row: OrderRow) -> bool:
    """Whether an order is stuck; one that is done, or only flagged, is not."""
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
    """Add rows of orders that nobody has read; those that are there stay as they are."""
    known = set(session.scalars(select(OrderRow.order_id).where(OrderRow.order_id.in_([i for i, *_ in orders]))))
    for order_id, reference, changed_at in orders:
        if order_id in known:
            continue
        row = _new_row(order_id, reference, Progress.HELD, now, None)
        row.reason, row.shop_modified_at, row.detail = reason, changed_at, ""
        session.add(row)
        log(session, row, run, now, step=Step.SELECT, outcome=Outcome.DECIDED, reason=reason)


def may_decide(row: OrderRow, decision: Decision, run: RunRef, now: datetime) -> bool:
    """Whether the decision moves the order.

    Not one whose push was begun, nor one that another run is working on. And "not of this day" says nothing to the
    day that the order belongs to, once that has decided.
    """
    if row.decision is not None and decision.reason is Reason.OUTSIDE_WINDOW:
        return False
    return is_undecided(row, run, now)


def is_undecided(row: OrderRow, run: RunRef, now: datetime) -> bool:
    """Whether no push was begun, by newer code neither, and nobody but this very task is working on the order."""
    claimed = row.claimed_until is not None and row.claimed_until > now and row.claimed_by != str(run)
    return row.progress.is_known and row.progress not in IN_ERP | INTENT_OPEN and not claimed


def put_facts(row: OrderRow, order: Order) -> None:
    """Take over what was read, whatever is decided about it."""
    row.webshop, row.reference = order.webshop, order.reference
    row.payment_status, row.total, row.currency = order.payment_status, order.total, order.currency
    row.paid_amount = order.paid_amount
    words = [order.customer_order_number, *(line.product.key for line in order.lines if line.product)]
    row.found_by = truncate(" ".join(dict.fromkeys(word for word in words if word))) or None


def note_payable(row: OrderRow, decision: Decision, confirmed_at: datetime | None, now: datetime) -> None:
    """Note, before the decision moves it, since when the order could have gone: not while its payment is awaited."""
    if decision.action is Action.WAIT:
        row.payable_at = None
    elif decision.action is not Action.SKIP and row.payable_at is None:
        row.payable_at = now if row.decision is Action.WAIT else confirmed_at


def put_decision(row: OrderRow, decision: Decision, now: datetime) -> None:
    """Move the order to where the decision puts it; to be processed is nothing that needs a reason."""
    reason = None if decision.action is Action.PROCESS else decision.reason
    if row.decision is not decision.action or row.reason is not reason:
        row.decided_at = now
    move(row, PROGRESS_OF[decision.action], now)
    row.decision, row.reason, row.flagged_by = decision.action, reason, None
    row.detail = truncate(decision.detail)


def put_unread(row: OrderRow, reason: Reason, message: str, now: datetime) -> None:
    """Say why an order could not be read; one that the shop does not know (any more) is at an end."""
    gone = reason is Reason.ORDER_NOT_FOUND
    if row.decision is None:
        move(row, Progress.SKIPPED if gone else Progress.UNREAD, now)
    elif gone:
        put_decision(row, Decision(action=Action.SKIP, reason=reason), now)
    row.reason, row.detail, row.updated_at = reason, truncate(message), now

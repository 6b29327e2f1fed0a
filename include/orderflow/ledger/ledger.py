"""The ledger itself: read it, decide about an order, claim one to work on it."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import INTENT_OPEN, PARTLY_WRITTEN_BACK, Progress
from orderflow.domain.worklist import Worklist
from orderflow.errors import TransientError
from orderflow.ledger.all_books import Books
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.orders import Event, LedgerOrder, Outcome, RunOrder, RunRef, Step
from orderflow.ledger.orders.alerting import keep_alert
from orderflow.ledger.orders.claim import Claim
from orderflow.ledger.orders.conditions import is_open, is_order_id, lacks_last_step, on
from orderflow.ledger.orders.deciding import is_undecided, may_decide
from orderflow.ledger.orders.due import is_due
from orderflow.ledger.orders.last_events import last_events
from orderflow.ledger.orders.queries import Group, open_groups
from orderflow.ledger.orders.rows import (
    is_news,
    log,
    note_payable,
    put_decision,
    put_facts,
    put_unread,
    row_of,
    row_of_id,
)
from orderflow.ledger.tables import lease
from orderflow.ledger.tables.orders import EventRow, OrderRow

_VALUES_PER_QUERY = 500


class Ledger(Books):
    """The durable record. Safe to use from many threads and processes; every method is one transaction."""

    def get(self, order_id: int) -> LedgerOrder | None:
        """Return an order; None if the ledger does not know it."""
        return self.get_many([order_id]).get(order_id)

    def get_many(self, order_ids: Iterable[int]) -> dict[int, LedgerOrder]:
        """Return those orders that the ledger knows, by id, in the ledger's order."""
        return {order.order_id: order for order in self._among(OrderRow.order_id, order_ids)}

    def by_external_reference(self, references: Iterable[str]) -> dict[str, LedgerOrder]:
        """Return the orders with these names in the ERP: sent under them, or found there."""
        found = self._among(OrderRow.external_reference, references)
        return {order.external_reference: order for order in found if order.external_reference}

    def by_erp_number(self, *numbers: str) -> list[LedgerOrder]:
        """Return the orders by ERP number: one each, unless the shop itself shows a number on several."""
        return self._among(OrderRow.erp_number, numbers)

    def by_former_number(self, number: str) -> list[LedgerOrder]:
        """Return the orders that had this number in the ERP before."""
        renumbered = self._where(OrderRow.former_numbers.is_not(None))  # few, and found by an index of their own
        return [order for order in renumbered if number in (order.former_numbers or ())]

    def called(self, name: str) -> list[LedgerOrder]:
        """Return the orders that a person may mean: `2/CS48193`, `CS48193`, or the shop's id, webshop or not."""
        webshop, _, bare = name.rpartition("/")
        names = [OrderRow.external_reference == name, OrderRow.reference == bare]
        if is_order_id(bare):
            names.append(OrderRow.order_id == int(bare))
        return self._where(or_(*names), *([OrderRow.webshop == int(webshop)] if is_order_id(webshop) else []))

    def has_exported(self) -> bool:
        """Whether any order has gone to the ERP, or was found there."""
        with reading(self._engine) as session:
            return session.scalar(select(OrderRow.order_id).where(OrderRow.pushed_at.is_not(None)).limit(1)) is not None

    def open_orders(self) -> list[LedgerOrder]:
        """Return every unfinished order by id."""
        return self._where(is_open())

    def open_groups(self, *, old_before: datetime) -> list[Group]:
        """Sum every unfinished order by its list; a waiting order first seen before `old_before` is overdue."""
        return open_groups(self._engine, old_before=old_before)

    def overdue_orders(self, *, old_before: datetime) -> list[LedgerOrder]:
        """Return the orders that have waited for their payment since then."""
        return self._where(on(Worklist.OVERDUE, old_before))

    def due_orders(self, now: datetime, live: datetime | None = None) -> list[int]:
        """Return the ids of the open orders to check now, the longest known first; `live`: the time of go-live."""
        due = select(OrderRow.order_id).where(is_due(now, live)).order_by(OrderRow.first_seen_at, OrderRow.order_id)
        with reading(self._engine) as session:
            return list(session.scalars(due))

    def count_never_paid(self) -> int:
        """Count the orders that were skipped because nobody has paid them."""
        put_aside = (OrderRow.progress == Progress.SKIPPED, OrderRow.reason == Reason.NEVER_PAID)
        with reading(self._engine) as session:
            return session.scalar(select(func.count()).select_from(OrderRow).where(*put_aside)) or 0

    def without_last_step(self, webshops: Collection[int]) -> list[LedgerOrder]:
        """Return unfinished orders by id that were written back in one of these webshops."""
        return self._where(lacks_last_step(webshops))

    def unfinished(self, partition: str) -> list[int]:
        """Return a window's orders whose export was started but not finished, whatever the shop says about them."""
        begun = OrderRow.progress.in_(INTENT_OPEN | PARTLY_WRITTEN_BACK)
        return [order.order_id for order in self._where(OrderRow.partition == partition, begun)]

    def decide(self, order: Order, decision: Decision, run: RunRef) -> LedgerOrder:
        """Record the decision about an order just read, and what was read.

        An order whose push has started keeps its progress, and so does one that another run is working on. A check that
        changes nothing is recorded but not logged.
        """
        now = self._clock()
        with writing(self._engine) as session:
            row = row_of(session, order, decision, run, now)
            put_facts(row, order)
            if row.progress is not Progress.RESOLVED or decision.action is not Action.PROCESS:
                row.shop_modified_at = order.modified_at  # otherwise it still counts as changed until it is done
            if decision.reason is Reason.ALREADY_EXPORTED and row.erp_number is None:
                row.erp_number = order.erp_order_number  # after a lost ledger, tells whose packing slips these are
            if may_decide(row, order, decision, run, now):
                note_payable(row, decision, order.confirmed_at, now)
                put_decision(row, decision, now)
            news = is_news(session, row, decision)
            if news:
                row.updated_at = now
                reason, message = decision.reason, decision.detail
                log(session, row, run, now, step=Step.SELECT, outcome=Outcome.DECIDED, reason=reason, message=message)
            row.looked_at = now
            keep_alert(session, row, run, now)
        return LedgerOrder.model_validate(row).model_copy(update={"is_as_before": not news})

    def unread(self, order_id: int, reference: str, reason: Reason, message: str, run: RunRef) -> None:
        """Record that a listed order could not be read."""
        now = self._clock()
        with writing(self._engine) as session:
            row = row_of_id(session, order_id, reference, run, now)
            row.reference = row.reference or reference
            if is_undecided(row, run, now):
                put_unread(row, reason, message, now)
            row.looked_at = None
            log(session, row, run, now, step=Step.SELECT, outcome=Outcome.FAILED, reason=reason, message=message)
            keep_alert(session, row, run, now, failed=(reason, message))

    @contextmanager
    def claim(self, order_id: int, run: RunRef) -> Iterator[Claim]:
        """Hold an order for the duration of the block; if this process dies, the lease expires.

        ClaimedElsewhereError if another run holds it, PermanentError if the ledger does not know the order.
        """
        engine, clock, length = self._engine, self._clock, self._lease
        claims: list[Claim] = []
        held = lease.hold(
            engine,
            OrderRow,
            OrderRow.order_id == order_id,
            name=f"id {order_id}",
            run=run,
            clock=clock,
            length=length,
            check=_require_known,
            is_released=lambda: any(claim.is_released for claim in claims),
        )
        with held as (row, token):
            claims.append(Claim(engine, LedgerOrder.model_validate(row), token, run, clock=clock, lease=length))
            yield claims[0]

    def events(
        self, *, run_id: str | None = None, order_id: int | None = None, dag_id: str | None = None
    ) -> list[Event]:
        """Return the log, oldest first: of a run, of an order, of a DAG."""
        conditions: list[ColumnElement[bool]] = []
        if run_id is not None:
            conditions.append(EventRow.run_id == run_id)
        if dag_id is not None:
            conditions.append(EventRow.dag_id == dag_id)
        if order_id is not None:
            conditions.append(EventRow.order_id == order_id)
        with reading(self._engine) as session:
            rows = session.scalars(select(EventRow).where(*conditions).order_by(EventRow.id))
            return [Event.model_validate(row) for row in rows]

    def run_orders(self, run_id: str, *, dag_id: str | None = None, also: Iterable[int] = ()) -> list[RunOrder]:
        """Return the orders that a run logged events for, and those in `also`, by id; run ids repeat between DAGs."""
        last: dict[int, dict[Step, Event]] = {}
        for event in last_events(self._engine, run_id, dag_id):
            last.setdefault(event.order_id, {})[event.step] = event
        orders = sorted(self.get_many({*last, *also}).items())
        now = self._clock()
        return [RunOrder(known, last.get(i, {}), _is_held_elsewhere(known, run_id, dag_id, now)) for i, known in orders]

    def _where(self, *conditions: ColumnElement[bool]) -> list[LedgerOrder]:
        statement = select(OrderRow).where(*conditions).order_by(OrderRow.order_id)
        with reading(self._engine) as session:
            return [LedgerOrder.model_validate(row) for row in session.scalars(statement)]

    def _among(self, column: InstrumentedAttribute[Any], values: Iterable[Any]) -> list[LedgerOrder]:
        """Return the orders with one of these values."""
        wanted = sorted(set(values))
        chunks = (wanted[start : start + _VALUES_PER_QUERY] for start in range(0, len(wanted), _VALUES_PER_QUERY))
        with reading(self._engine) as session:
            return [
                LedgerOrder.model_validate(row)
                for chunk in chunks
                for row in session.scalars(select(OrderRow).where(column.in_(chunk)).order_by(OrderRow.order_id))
            ]


def _is_held_elsewhere(order: LedgerOrder, run_id: str, dag_id: str | None, now: datetime) -> bool:
    """Whether the claim on an order is alive and belongs to a task of another run."""
    return lease.is_held(order, now) and not str(order.claimed_by).startswith(f"{dag_id} {run_id} ")


def _require_known(row: OrderRow) -> None:
    """TransientError if newer code has worked on an order: only that code can continue."""
    if not row.progress.is_known:
        text = f"newer code has left it at {row.progress.value!r}, which this code does not know"
        raise TransientError(text, reason=Reason.LEDGER_VERSION, order=f"id {row.order_id}")

"""Which orders: what a person may filter by, and what is still to be done, as SQL conditions."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, String, and_, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from orderflow.domain.backoff import OPEN
from orderflow.domain.last_step import FINISHED_HERE
from orderflow.domain.reasons import SKIPPED, STUCK, Reason
from orderflow.domain.states import INTENT_OPEN, PARTLY_WRITTEN_BACK, Progress
from orderflow.domain.window import Window
from orderflow.domain.worklist import Worklist
from orderflow.ledger.orders.alerting import alerted_orders
from orderflow.ledger.tables.orders import EventRow, OrderRow


@dataclass(frozen=True)
class OrderFilter:
    """The filter; all values that are set must match."""

    text: str = ""
    """Part of a reference, an ERP number, a message, the customer's order number or a product key; or an order id."""
    worklist: Worklist | None = None
    reason: Reason | None = None
    webshop: int | None = None
    days: Sequence[Window] = ()
    """Consecutive days without gaps; empty for all days."""
    run: tuple[str, str] | None = None
    """DAG id and run id: the orders that this run logged events for."""
    cause: str = ""
    """The short id of a cause: the orders with an open alert of it."""

    @property
    def is_narrow(self) -> bool:
        """Whether it matches so few orders that they are found before they are sorted."""
        return self.run is not None or bool(self.cause) or self.worklist in {Worklist.FAILED, Worklist.IN_PROGRESS}

    def conditions(self, old_before: datetime) -> list[ColumnElement[bool]]:
        """Return the conditions; a waiting order first seen before `old_before` is overdue."""
        found = [_contains(word) for word in self.text.split()]
        if self.worklist is not None:
            found.append(on(self.worklist, old_before))
        if self.reason is not None:
            found.append(OrderRow.reason == self.reason)
        if self.webshop is not None:
            found.append(OrderRow.webshop == self.webshop)
        if self.days:
            found.append(_within(self.days))
        if self.run is not None:
            found.append(_touched_by(*self.run))
        if self.cause:
            found.append(alerted_orders(self.cause))
        return found


def on(wanted: Worklist, old_before: datetime) -> ColumnElement[bool]:
    """Express `orderflow.domain.worklist` in SQL; a test compares the two."""
    progress, reason = OrderRow.progress, OrderRow.reason
    sent = progress == Progress.SHIPMENT_SENT
    held = progress == Progress.HELD
    waiting = progress == Progress.WAITING
    skipped = progress.in_({Progress.SKIPPED, Progress.RESOLVED})
    begun = progress.in_({Progress.READY, Progress.OFFLINE})
    refused = or_(progress.in_({Progress.UNREAD, Progress.REJECTED}), _is_none_of(progress, Progress))
    failed = or_(refused, and_(begun, reason.is_not(None)))
    return {
        Worklist.PROCESSED: or_(progress == Progress.WRITTEN_BACK, and_(sent, OrderRow.pushed_at.is_not(None))),
        Worklist.OFFLINE_SENT: and_(sent, OrderRow.pushed_at.is_(None)),
        Worklist.SKIPPED: and_(skipped, or_(reason.is_(None), reason.in_(SKIPPED))),
        Worklist.IN_PROGRESS: and_(begun, reason.is_(None)),
        Worklist.WAITING: and_(waiting, OrderRow.first_seen_at >= old_before),
        Worklist.OVERDUE: and_(waiting, OrderRow.first_seen_at < old_before),
        Worklist.HELD: and_(held, or_(reason.is_(None), reason.not_in(STUCK))),
        Worklist.PARTLY_WRITTEN_BACK: progress.in_(PARTLY_WRITTEN_BACK),
        Worklist.IN_DOUBT: progress.in_(INTENT_OPEN),
        Worklist.FAILED: or_(failed, and_(held, reason.in_(STUCK)), _failed_at_an_end()),
    }[wanted]


def _is_none_of(column: InstrumentedAttribute[Any], known: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition for any other value, including those of newer code: the ranges between these, by index.

    `NOT IN` would read all orders.
    """
    text, values = type_coerce(column, String), sorted(known)
    between = (and_(text > one, text < other) for one, other in pairwise(values))
    return or_(text < values[0], *between, text > values[-1])


def is_open() -> ColumnElement[bool]:
    """Return the condition for orders on a list that is not final."""
    return or_(OrderRow.progress.in_(OPEN), _failed_at_an_end())


def lacks_last_step(webshops: Collection[int]) -> ColumnElement[bool]:
    """Return the condition for unfinished orders that were written back in these webshops: only the finish is left."""
    step = OrderRow.last_step
    ours = or_(step.in_(FINISHED_HERE), and_(step.is_(None), OrderRow.webshop.in_(sorted(webshops))))
    return and_(OrderRow.progress == Progress.WRITTEN_BACK, ours)


def _failed_at_an_end() -> ColumnElement[bool]:
    """Return the condition for finished orders that failed since: resolved, changed in the shop, and not in the ERP."""
    at_an_end = OrderRow.progress.in_({Progress.SKIPPED, Progress.RESOLVED})
    return and_(at_an_end, _is_none_of(OrderRow.reason, SKIPPED))


def is_order_id(word: str) -> bool:
    """Whether a word may be an id: digits, no more than a 64-bit number always holds."""
    return word.isascii() and word.isdecimal() and len(word) <= 18  # noqa: PLR2004 - the digits


def _contains(word: str) -> ColumnElement[bool]:
    fields = [OrderRow.reference, OrderRow.external_reference, OrderRow.erp_number, OrderRow.detail, OrderRow.found_by]
    matches: list[ColumnElement[bool]] = [field.icontains(word, autoescape=True) for field in fields]
    if is_order_id(word):
        matches.append(OrderRow.order_id == int(word))
    webshop, slash, reference = word.partition("/")
    if slash and is_order_id(webshop):  # what people call an order that has no name in the ERP yet
        of_webshop = OrderRow.reference.icontains(reference, autoescape=True)
        matches.append(and_(OrderRow.webshop == int(webshop), of_webshop))
    return or_(*matches)


def _within(days: Sequence[Window]) -> ColumnElement[bool]:
    """Assign an order to the day of its partition; without one (a sweep), to the day it was first seen."""
    first, last = days[0], days[-1]
    return or_(
        OrderRow.partition.between(first.key, last.key),
        and_(
            OrderRow.partition.is_(None),
            OrderRow.first_seen_at >= first.start,
            OrderRow.first_seen_at < last.end,
        ),
    )


def _touched_by(dag_id: str, run_id: str) -> ColumnElement[bool]:
    of_run = and_(EventRow.run_id == run_id, EventRow.dag_id == dag_id)
    return OrderRow.order_id.in_(select(EventRow.order_id).where(of_run))

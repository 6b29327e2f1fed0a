"""The page's queries. Nothing here writes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Engine,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    func,
    select,
    type_coerce,
    values,
)
from sqlalchemy.types import Numeric

from orderflow.domain.window import Window
from orderflow.domain.worklist import Worklist, worklist
from orderflow.ledger.database.columns import UtcDateTime
from orderflow.ledger.database.transactions import reading
from orderflow.ledger.models.orders import Event, LedgerOrder
from orderflow.ledger.orders.conditions import OrderFilter, is_open
from orderflow.ledger.tables.orders import EventRow, OrderRow


class Sort(StrEnum):
    """How orders can be sorted, each in its natural direction: newest change first, otherwise smallest first."""

    NEWEST_CHANGE = "changed"
    OLDEST = "age"
    NAME = "order"
    REASON = "why"
    AMOUNT = "amount"
    ERP_NUMBER = "erp"


_BY: dict[Sort, list[ColumnElement[Any]]] = {
    Sort.NEWEST_CHANGE: [OrderRow.updated_at.desc()],
    Sort.OLDEST: [OrderRow.first_seen_at.asc()],
    Sort.NAME: [OrderRow.reference.asc()],
    Sort.REASON: [OrderRow.reason.asc().nulls_last()],
    Sort.AMOUNT: [cast(OrderRow.total, Numeric).asc().nulls_last()],
    Sort.ERP_NUMBER: [OrderRow.erp_number.asc().nulls_last()],
}
_REVERSED: dict[Sort, list[ColumnElement[Any]]] = {
    Sort.NEWEST_CHANGE: [OrderRow.updated_at.asc()],
    Sort.OLDEST: [OrderRow.first_seen_at.desc()],
    Sort.NAME: [OrderRow.reference.desc()],
    Sort.REASON: [OrderRow.reason.desc().nulls_last()],
    Sort.AMOUNT: [cast(OrderRow.total, Numeric).desc().nulls_last()],
    Sort.ERP_NUMBER: [OrderRow.erp_number.desc().nulls_last()],
}
"""Rows without a value come last in both directions."""


class Group(NamedTuple):
    """How many orders are on a list, and their total; `day` is None unless days were requested."""

    day: str | None
    worklist: Worklist
    currency: str | None
    orders: int
    amount: Decimal
    oldest: datetime


class OrderPage(NamedTuple):
    """Some of the matching orders, and the total count."""

    orders: Sequence[LedgerOrder]
    total: int


def per_day(engine: Engine, days: Sequence[Window], *, old_before: datetime) -> list[Group]:
    """Sum the orders of each of some consecutive days.

    Two queries, each with its own index: orders of a partition, and others by when they were first seen.
    """
    bounds = (
        values(column("day", String), column("start", UtcDateTime), column("end", UtcDateTime), name="bounds")
        .data([(day.key, day.start, day.end) for day in days])
        .cte("days")
    )
    seen = and_(OrderRow.first_seen_at >= bounds.c.start, OrderRow.first_seen_at < bounds.c.end)
    in_all = and_(OrderRow.first_seen_at >= days[0].start, OrderRow.first_seen_at < days[-1].end)  # allows the index
    of_partition = select(OrderRow.partition.label("day"), *_facts(old_before)).where(
        OrderRow.partition.between(days[0].key, days[-1].key)
    )
    of_no_partition = (
        select(bounds.c.day.label("day"), *_facts(old_before))
        .join_from(bounds, OrderRow, seen)
        .where(OrderRow.partition.is_(None), in_all)
    )
    return _groups(engine, of_partition, of_no_partition)


def open_groups(engine: Engine, *, old_before: datetime) -> list[Group]:
    """Sum everything unfinished, of any day."""
    return _groups(engine, select(*_facts(old_before)).where(is_open()))


def groups(engine: Engine, wanted: OrderFilter, *, old_before: datetime) -> list[Group]:
    """Sum the matching orders."""
    return _groups(engine, select(*_facts(old_before)).where(*wanted.conditions(old_before)))


def orders(
    engine: Engine,
    wanted: OrderFilter,
    *,
    old_before: datetime,
    sort: Sort,
    limit: int,
    offset: int = 0,
    backwards: bool = False,
) -> OrderPage:
    """Return one page of the matching orders."""
    conditions = wanted.conditions(old_before)
    by = (_REVERSED if backwards else _BY)[sort]
    # Few orders are found first and then sorted. Using the sort's index, the database would search everywhere.
    found = [func.count().over(), *by] if wanted.is_narrow else by
    sequence = [*found, OrderRow.order_id]
    statement = select(OrderRow).where(*conditions).order_by(*sequence).limit(limit).offset(offset)
    with reading(engine) as session:
        total = session.scalar(select(func.count()).select_from(OrderRow).where(*conditions))
        return OrderPage([LedgerOrder.model_validate(row) for row in session.scalars(statement)], total or 0)


def webshops(engine: Engine) -> list[int]:
    """Return the webshops of all orders, one by one in ascending order, so that the index is not read to its end."""
    first = select(func.min(OrderRow.webshop).label("webshop")).cte("known", recursive=True)
    larger = select(func.min(OrderRow.webshop)).where(OrderRow.webshop > first.c.webshop).scalar_subquery()
    known = first.union_all(select(larger).where(first.c.webshop.is_not(None)))
    with reading(engine) as session:
        return list(session.scalars(select(known.c.webshop).where(known.c.webshop.is_not(None))))


def last_events(engine: Engine, run: tuple[str, str], order_ids: Collection[int]) -> dict[int, Event]:
    """Return a run's last event about each of some orders, by order id."""
    dag_id, run_id = run
    newest = (
        select(func.max(EventRow.id))
        .where(EventRow.run_id == run_id, EventRow.dag_id == dag_id)
        .where(EventRow.order_id.in_(list(order_ids)))
        .group_by(EventRow.order_id)
    )
    with reading(engine) as session:
        events = [Event.model_validate(row) for row in session.scalars(select(EventRow).where(EventRow.id.in_(newest)))]
    return {event.order_id: event for event in events}


def _facts(old_before: datetime) -> list[ColumnElement[Any]]:
    """Select what determines an order's list, and the amounts to sum."""
    return [
        OrderRow.progress.label("progress"),
        OrderRow.reason.label("reason"),
        OrderRow.pushed_at.is_not(None).label("pushed"),
        (OrderRow.first_seen_at < old_before).label("old"),
        OrderRow.currency.label("currency"),
        type_coerce(OrderRow.total, Numeric).label("total"),
        OrderRow.first_seen_at.label("first_seen_at"),
    ]


def _groups(engine: Engine, *facts: Select[Any]) -> list[Group]:
    """Group in SQL by what determines the list, then apply the domain's rule for lists; by day, if selected."""
    with reading(engine) as session:
        return _by_list([row for some in facts for row in session.execute(_summed(some)).all()])


def _summed(facts: Select[Any]) -> Select[Any]:
    found = facts.subquery().c
    keys = [column for column in found if column.key not in {"total", "first_seen_at"}]
    cents = cast(func.round(found.total * 100), BigInteger)  # whole numbers: SQLite would sum floats
    return select(
        *keys,
        func.count().label("orders"),
        func.sum(case((found.total.is_(None), 0), else_=cents)).label("cents"),
        func.min(found.first_seen_at).label("oldest"),
    ).group_by(*keys)


def _by_list(rows: Sequence[Row[Any]]) -> list[Group]:
    summed: dict[tuple[str | None, Worklist, str | None], Group] = {}
    for row in rows:
        day = getattr(row, "day", None)
        listed = worklist(row.progress, row.reason, pushed=row.pushed, old=row.old)
        group = Group(day, listed, row.currency, row.orders, Decimal(row.cents).scaleb(-2), row.oldest)
        before = summed.get((day, listed, row.currency))
        if before is not None:
            group = group._replace(
                orders=before.orders + group.orders,
                amount=before.amount + group.amount,
                oldest=min(before.oldest, group.oldest),
            )
        summed[day, listed, row.currency] = group
    return sorted(summed.values(), key=lambda group: (group.day or "", list(Worklist).index(group.worklist)))

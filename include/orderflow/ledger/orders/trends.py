"""How long orders took from when they could be sent until the ERP had them, and until the shop knew; by day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Engine,
    Integer,
    String,
    and_,
    case,
    cast,
    column,
    extract,
    func,
    literal,
    or_,
    select,
    union_all,
    values,
)

from orderflow.domain.states import IN_ERP, Progress
from orderflow.domain.window import Window
from orderflow.ledger.database.columns import UtcDateTime
from orderflow.ledger.database.transactions import reading
from orderflow.ledger.orders.conditions import is_open
from orderflow.ledger.tables.orders import OrderRow

PERCENTILES = {"median": 50, "p95": 95}
_DAY = 86_400


class DayTrend(NamedTuple):
    """The orders that could be sent from one day on; seconds are None if no order has got that far.

    `met`: how many of the `due` orders were in the ERP within the required time. `first_try`: nothing failed before.
    """

    day: str
    orders: int
    in_erp: int
    first_try: int
    due: int
    met: int
    erp_median: int | None = None
    erp_p95: int | None = None
    shop_median: int | None = None
    shop_p95: int | None = None


class Age(StrEnum):
    """How long ago an open order was first seen."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    OLDER = "older"


_YOUNGER_THAN = {
    Age.HOUR: timedelta(hours=1),
    Age.DAY: timedelta(days=1),
    Age.WEEK: timedelta(days=7),
    Age.MONTH: timedelta(days=30),
}


def trends(engine: Engine, days: Sequence[Window], *, within: timedelta, now: datetime) -> list[DayTrend]:
    """Return the days from which any order could be sent. Each query reads only these days, by their index.

    An order is due once the time `within` has passed. Orders skipped since, or resolved unsent, do not count.
    """
    orders = _orders(engine.dialect.name, days)
    facts = orders.c
    is_due = or_(facts.payable_at <= now - within, facts.to_erp <= within.total_seconds())
    counted = select(
        facts.day,
        func.count(),
        _count(facts.to_erp.is_not(None)),
        _count(and_(facts.to_erp.is_not(None), facts.failures == 0)),
        _count(is_due),
        _count(facts.to_erp <= within.total_seconds()),
    ).group_by(facts.day)
    with reading(engine) as session:
        found = {row[0]: DayTrend(*row) for row in session.execute(counted.order_by(facts.day)).all()}
        for name in ("erp", "shop"):
            for day, label, seconds in session.execute(_percentiles(orders, facts[f"to_{name}"])).all():
                found[day] = found[day]._replace(**{f"{name}_{label}": seconds})
    return list(found.values())


def open_ages(engine: Engine, now: datetime) -> dict[Age, int]:
    """Count everything unfinished by age."""
    seen = OrderRow.first_seen_at
    age = case(*((seen > now - span, name.value) for name, span in _YOUNGER_THAN.items()), else_=Age.OLDER.value)
    statement = select(age.label("age"), func.count()).where(is_open()).group_by(age.label("age"))
    with reading(engine) as session:
        found = {Age(name): count for name, count in session.execute(statement).all()}
    return {name: found.get(name, 0) for name in Age}


def _orders(dialect: str, days: Sequence[Window]) -> CTE:
    bounds = (
        values(column("day", String), column("start", UtcDateTime), column("end", UtcDateTime), name="bounds")
        .data([(day.key, day.start, day.end) for day in days])
        .cte("days")
    )
    payable = and_(OrderRow.payable_at >= bounds.c.start, OrderRow.payable_at < bounds.c.end)
    in_all = and_(OrderRow.payable_at >= days[0].start, OrderRow.payable_at < days[-1].end)  # allows the index
    counts = and_(
        OrderRow.progress.not_in({Progress.SKIPPED, Progress.OFFLINE}),
        or_(OrderRow.pushed_at.is_not(None), OrderRow.progress.not_in(IN_ERP)),
    )
    return (
        select(
            bounds.c.day.label("day"),
            OrderRow.payable_at.label("payable_at"),
            OrderRow.failures.label("failures"),
            _seconds(dialect, OrderRow.pushed_at).label("to_erp"),
            _seconds(dialect, OrderRow.written_back_at).label("to_shop"),
        )
        .join_from(bounds, OrderRow, payable)
        .where(counts, in_all)
        .cte("orders")
    )


def _seconds(dialect: str, until: Any) -> ColumnElement[int]:
    """Whole seconds since the order could be sent; never negative: the shop's clock may be ahead."""
    if dialect == "sqlite":
        passed: Any = (func.julianday(until) - func.julianday(OrderRow.payable_at)) * _DAY
    else:
        passed = extract("epoch", until - OrderRow.payable_at)
    whole = cast(func.round(passed), Integer)
    return case((until.is_(None), None), (whole < 0, 0), else_=whole)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), Integer)


def _percentiles(orders: CTE, seconds: ColumnElement[int]) -> CompoundSelect[Any]:
    """Select the median and the 95th percentile of each day, by nearest rank: the database sorts."""
    ranked = (
        select(
            orders.c.day,
            seconds.label("seconds"),
            func.row_number().over(partition_by=orders.c.day, order_by=seconds).label("rank"),
            func.count().over(partition_by=orders.c.day).label("number"),
        )
        .where(seconds.is_not(None))
        .subquery()
        .c
    )
    return union_all(
        *(
            select(ranked.day, literal(name), ranked.seconds).where(
                (ranked.rank * 100 - percent * ranked.number).between(0, 99)
            )
            for name, percent in PERCENTILES.items()
        )
    )

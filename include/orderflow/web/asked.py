"""The parameters of the page, and the list of orders that they request."""

from datetime import date, timedelta
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import Depends, HTTPException, Path, Query

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.domain.worklist import Worklist
from orderflow.ledger.orders import queries
from orderflow.ledger.orders.conditions import OrderFilter
from orderflow.web.answers import OrderAnswer, OrdersAnswer
from orderflow.web.source import FromSource, Source

Language = Literal["en", "nl"]
OrderId = Annotated[int, Path(ge=-(2**63), lt=2**63)]
Webshop = Annotated[int, Query(ge=-(2**63), lt=2**63)]
Words = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
"""PostgreSQL cannot store NUL in a text."""
Name = Annotated[str, Query(max_length=250, pattern=r"^[^\x00]*$")]
Day = Annotated[date, Query(ge=date(1900, 1, 1), le=date(9000, 1, 1))]
LONGEST_LIST = 200
LONGEST_PERIOD = 366


class Asked(NamedTuple):
    """The requested list of orders, and the source of its data."""

    source: Source
    wanted: OrderFilter
    sort: queries.Sort
    backwards: bool

    def page(self, limit: int, offset: int = 0) -> OrdersAnswer:
        """Return one page of them."""
        found = queries.orders(
            self.source.engine,
            self.wanted,
            old_before=self.source.old_before,
            sort=self.sort,
            backwards=self.backwards,
            limit=limit,
            offset=offset,
        )
        return OrdersAnswer(total=found.total, orders=[OrderAnswer.of(order, self.source) for order in found.orders])


def asked(
    source: FromSource,
    *,
    text: Words = "",
    worklist: Worklist | None = None,
    reason: Reason | None = None,
    webshop: Webshop | None = None,
    cause: Words = "",
    first: Day | None = None,
    last: Day | None = None,
    sort: queries.Sort = queries.Sort.NEWEST_CHANGE,
    backwards: bool = False,
) -> Asked:
    """Read the parameters; `first` and `last` are shop-local days, both inclusive.

    `cause` is used by links in messages: the orders with an open alert of that cause.
    """
    wanted = OrderFilter(text, worklist, reason, webshop, _asked_days(source, first, last), cause=cause)
    return Asked(source, wanted, sort, backwards)


IsAsked = Annotated[Asked, Depends(asked)]


def _asked_days(source: Source, first: date | None, last: date | None) -> list[Window]:
    """Return the days between both; without a first the year before the last, without a last everything up to today."""
    if first is None and last is None:
        return []
    zone = source.settings.timezone
    last = last or source.now.astimezone(ZoneInfo(zone)).date()
    return days_between(first or last - timedelta(days=LONGEST_PERIOD - 1), last, zone)


def days_between(first: date, last: date, zone: str) -> list[Window]:
    """Return the days from one to another; 422 if that is not a period, or one that is too long."""
    count = (last - first).days + 1
    if not 0 < count <= LONGEST_PERIOD:
        mistake = f"a period has 1 to {LONGEST_PERIOD} days, and the first comes first"
        raise HTTPException(422, [{"loc": ["query", "first"], "msg": mistake}])
    return [Window.of_day((first + timedelta(days=n)).isoformat(), zone) for n in range(count)]

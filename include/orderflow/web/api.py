"""What the page's scripts ask for, as JSON. Every route reads, none writes: retrying is for Airflow's own API."""

from datetime import date, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, HTTPException, Path, Query

from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.domain.worklist import Worklist
from orderflow.ledger.books.alerts import AlertBook
from orderflow.ledger.books.dry_runs import PlanBook
from orderflow.ledger.books.findings import FindingBook
from orderflow.ledger.database.clock import utc_now
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.orders import queries
from orderflow.ledger.orders.conditions import OrderFilter
from orderflow.web.answers import (
    AlertsAnswer,
    Frame,
    OrderAnswer,
    OrderDetail,
    OrdersAnswer,
    Overview,
    ReasonText,
    Summed,
)
from orderflow.web.finding_answers import FindingAnswer, FindingsAnswer
from orderflow.web.plan_answers import PlanAnswer
from orderflow.web.security import MayRetry, may_see_named_run
from orderflow.web.source import FromSource, Source

Language = Literal["en", "nl"]
OrderId = Annotated[int, Path(ge=-(2**63), lt=2**63)]
Webshop = Annotated[int, Query(ge=-(2**63), lt=2**63)]
Words = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
"""PostgreSQL has no text with a NUL."""
Name = Annotated[str, Query(max_length=250, pattern=r"^[^\x00]*$")]
Day = Annotated[date, Query(ge=date(1900, 1, 1), le=date(9000, 1, 1))]
LONGEST_LIST = 200
LONGEST_PERIOD = 366

router = APIRouter(prefix="/api")


@router.get("/frame")
def frame(source: FromSource, may_retry: MayRetry, language: Language = "en") -> Frame:
    """Return the settings, and the texts in the language that the settings or else the user's browser asks for."""
    page = source.settings.page
    spoken = language if page.language == "auto" else page.language
    return Frame(
        language=spoken,
        timezone=source.settings.timezone,
        refresh_seconds=page.refresh_seconds,
        may_retry=may_retry,
        webshops=queries.webshops(source.engine),
        worklists=list(Worklist),
        reasons={reason: ReasonText.of(reason, spoken) for reason in Reason},
    )


@router.get("/overview")
def overview(source: FromSource, days: Annotated[int, Query(ge=1, le=LONGEST_PERIOD)] = 28) -> Overview:
    """Return the last days, today included, and what is open whatever its day."""
    zone = source.settings.timezone
    today = source.now.astimezone(ZoneInfo(zone)).date()
    windows = _days(today - timedelta(days=days - 1), today, zone)
    return Overview(
        days=[window.key for window in windows],
        per_day=Summed.all_of(queries.per_day(source.engine, windows, old_before=source.old_before)),
        open=Summed.all_of(queries.open_groups(source.engine, old_before=source.old_before)),
    )


@router.get("/orders")
def orders(
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
    limit: Annotated[int, Query(ge=1, le=LONGEST_LIST)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> OrdersAnswer:
    """Return a page of the orders asked for; `first` and `last` are shop-local days, both included.

    `cause` is what the links of messages name: the orders that have an open alert of that cause.
    """
    windows = _asked_days(source, first, last)
    wanted = OrderFilter(text, worklist, reason, webshop, windows, cause=cause)
    found = queries.orders(source.engine, wanted, old_before=source.old_before, sort=sort, limit=limit, offset=offset)
    return OrdersAnswer(total=found.total, orders=[OrderAnswer.of(order, source) for order in found.orders])


@router.get("/orders/{order_id}/plan")
@router.get("/orders/{webshop}/{order_id}/plan", include_in_schema=False)
def order_plan(source: FromSource, may_retry: MayRetry, order_id: OrderId) -> PlanAnswer:
    """Return what the last dry run that met an order would have written, also of an order the ledger does not know."""
    return PlanAnswer.of(_plans(source).of_order(order_id, limit=LONGEST_LIST), with_bodies=may_retry)


@router.get("/orders/{order_id}")
@router.get("/orders/{webshop}/{order_id}", include_in_schema=False)
def order(source: FromSource, order_id: OrderId) -> OrderDetail:
    """Return an order with its log; 404 when the ledger has never seen it. Old links name a webshop before the id."""
    ledger = Ledger(source.engine)
    found = ledger.get(order_id)
    if found is None:
        raise HTTPException(404, f"the ledger does not know order id {order_id}")
    return OrderDetail.of(found, ledger.events(order_id=order_id), source)


@router.get("/run", dependencies=[Depends(may_see_named_run)])
def run(
    source: FromSource,
    *,
    dag_id: Name,
    run_id: Name,
    text: Words = "",
    limit: Annotated[int, Query(ge=1, le=LONGEST_LIST)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> OrdersAnswer:
    """Return a page of the orders that a run wrote about, with the last thing it wrote about each."""
    wanted = OrderFilter(text, run=(dag_id, run_id))
    found = queries.orders(
        source.engine,
        wanted,
        old_before=source.old_before,
        sort=queries.Sort.NEWEST_CHANGE,
        limit=limit,
        offset=offset,
    )
    last = queries.last_events(source.engine, (dag_id, run_id), [order.order_id for order in found.orders])
    return OrdersAnswer(
        total=found.total, orders=[OrderAnswer.of(order, source, last.get(order.order_id)) for order in found.orders]
    )


@router.get("/run/summary", dependencies=[Depends(may_see_named_run)])
def run_summary(source: FromSource, dag_id: Name, run_id: Name) -> list[Summed]:
    """Return where the orders that a run wrote about stand now."""
    wanted = OrderFilter(run=(dag_id, run_id))
    return Summed.all_of(queries.groups(source.engine, wanted, old_before=source.old_before))


@router.get("/run/plan", dependencies=[Depends(may_see_named_run)])
def run_plan(
    source: FromSource,
    may_retry: MayRetry,
    *,
    dag_id: Name,
    run_id: Name,
    limit: Annotated[int, Query(ge=1, le=LONGEST_LIST)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> PlanAnswer:
    """Return a page of the writes that a dry run would have made."""
    return PlanAnswer.of(_plans(source).of_run((dag_id, run_id), limit=limit, offset=offset), with_bodies=may_retry)


@router.get("/alerts")
def alerts(source: FromSource) -> AlertsAnswer:
    """Return what people were told about and is not over."""
    return AlertsAnswer.of(AlertBook(source.engine, clock=utc_now).open(), LONGEST_LIST)


@router.get("/findings")
def findings(source: FromSource, language: Language = "en") -> FindingsAnswer:
    """Return the differences between shop and ERP that are not resolved."""
    book = FindingBook(source.engine, clock=utc_now)
    found, last = book.open(), book.reconciliations(limit=1)
    return FindingsAnswer(
        total=len(found),
        compared_at=last[0].at if last else None,
        findings=[FindingAnswer.of(finding, language) for finding in found[:LONGEST_LIST]],
    )


def _plans(source: Source) -> PlanBook:
    return PlanBook(source.engine, clock=utc_now)


def _asked_days(source: Source, first: date | None, last: date | None) -> list[Window]:
    """Return the days between both; without a first the year up to the last, without a last all up to today."""
    if first is None and last is None:
        return []
    zone = source.settings.timezone
    last = last or source.now.astimezone(ZoneInfo(zone)).date()
    return _days(first or last - timedelta(days=LONGEST_PERIOD - 1), last, zone)


def _days(first: date, last: date, zone: str) -> list[Window]:
    """Return the days from one to another; 422 when that is no period, or one that is too long."""
    count = (last - first).days + 1
    if not 0 < count <= LONGEST_PERIOD:
        raise HTTPException(422, f"a period has 1 to {LONGEST_PERIOD} days, and the first comes first")
    return [Window.of_day((first + timedelta(days=n)).isoformat(), zone) for n in range(count)]

"""What the page's scripts request, as JSON. Every route only reads: retrying goes through Airflow's own API."""

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import StreamingResponse

from orderflow.domain.reasons import Reason
from orderflow.domain.worklist import Worklist
from orderflow.ledger.books.dry_runs import PlanBook
from orderflow.ledger.books.findings import FindingBook
from orderflow.ledger.database.clock import utc_now
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.shop_check import KeptCheck
from orderflow.ledger.orders import queries
from orderflow.ledger.orders.conditions import OrderFilter
from orderflow.ledger.orders.trends import open_ages
from orderflow.ledger.orders.trends import trends as day_trends
from orderflow.web.alert_answers import AlertsAnswer
from orderflow.web.answers import (
    Frame,
    OrderAnswer,
    OrderDetail,
    OrdersAnswer,
    Overview,
    ReasonText,
    Summed,
    WebshopName,
)
from orderflow.web.asked import (
    LONGEST_LIST,
    LONGEST_PERIOD,
    IsAsked,
    Language,
    Name,
    OrderId,
    Words,
    days_between,
)
from orderflow.web.finding_answers import FindingAnswer, FindingsAnswer
from orderflow.web.order_csv import LONGEST, as_csv
from orderflow.web.plan_answers import PlanAnswer
from orderflow.web.security import MayRetry, may_see_named_run
from orderflow.web.source import FromSource, Source
from orderflow.web.trend_answers import TrendsAnswer

NO_LEVEL = timedelta(hours=1)
"""The time within which orders are counted if the settings define no service level."""

router = APIRouter(prefix="/api")


@router.get("/frame")
def frame(source: FromSource, may_retry: MayRetry, language: Language = "en") -> Frame:
    """Return the settings, and the texts in the language of the settings or else of the user's browser."""
    page = source.settings.page
    spoken = language if page.language == "auto" else page.language
    return Frame(
        language=spoken,
        timezone=source.settings.timezone,
        refresh_seconds=page.refresh_seconds,
        may_retry=may_retry,
        webshops=[
            WebshopName(id=webshop, name=source.settings.webshop_name(webshop))
            for webshop in queries.webshops(source.engine)
        ],
        worklists=list(Worklist),
        reasons={reason: ReasonText.of(reason, spoken) for reason in Reason},
    )


@router.get("/overview")
def overview(source: FromSource, days: Annotated[int, Query(ge=1, le=LONGEST_PERIOD)] = 28) -> Overview:
    """Return the last days including today, and what is open from any day."""
    zone = source.settings.timezone
    today = source.now.astimezone(ZoneInfo(zone)).date()
    windows = days_between(today - timedelta(days=days - 1), today, zone)
    return Overview(
        days=[window.key for window in windows],
        per_day=Summed.all_of(queries.per_day(source.engine, windows, old_before=source.old_before)),
        open=Summed.all_of(queries.open_groups(source.engine, old_before=source.old_before)),
    )


@router.get("/trends")
def trends(source: FromSource, days: Annotated[int, Query(ge=1, le=LONGEST_PERIOD)] = 28) -> TrendsAnswer:
    """Return how long orders took on the last days including today, and the age of the open ones."""
    zone, level = source.settings.timezone, source.settings.alerts.level
    today = source.now.astimezone(ZoneInfo(zone)).date()
    windows = days_between(today - timedelta(days=days - 1), today, zone)
    within = level.within if level else NO_LEVEL
    found = day_trends(source.engine, windows, within=within, now=source.now)
    return TrendsAnswer.of([window.key for window in windows], found, level, open_ages(source.engine, source.now))


@router.get("/orders")
def orders(
    asked: IsAsked,
    limit: Annotated[int, Query(ge=1, le=LONGEST_LIST)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> OrdersAnswer:
    """Return one page of the matching orders."""
    return asked.page(limit, offset)


@router.get("/orders.csv")
def orders_csv(asked: IsAsked, language: Language = "en") -> StreamingResponse:
    """Return all matching orders as a file, up to the limit of one file."""
    name = f"orders-{asked.source.now.astimezone(ZoneInfo(asked.source.settings.timezone)):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(as_csv(asked.page(LONGEST), language), media_type="text/csv", headers=headers)


@router.get("/orders/{order_id}/plan")
@router.get("/orders/{webshop}/{order_id}/plan", include_in_schema=False)
def order_plan(source: FromSource, may_retry: MayRetry, order_id: OrderId) -> PlanAnswer:
    """Return what the last dry run with this order would have written, even if the ledger does not know the order."""
    return PlanAnswer.of(_plans(source).of_order(order_id, limit=LONGEST_LIST), with_bodies=may_retry)


@router.get("/orders/{order_id}")
@router.get("/orders/{webshop}/{order_id}", include_in_schema=False)
def order(source: FromSource, order_id: OrderId) -> OrderDetail:
    """Return an order with its log; 404 if the ledger does not know it. Old links have a webshop before the id."""
    ledger = Ledger(source.engine, clock=lambda: source.now)
    found = ledger.get(order_id)
    if found is None:
        raise HTTPException(404, f"the ledger does not know order id {order_id}")
    return OrderDetail.of(found, ledger, source)


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
    """Return one page of the orders that a run logged events for, with the run's last event of each."""
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
    """Return the current state of the orders that a run worked on."""
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
    """Return one page of the writes that a dry run would have made."""
    return PlanAnswer.of(_plans(source).of_run((dag_id, run_id), limit=limit, offset=offset), with_bodies=may_retry)


@router.get("/alerts")
def alerts(source: FromSource, language: Language = "en") -> AlertsAnswer:
    """Return what needs attention, by cause, snoozed ones last."""
    return AlertsAnswer.of(source, LONGEST_LIST, language)


@router.get("/check")
def check(source: FromSource) -> KeptCheck | None:
    """Return the last check of the assumptions about shop and ERP; null if there was none."""
    return Ledger(source.engine).checks.last()


@router.get("/findings")
def findings(source: FromSource, language: Language = "en") -> FindingsAnswer:
    """Return the unresolved differences between shop and ERP."""
    book = FindingBook(source.engine, clock=utc_now)
    found, last = book.open(), book.reconciliations(limit=1)
    shown = found[:LONGEST_LIST]
    orders = Ledger(source.engine).get_many({one.order_id for one in shown if one.order_id is not None})
    return FindingsAnswer(
        total=len(found),
        compared_at=last[0].at if last else None,
        findings=[
            FindingAnswer.of(one, None if one.order_id is None else orders.get(one.order_id), language) for one in shown
        ],
    )


def _plans(source: Source) -> PlanBook:
    return PlanBook(source.engine, clock=utc_now)

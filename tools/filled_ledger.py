"""A generated ledger like that of a busy shop after four months; the same seed gives the same ledger."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, Insert, String, cast, func, insert, literal, select

from orderflow.domain.decision import Action
from orderflow.domain.findings import FindingKind
from orderflow.domain.reasons import Reason
from orderflow.domain.states import IN_ERP, Progress
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import Outcome, Step
from orderflow.ledger.tables.alerts import AlertRow
from orderflow.ledger.tables.dry_runs import PlannedCallRow
from orderflow.ledger.tables.orders import EventRow, OrderRow
from orderflow.ledger.tables.reconciliation import FindingRow

DAYS = 120
CHUNK = 5_000
MIX: list[tuple[Progress, Reason | None, float]] = [
    (Progress.WRITTEN_BACK, None, 800),
    (Progress.SHIPMENT_SENT, None, 90),
    (Progress.SKIPPED, Reason.CANCELLED, 35),
    (Progress.SKIPPED, Reason.NOT_CONFIRMED, 20),
    (Progress.WAITING, Reason.PAYMENT_STARTED, 20),
    (Progress.WAITING, Reason.NOT_PAID, 15),
    (Progress.HELD, Reason.PAYMENT_UNKNOWN, 4),
    (Progress.HELD, Reason.ORDER_INCOMPLETE, 3),
    (Progress.REJECTED, Reason.ERP_REJECTED, 6),
    (Progress.IN_DOUBT, Reason.ERP_IN_DOUBT, 2),
    (Progress.STATE_SET, Reason.SHOP_UNAVAILABLE, 3),
]
"""Progress, reason and share. Of the problems, only those of the last two weeks are left."""
STEPS = [
    (Step.SELECT, "select_payable", Outcome.DECIDED),
    (Step.PUSH, "process_order.push_to_erp", Outcome.INTENT),
    (Step.PUSH, "process_order.push_to_erp", Outcome.DONE),
    (Step.PATCH_STATE, "process_order.patch_state", Outcome.DONE),
    (Step.PATCH_NUMBER, "process_order.patch_erp_order_number", Outcome.DONE),
    (Step.PUT_LINES, "process_order.put_order_lines", Outcome.DONE),
]
SAID = {
    Reason.ERP_REJECTED: "422 unknown product 124_STUK",
    Reason.ERP_IN_DOUBT: "no answer within 30 s",
    Reason.ORDER_INCOMPLETE: "missing: product key of line 2",
    Reason.SHOP_UNAVAILABLE: "503 Service Unavailable",
}
DIFFERENCES = {
    FindingKind.NUMBER_MISSING: ("", "ERP-100000"),
    FindingKind.AMOUNT_DIFFERS: ("120.00 EUR", "118.00 EUR"),
    FindingKind.CANCELLED_IN_SHOP: ("cancel", "open"),
}
"""What the shop has and what the ERP has."""
DRY_RUN_CALLS = 4_000
"""The number of calls in a dry run of a thousand orders."""
RUN = "scheduled__"
"""How the events' run ids begin; the day follows."""


def fill(engine: Engine, count: int, now: datetime, seed: int = 1, *, days: int = DAYS, unpaid: int = 0) -> None:
    """Put `count` orders of recent days into an empty ledger, with their events, alerts and findings.

    `unpaid` additional orders await payment, the oldest since the first of these days.
    """
    rows = _orders(count, now, random.Random(seed), days, unpaid)  # noqa: S311 - no secret
    with engine.begin() as connection:
        while chunk := [row for _, row in zip(range(CHUNK), rows, strict=False)]:
            connection.execute(insert(OrderRow), chunk)
        for step, task_id, outcome in STEPS:
            connection.execute(_events(step, task_id, outcome))
        alerts = select(OrderRow.order_id, OrderRow.reference, OrderRow.reason).where(
            OrderRow.progress.in_([Progress.REJECTED, Progress.IN_DOUBT])
        )
        for row in connection.execute(alerts.limit(30)).all():
            connection.execute(insert(AlertRow), _alert(*row, now=now))
        some = select(OrderRow.order_id, OrderRow.reference).limit(len(DIFFERENCES))
        for kind, found in zip(DIFFERENCES, connection.execute(some).all(), strict=False):
            connection.execute(insert(FindingRow), _finding(kind, *found, now=now))
        connection.execute(insert(PlannedCallRow), [_planned(number, now) for number in range(DRY_RUN_CALLS)])


def _orders(count: int, now: datetime, chance: random.Random, days: int, unpaid: int) -> Iterator[dict[str, Any]]:
    weights = [share for *_, share in MIX]
    for number in range(count, count + unpaid):
        seen = now - timedelta(seconds=chance.random() * days * 86_400)
        yield _order(100_000 + number, Progress.WAITING, Reason.NOT_PAID, seen=seen, now=now, chance=chance)
    for number in range(count):
        age = timedelta(seconds=chance.random() * days * 86_400)
        if chance.random() < 0.25 and (now - age).weekday() >= 5:  # noqa: PLR2004 - weekends are calmer
            age += timedelta(days=2)
        progress, reason, _ = chance.choices(MIX, weights)[0]
        if age > timedelta(days=14) and reason not in {None, Reason.CANCELLED, Reason.NOT_CONFIRMED}:
            progress, reason = Progress.WRITTEN_BACK, None
        if progress is Progress.WAITING and chance.random() < 0.05:  # noqa: PLR2004
            age += timedelta(days=30)
        yield _order(100_000 + number, progress, reason, seen=now - age, now=now, chance=chance)


def _order(
    order_id: int, progress: Progress, reason: Reason | None, *, seen: datetime, now: datetime, chance: random.Random
) -> dict[str, Any]:
    webshop = chance.choice([1, 1, 1, 2, 3])
    offline = progress is Progress.SHIPMENT_SENT and chance.random() < 0.5  # noqa: PLR2004
    in_erp = progress in IN_ERP and not offline
    exported = min(seen + timedelta(hours=chance.random() * 6), now)
    return {
        "webshop": webshop,
        "order_id": order_id,
        "reference": f"CS{order_id}",
        "external_reference": f"{webshop}/CS{order_id}" if in_erp else None,
        "partition": f"{seen:%Y-%m-%d}" if chance.random() < 0.5 else None,  # noqa: PLR2004 - else found by a sweep
        "progress": progress,
        "decision": Action.PROCESS,
        "reason": reason,
        "detail": SAID.get(reason, "") if reason else "",
        "total": Decimal(chance.randint(1_000, 250_000)).scaleb(-2),
        "currency": "EUR",
        "payment_status": "closed_success",
        "erp_number": f"ERP-{order_id}" if in_erp else None,
        "erp_lines": {"1": 10, "2": 20},
        "line_ids": {"1": order_id * 10, "2": order_id * 10 + 1},
        "attempts": 0,
        "first_seen_at": seen,
        "payable_at": seen if progress not in {Progress.WAITING, Progress.SKIPPED} and not offline else None,
        "failures": int(chance.random() < 0.03),  # noqa: PLR2004
        "pushed_at": exported if in_erp else None,
        "written_back_at": exported if in_erp else None,
        "updated_at": exported,
        "looked_at": max(exported, now - timedelta(seconds=chance.random() * 86_400)),
    }


def _events(step: Step, task_id: str, outcome: Outcome) -> Insert:
    """Add, in one statement, a run's event for each order that got this far."""
    columns: dict[str, Any] = {
        "order_id": OrderRow.order_id,
        "webshop": OrderRow.webshop,
        "at": OrderRow.updated_at,
        "dag_id": literal("orderflow_daily"),
        "run_id": literal(RUN) + func.substr(cast(OrderRow.first_seen_at, String), 1, 10),
        "task_id": literal(task_id),
        "map_index": OrderRow.order_id % 32,
        "try_number": literal(1),
        "step": literal(step, EventRow.step.type),
        "outcome": literal(outcome, EventRow.outcome.type),
        "message": literal(""),
        "reference": OrderRow.reference,
    }
    rows = select(*columns.values())
    if step is not Step.SELECT:
        rows = rows.where(OrderRow.erp_number.is_not(None))
    return insert(EventRow).from_select(list(columns), rows)


def _alert(order_id: int, name: str, reason: Reason | None, *, now: datetime) -> dict[str, Any]:
    message = SAID.get(reason, "") if reason else ""
    return {
        "subject": Subject.of_order(order_id, name).id,
        "order_id": order_id,
        "order": name,
        "reason": reason,
        "cause": reason,
        "title": message,
        "message": message,
        "seen": 3,
        "opened_at": now - timedelta(days=2),
        "last_seen_at": now - timedelta(minutes=12),
    }


def _finding(kind: FindingKind, order_id: int, name: str, *, now: datetime) -> dict[str, Any]:
    shop, erp = DIFFERENCES[kind]
    return {
        "kind": kind,
        "webshop": 1,
        "order_id": order_id,
        "external_reference": name,
        "shop_value": shop,
        "erp_value": erp,
        "detail": "",
        "day": f"{now:%Y-%m-%d}",
        "since": now - timedelta(days=1),
        "first_seen_at": now - timedelta(days=1),
        "last_seen_at": now,
    }


def _planned(number: int, now: datetime) -> dict[str, Any]:
    order_id = 100_000 + number // 4
    return {
        "at": now,
        "dag_id": "orderflow_daily",
        "run_id": "dry",
        "task_id": "process_order.push_to_erp",
        "map_index": number % 32,
        "try_number": 1,
        "subject": f"1/CS{order_id}",
        "order_id": order_id,
        "system": "shop",
        "method": "PUT",
        "path": f"/api/order/{order_id}/",
        "body": '{"state": "processing", "lines": [' + ", ".join(['{"price": 1.10}'] * 50) + "]}",
    }

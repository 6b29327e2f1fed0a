"""After a roll-back every table may hold values that newer code has added: whatever reads the ledger reads them."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import JSON, Boolean, DateTime, Integer, MetaData, Numeric, insert
from sqlalchemy.types import TypeEngine

from orderflow.domain.people import RecordKey
from orderflow.domain.retention import Retention
from orderflow.flow.exported import sent_lines
from orderflow.flow.reporting.groups import grouped
from orderflow.ledger.database.columns import StoredEnum
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.tables.base import Base
from orderflow.ledger.tables.compatibility import CompatibilityRow
from orderflow.web import api

LONG_AGO = datetime(2025, 1, 1)  # noqa: DTZ001 - as SQLite keeps it
OPEN = {"closed_at", "resolved_at", "undone_at", "claimed_until", "claim_token", "answered_at", "accepted_value"}
"""What is null while something is open, or in nobody's hands."""
SLIP = {
    "number": "1", "slip_date": "2026-11-22", "planned_delivery_date": None, "carrier": None, "tracking_code": None,
    "comment": None, "order_numbers": ["1"], "items": [], "of_tomorrow": 1,
}  # fmt: skip
LINE = {"position": 1, "line_id": 1, "content": "c", "of_tomorrow": 1}
JSONS = {
    "content": SLIP, "sent_lines": [LINE], "totals": [], "erp_lines": {"1": 1}, "line_ids": {"1": 1},
    "former_numbers": ["0"],
}  # fmt: skip


def _value(name: str, kind: TypeEngine[Any]) -> Any:
    if name in JSONS:
        return JSONS[name]
    if isinstance(kind, JSON):
        return {"of_tomorrow": None}
    if isinstance(kind, DateTime):
        return LONG_AGO
    return True if isinstance(kind, Boolean) else 1 if isinstance(kind, (Integer, Numeric)) else "1"


@pytest.fixture
def newer(ledger: Ledger) -> Ledger:
    """Return a ledger with a row in every table, and a value of newer code wherever there is a closed set of them."""
    there = MetaData()
    there.reflect(ledger._engine)
    with ledger._engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if table is CompatibilityRow.__table__:
                continue  # what says that this code may read all others
            row = {
                column.name: "of_tomorrow"
                if isinstance(column.type, StoredEnum)
                else _value(column.name, there.tables[table.name].c[column.name].type)
                for column in table.columns
                if column.name not in OPEN
            }
            if ledger._engine.dialect.name == "postgresql":
                row = {name: value.replace(tzinfo=UTC) if value is LONG_AGO else value for name, value in row.items()}
            connection.execute(insert(there.tables[table.name]), row)
    return ledger


def test_the_page_shows_them(newer: Ledger, page: httpx.Client) -> None:
    for route in api.router.routes:
        assert isinstance(route, APIRoute)
        path = route.path.replace("{order_id}", "1").replace("{webshop}", "1")
        answer = page.get(path, params={"dag_id": "1", "run_id": "1"})
        assert answer.status_code < 500, (path, answer.text)
    assert page.get("/api/orders/1").status_code == 200
    assert page.get("/api/orders").json()["orders"]
    assert newer.get(1) is not None


def test_the_books_read_them(newer: Ledger) -> None:
    known = newer.get(1)
    assert known
    assert [line.line_id for line in sent_lines(known)] == [1]
    assert [order.order_id for order in newer.open_orders()] in ([], [1])
    assert [group.reason.value for group in grouped(newer, newer.alerts.open())] == ["of_tomorrow"]
    assert [finding.kind.value for finding in newer.findings.unresolved()] == ["of_tomorrow"]
    assert newer.findings.reconciliations()
    assert newer.shipments.get_many(["1"])["1"].progress.value == "of_tomorrow"
    assert [shipment.number for shipment in newer.shipments.of_order("1")] == ["1"]
    assert newer.shipments.open() is not None
    assert newer.questions.of_order(1)[0].answer is not None
    assert newer.people.parties.get(RecordKey("1", "1")).code == "1"
    assert newer.days.earliest() == "1"
    assert newer.plans.of_order(1, limit=9).calls


def test_what_is_old_and_what_is_to_be_forgotten_goes_all_the_same(newer: Ledger) -> None:
    newer.housekeeping.purge(Retention().ages)
    newer.housekeeping.erase(1)
    known = newer.get(1)
    assert known
    assert (known.reference, known.progress.value) == ("", "of_tomorrow")

"""Erasing an order: a name planted in every text of every table is gone, except where it is needed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON, Column, String, Table, insert, select, update

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.errors import ClaimedElsewhereError
from orderflow.ledger.database.columns import ExactDecimal, StoredEnum, UtcDateTime
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.tables.base import Base
from orderflow.ledger.tables.orders import OrderRow
from orderflow.ledger.tables.shipments import ShipmentOrderRow, ShipmentRow
from support.clock import Clock

NAME = "Wilhelmina Canary"
ORDER, OTHER = 4711, 4712
SLIP = {
    "number": "S1",
    "slip_date": "2026-11-22",
    "planned_delivery_date": None,
    "carrier": NAME,
    "tracking_code": NAME,
    "comment": NAME,
    "order_numbers": ["SO1"],
    "items": [],
}
LINKS: dict[str, dict[str, Any]] = {
    "orderflow_order": {"order_id": ORDER, "webshop": 1, "customer_key": f"web/{NAME}", "ship_to_key": f"web/{NAME} 2"},
    "orderflow_event": {"id": 1, "order_id": ORDER},
    "orderflow_alert": {"id": 900, "order_id": ORDER, "subject": f"order {ORDER}", "slip": "", "cause": "c"},
    "orderflow_notice": {"alert_id": 900},
    "orderflow_question": {"id": 1, "order_id": ORDER, "alert_id": 900},
    "orderflow_resolution": {"id": 1, "order_id": ORDER},
    "orderflow_snooze": {"cause": "c"},
    "orderflow_planned_call": {"id": 1, "order_id": ORDER},
    "orderflow_finding": {"id": 1, "order_id": ORDER, "webshop": 1},
    "orderflow_refusal": {"id": 1, "order": str(ORDER)},
    "orderflow_slip": {"number": "S1", "content": SLIP, "progress": ShipmentProgress.SENT},
    "orderflow_slip_order": {"number": "S1", "order_number": "SO1", "shop_order_id": ORDER},
    "orderflow_record": {"origin": "web", "record_id": 5},
    "orderflow_party": {"origin": "web"},
    "orderflow_guest": {"origin": "web"},
}
"""How a row of each table that may say something of an order belongs to it."""
KEPT: dict[str, dict[str, Any]] = {
    "orderflow_order": {
        "external_reference": "1/CS1",
        "erp_number": "SO1",
        "former_numbers": ["SO0"],
        "idempotency_key": "key",
        "payload_hash": "hash",
        "erp_lines": {"1": 10},
        "line_ids": {"1": 7},
        "sent_lines": [],
        "partition": "2026-11-22",
        "claim_token": None,
        "claimed_until": None,
    },
    "orderflow_event": {"dag_id": "d", "run_id": "r", "task_id": "t", "partition": "2026-11-22"},
    "orderflow_snooze": {"by": "anna"},
    "orderflow_slip": {"content_hash": "hash", "claim_token": None, "claimed_by": None, "claimed_until": None},
    "orderflow_slip_order": {"external_reference": "1/CS1"},
    "orderflow_party": {"claim_token": None, "claimed_by": None, "claimed_until": None, "intended_at": None},
}
"""What an order cannot do without, and texts of the machine."""
OF_NO_ORDER = {
    "orderflow_compatibility",
    "orderflow_day",  # days and runs
    "orderflow_gate",
    "orderflow_listing",
    "orderflow_look",  # ids and runs, for a week
    "orderflow_memo",  # ids and settings
    "orderflow_reading",
    "orderflow_reconciliation",  # sums of days
}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def value(column: Column[Any]) -> Any:
    match column.type:
        case StoredEnum():
            return next(iter(column.type.kind))
        case UtcDateTime():
            return NOW
        case JSON():
            return {NAME: None}
        case String():
            return NAME
        case ExactDecimal():
            return Decimal(1)
        case _:
            return 1


def planted(table: Table) -> dict[str, Any]:
    row = {column.name: value(column) for column in table.columns}
    return row | KEPT.get(table.name, {}) | LINKS[table.name]


def plant(ledger: Ledger) -> None:
    with ledger._engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in OF_NO_ORDER:
                connection.execute(insert(table).values(planted(table)))


def texts(ledger: Ledger) -> dict[str, str]:
    with ledger._engine.connect() as connection:
        return {
            table.name: repr([tuple(row) for row in connection.execute(select(table))])
            for table in Base.metadata.sorted_tables
        }


def test_every_table_is_erased_from_or_knows_no_order() -> None:
    assert {table.name for table in Base.metadata.sorted_tables} == LINKS.keys() | OF_NO_ORDER


def test_a_planted_name_is_gone_and_what_is_needed_is_left(ledger: Ledger, clock: Clock) -> None:
    clock.now = NOW
    plant(ledger)
    assert {table for table, text in texts(ledger).items() if NAME in text} >= LINKS.keys() - {"orderflow_slip_order"}

    erased = ledger.housekeeping.erase(ORDER)

    assert [table for table, text in texts(ledger).items() if NAME in text] == []
    order = ledger.get(ORDER)
    assert order is not None
    assert (order.external_reference, order.erp_number, order.payload_hash) == ("1/CS1", "SO1", "hash")
    assert any("second time" in line for line in erased.left)
    assert any("packing slip S1" in line for line in erased.left)


@pytest.mark.parametrize(
    "named",
    [
        {"order_number": "SO0"},
        {"order_number": "SO2", "shop_order_id": ORDER},
        {"order_number": "SO2", "external_reference": "1/CS1"},
    ],
    ids=str,
)
def test_slips_of_an_order_that_the_erp_renumbered_are_erased_too(
    ledger: Ledger, clock: Clock, named: dict[str, Any]
) -> None:
    clock.now = NOW
    plant(ledger)
    with ledger._engine.begin() as connection:
        connection.execute(
            update(ShipmentOrderRow).values({"shop_order_id": None, "external_reference": None, **named})
        )
    ledger.housekeeping.erase(ORDER)
    assert NAME not in texts(ledger)["orderflow_slip"]


def test_what_another_order_uses_is_left_and_said(ledger: Ledger, clock: Clock) -> None:
    clock.now = NOW
    plant(ledger)
    with ledger._engine.begin() as connection:
        other = planted(Base.metadata.tables["orderflow_order"])
        connection.execute(
            insert(OrderRow).values(other | {"order_id": OTHER, "external_reference": "1/CS2", "ship_to_key": None})
        )
        connection.execute(update(ShipmentRow).values(progress=ShipmentProgress.OPEN))

    left = ledger.housekeeping.erase(ORDER).left

    assert any(f"order id {OTHER} has it too" in line for line in left)
    assert any("has not got it yet" in line for line in left)
    kept = texts(ledger)
    assert NAME in kept["orderflow_party"]
    assert NAME in kept["orderflow_slip"]
    found = ledger.get(OTHER)
    assert found is not None
    assert found.customer_key == f"web/{NAME}"


def test_an_order_at_work_is_not_erased(ledger: Ledger, clock: Clock, run: RunRef) -> None:
    clock.now = NOW
    plant(ledger)
    with ledger.claim(ORDER, run), pytest.raises(ClaimedElsewhereError):
        ledger.housekeeping.erase(ORDER)
    clock.now = NOW + timedelta(hours=1)
    assert ledger.housekeeping.erase(ORDER).order_id == ORDER


def test_an_alert_of_something_else_loses_the_message_that_names_the_order(ledger: Ledger, clock: Clock) -> None:
    clock.now = NOW
    plant(ledger)
    ledger.alerts.see(Subject.of_task("d", "t"), Reason.ERP_UNAVAILABLE, f"order 1/CS1: refused {NAME}")
    ledger.alerts.see(Subject.of_task("d", "u"), Reason.ERP_UNAVAILABLE, "order 1/CS10: refused")

    ledger.housekeeping.erase(ORDER)

    assert [alert.message for alert in ledger.alerts.open()] == ["", "order 1/CS10: refused"]


def test_an_order_that_only_a_dry_run_has_met_is_erased(ledger: Ledger, run: RunRef) -> None:
    call = PlannedCall(subject=NAME, order_id=ORDER, system="erp", method="POST", path="/", body=NAME)
    ledger.plans.keep(run, [call])
    assert ledger.housekeeping.erase(ORDER).left == []
    assert ledger.plans.of_order(ORDER, limit=1).total == 0

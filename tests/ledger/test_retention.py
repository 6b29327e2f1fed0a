"""Old data is removed, a limited number of rows at a time; what is open or needed stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from orderflow.domain.findings import FindingKind
from orderflow.domain.last_step import LastStep
from orderflow.domain.people import RecordKind
from orderflow.domain.reasons import Reason
from orderflow.domain.retention import Kept, Retention
from orderflow.domain.shipment import ShipmentProgress
from orderflow.domain.states import Progress
from orderflow.ledger.books import retention
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import Outcome, Step
from orderflow.ledger.tables.alerts import AlertRow, NoticeRow
from orderflow.ledger.tables.base import Base
from orderflow.ledger.tables.orders import EventRow, OrderRow
from orderflow.ledger.tables.people import GuestRow, PartyRow, RecordRow
from orderflow.ledger.tables.reconciliation import FindingRow, ReconciliationRow
from orderflow.ledger.tables.shipments import ShipmentOrderRow, ShipmentRow
from support.clock import Clock

NOW = datetime(2028, 1, 1, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=401), NOW - timedelta(days=399)
EVERYTHING = Retention().ages
ALERT = {
    "order": "1/CS1", "reason": Reason.ERP_REJECTED, "cause": "c", "title": "", "message": "m", "slip": "", "seen": 1,
    "opened_at": OLD, "last_seen_at": OLD,
}  # fmt: skip
FINDING = {
    "kind": next(iter(FindingKind)), "webshop": 1, "shop_value": "", "erp_value": "", "detail": "", "day": "2026-01-01",
    "since": OLD, "first_seen_at": OLD, "last_seen_at": OLD,
}  # fmt: skip
EVENT = {
    "dag_id": "d", "run_id": "r", "task_id": "t", "map_index": -1, "try_number": 1, "step": Step.PUSH,
    "outcome": Outcome.INTENT, "message": "m", "reference": "",
}  # fmt: skip
PARTY = {
    "origin": "web", "in_erp": True, "addresses": {}, "attempts": 0, "intended_at": None, "claim_token": None,
    "claimed_until": None,
}  # fmt: skip
SLIP = {
    "number": "S", "slip_date": "2026-11-22", "planned_delivery_date": None, "carrier": "C", "tracking_code": None,
    "comment": "ring twice", "order_numbers": ["SO1"], "items": [],
}  # fmt: skip


@pytest.fixture
def aged(ledger: Ledger, clock: Clock) -> Ledger:
    """Return a ledger with an old, a young, and an old but open row of each kind."""
    clock.now = NOW
    order = {"webshop": 1, "reference": "CS", "detail": "", "erp_lines": {}, "line_ids": {}, "attempts": 0,
             "first_seen_at": OLD, "customer_key": "web/1", "erp_number": None}  # fmt: skip
    slip = {"content": SLIP, "content_hash": "h", "detail": "", "first_seen_at": OLD, "attempts": 0}
    rows: list[tuple[Any, list[dict[str, Any]]]] = [
        (
            OrderRow.__table__,
            [
                {**order, "order_id": 1, "progress": Progress.SHIPMENT_SENT, "updated_at": OLD, "erp_number": "SO1"},
                {**order, "order_id": 2, "progress": Progress.SHIPMENT_SENT, "updated_at": YOUNG},
                {**order, "order_id": 3, "progress": Progress.PUSHING, "updated_at": OLD},
                {**order, "order_id": 4, "progress": Progress.SHIPMENT_SENT, "updated_at": OLD},
            ],
        ),
        (EventRow.__table__, [{**EVENT, "order_id": 1, "at": OLD}, {**EVENT, "order_id": 1, "at": YOUNG}]),
        (
            AlertRow.__table__,
            [
                {**ALERT, "id": 901, "subject": "order 1", "order_id": 1, "closed_at": OLD},
                {**ALERT, "id": 902, "subject": "order 2", "order_id": 2, "closed_at": YOUNG},
                {**ALERT, "id": 903, "subject": "order 4", "order_id": 4, "closed_at": None},
            ],
        ),
        (
            NoticeRow.__table__,
            [
                {"alert_id": n, "channel": "mail", "phase": "opened", "run": "r", "said": True, "taken_until": OLD}
                for n in (901, 902, 903)
            ],
        ),
        (
            FindingRow.__table__,
            [
                {**FINDING, "external_reference": "1", "resolved_at": OLD},
                {**FINDING, "external_reference": "2", "resolved_at": YOUNG},
                {**FINDING, "external_reference": "3", "resolved_at": None},
            ],
        ),
        (
            ShipmentRow.__table__,
            [
                {**slip, "number": "S1", "progress": ShipmentProgress.SENT, "updated_at": OLD},
                {**slip, "number": "S2", "progress": ShipmentProgress.SENT, "updated_at": YOUNG},
                {**slip, "number": "S3", "progress": ShipmentProgress.OPEN, "updated_at": OLD},
                {**slip, "number": "S4", "progress": ShipmentProgress.SKIPPED, "updated_at": OLD},
            ],
        ),
        (
            ReconciliationRow.__table__,
            [
                {"dag_id": "d", "run_id": "r", "at": at, "first_day": "", "last_day": "", "compared": 0, "in_flight": 0,
                 "unreadable": 0, "findings": 0, "overdue": 0, "resolved": 0, "totals": []}
                for at in (OLD, YOUNG)
            ],
        ),
        (
            RecordRow.__table__,
            [
                {"kind": kind, "record_id": n, "origin": "web", "key": str(n), "seen_at": seen}
                for kind, n, seen in (
                    (RecordKind.CUSTOMER, 1, OLD), (RecordKind.ADDRESS, 7, OLD), (RecordKind.CUSTOMER, 8, YOUNG)
                )
            ],
        ),
        (
            PartyRow.__table__,
            [
                {**PARTY, "key": "1", "updated_at": OLD},
                {**PARTY, "key": "7", "updated_at": OLD},
                {**PARTY, "key": "8", "updated_at": YOUNG},
                {**PARTY, "key": "9", "updated_at": OLD, "intended_at": OLD},
                {**PARTY, "key": "10", "updated_at": OLD, "claim_token": "t", "claimed_until": YOUNG},
            ],
        ),
        (
            GuestRow.__table__,
            [
                {"mail_hash": "a", "origin": "web", "key": "1", "seen_at": OLD},
                {"mail_hash": "b", "origin": "web", "key": "7", "seen_at": OLD},
                {"mail_hash": "c", "origin": "web", "key": "7", "seen_at": YOUNG},
            ],
        ),
    ]  # fmt: skip
    with ledger._engine.begin() as connection:
        for table, values in rows:
            connection.execute(insert(table), values)
    return ledger


def of(ledger: Ledger, column: Any) -> list[Any]:
    with ledger._engine.connect() as connection:
        return list(connection.execute(select(column).order_by(column)).scalars())


def test_what_is_old_and_over_is_removed_and_nothing_else(aged: Ledger) -> None:
    removed = aged.housekeeping.purge(EVERYTHING)

    assert removed == dict.fromkeys(Kept, 1) | {Kept.CUSTOMERS: 3, Kept.SHIPMENTS: 2}, "a record, a party and a guest"
    assert of(aged, EventRow.at) == [YOUNG]
    assert of(aged, AlertRow.id) == of(aged, NoticeRow.alert_id) == [902, 903]
    assert of(aged, FindingRow.external_reference) == ["2", "3"]
    assert of(aged, ReconciliationRow.at) == [YOUNG]
    slips = aged.shipments.get_many(["S1", "S2", "S3", "S4"])
    comments = {number: slip.content.comment for number, slip in slips.items()}
    assert comments == {"S1": None, "S2": "ring twice", "S3": "ring twice", "S4": None}
    orders = aged.get_many([1, 2, 3, 4])
    assert [orders[n].customer_key for n in (1, 2, 3, 4)] == [None, "web/1", "web/1", "web/1"]
    assert orders[1].erp_number == "SO1"
    assert of(aged, RecordRow.key) == ["1", "8"], "an order names 1"
    assert of(aged, PartyRow.key) == ["1", "10", "8", "9"], "9 is in doubt, and a run works on 10"
    assert of(aged, GuestRow.mail_hash) == ["a", "c"]
    assert aged.housekeeping.purge(EVERYTHING) == dict.fromkeys(Kept, 0), "once"


def test_an_order_that_was_written_back_is_reduced_once_nothing_is_awaited(ledger: Ledger, clock: Clock) -> None:
    """Where the shop gets despatch advices, being written back is an order's end."""
    clock.now = NOW
    order = {"reference": "CS", "detail": "", "erp_lines": {}, "line_ids": {}, "attempts": 0, "webshop": 1,
             "progress": Progress.WRITTEN_BACK, "customer_key": "web/1", "first_seen_at": OLD}  # fmt: skip
    steps = [
        (LastStep.DESPATCH_ADVICE, "SO1", OLD), (LastStep.DESPATCH_ADVICE, "SO2", YOUNG), (LastStep.DONE, "SO3", OLD),
        (LastStep.DESPATCH_ADVICE, "SO4", OLD), (LastStep.DESPATCH_ADVICE, "SO5", OLD), (None, "SO6", OLD),
    ]  # fmt: skip
    of_slips = [("S4", "SO4", ShipmentProgress.HELD), ("S5", "SO5", ShipmentProgress.SENT)]
    slip = {"content": {**SLIP, **dict.fromkeys(("carrier", "comment"))}, "content_hash": "h", "detail": "",
            "first_seen_at": OLD, "updated_at": OLD, "attempts": 0}  # fmt: skip
    with ledger._engine.begin() as connection:
        connection.execute(
            insert(OrderRow),
            [
                {**order, "order_id": n, "last_step": step, "erp_number": number, "updated_at": at}
                for n, (step, number, at) in enumerate(steps, 1)
            ],
        )
        connection.execute(
            insert(ShipmentRow), [{**slip, "number": number, "progress": progress} for number, _, progress in of_slips]
        )
        connection.execute(
            insert(ShipmentOrderRow), [{"number": number, "order_number": order} for number, order, _ in of_slips]
        )
    assert ledger.housekeeping.purge(EVERYTHING)[Kept.ORDERS] == 3
    reduced = {n for n, order in ledger.get_many(range(1, 7)).items() if order.customer_key is None}
    assert reduced == {1, 5, 6}, "2 is young, 3 is still to be finished, and a slip of 4 is still to be sent"


def test_null_keeps_for_ever(aged: Ledger) -> None:
    kept = Retention(events=None, orders=None).ages
    assert aged.housekeeping.purge(kept).keys() == set(Kept) - {Kept.EVENTS, Kept.ORDERS}
    assert of(aged, EventRow.at) == [OLD, YOUNG]


def test_a_day_removes_no_more_than_its_batches(ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.now = NOW
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    with ledger._engine.begin() as connection:
        connection.execute(insert(EventRow), [{**EVENT, "order_id": 1, "at": OLD} for _ in range(7)])

    removed = [ledger.housekeeping.purge(EVERYTHING)[Kept.EVENTS] for _ in range(3)]

    assert removed == [4, 3, 0]
    with ledger._engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(EventRow)) == 0


def test_customers_go_in_batches_and_those_that_an_order_has_named_meanwhile_stay(
    ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.now = NOW
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    order = {"progress": Progress.PUSHING, "reference": "CS", "detail": "", "erp_lines": {}, "line_ids": {},
             "attempts": 0, "first_seen_at": OLD, "updated_at": NOW}  # fmt: skip
    with ledger._engine.begin() as connection:
        connection.execute(insert(PartyRow), [{**PARTY, "key": str(n), "updated_at": OLD} for n in range(8)])
        connection.execute(insert(OrderRow), [{**order, "order_id": 1, "ship_to_key": "web/0"}])
        connection.execute(insert(OrderRow), [{**order, "order_id": 2, "bill_to_key": "web/1"}])

    met: list[str] = []

    def name_another(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """Let a run name a customer that is about to be removed."""
        if "FROM orderflow_party LEFT OUTER JOIN" in statement.replace("\n", "") and not met:
            met.append(statement)
            with ledger._engine.begin() as beside:
                beside.execute(insert(OrderRow), [{**order, "order_id": 3, "customer_key": "web/3"}])

    event.listen(ledger._engine, "after_cursor_execute", name_another)
    removed = [ledger.housekeeping.purge(EVERYTHING)[Kept.CUSTOMERS] for _ in range(3)]
    assert removed == [3, 2, 0]
    assert of(ledger, PartyRow.key) == ["0", "1", "3"]


PLACES = {
    "orderflow_event", "orderflow_alert", "orderflow_notice", "orderflow_finding", "orderflow_reconciliation",
    "orderflow_slip", "orderflow_order", "orderflow_record", "orderflow_party", "orderflow_guest",
    "orderflow_planned_call", "orderflow_refusal", "orderflow_question", "orderflow_resolution", "orderflow_snooze",
}  # fmt: skip
"""Tables with something about a person, or with what was said about an order: something removes their old rows."""
ELSEWHERE = {
    "orderflow_slip_order", "orderflow_reading", "orderflow_listing", "orderflow_gate", "orderflow_day",
    "orderflow_memo", "orderflow_compatibility", "orderflow_look",
}  # fmt: skip
"""Numbers, instants and counters."""


def test_no_table_was_forgotten() -> None:
    """A new table has to be put on one side or the other, and into the inventory of docs/explanation/security.md."""
    assert set(Base.metadata.tables) - PLACES - ELSEWHERE == set()

"""Upgrading a ledger keeps every row's meaning: orders in every state, their log, and open alerts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import URL, Connection, MetaData, Table

from orderflow.domain.decision import Action
from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import Shipment, ShipmentItem, ShipmentProgress
from orderflow.domain.states import Progress
from orderflow.ledger.opening import open_ledger
from support.old_ledgers import ledger_of

THEN = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHY = {progress: Reason.CANCELLED if progress is Progress.SKIPPED else Reason.SHOP_REFUSED for progress in Progress}
IDS = dict(enumerate(Progress, start=1))


def _add(connection: Connection, table: str, **values: Any) -> None:
    into = Table(f"orderflow_{table}", MetaData(), autoload_with=connection)
    connection.execute(into.insert().values(values))


@pytest.mark.parametrize("revision", ["0014", "0018", "0019", "0022", "0026", "0027"])
def test_orders_in_every_state_with_open_alerts_keep_what_they_are(empty_url: URL, revision: str) -> None:
    engine = ledger_of(empty_url, revision)
    then = THEN if engine.dialect.name == "postgresql" else THEN.replace(tzinfo=None)
    for order_id, progress in IDS.items():
        with engine.begin() as connection:
            _add(
                connection, "order", order_id=order_id, webshop=2, reference=f"CS{order_id}",
                external_reference=f"2/CS{order_id}", progress=progress.value, decision="process",
                reason=WHY[progress].value, detail="why", partition="2026-11-21", attempts=3, erp_number=f"E{order_id}",
                erp_lines={"1": 10}, line_ids={"1": 70}, first_seen_at=then, updated_at=then,
            )  # fmt: skip
            _add(
                connection, "event", order_id=order_id, at=then, dag_id="d", run_id="r", task_id="t", map_index=-1,
                try_number=1, step="push_to_erp", outcome="failed", reason=WHY[progress].value, message="m",
                reference="",
            )  # fmt: skip
            _add(
                connection, "alert", subject=f"order {order_id}", order_id=order_id, order=f"2/CS{order_id}",
                reason="shop_refused", cause="c", title="", message="said", seen=order_id, opened_by="d r",
                opened_at=then, last_seen_at=then,
            )  # fmt: skip

    ledger = open_ledger(empty_url, clock=lambda: THEN + timedelta(hours=1))

    for order_id, progress in IDS.items():
        kept = ledger.get(order_id)
        assert kept is not None
        assert (kept.progress, kept.decision, kept.reason) == (progress, Action.PROCESS, WHY[progress])
        assert (kept.detail, kept.partition, kept.attempts, kept.name) == ("why", "2026-11-21", 3, f"2/CS{order_id}")
        assert (kept.erp_number, kept.erp_lines, kept.line_ids) == (f"E{order_id}", {1: 10}, {1: 70})
        assert kept.first_seen_at == kept.updated_at == THEN
        assert (kept.former_numbers, kept.last_step) == (None, None)
        assert [(event.outcome, event.reason) for event in ledger.events(order_id=order_id)] == [
            ("failed", WHY[progress])
        ]
    lists = {known.order_id for known in ledger.open_orders()}
    ends = {Progress.SKIPPED, Progress.WRITTEN_BACK, Progress.SHIPMENT_SENT}
    assert lists == {order_id for order_id, progress in IDS.items() if progress not in ends}
    assert {alert.order_id: alert.seen for alert in ledger.alerts.open()} == {n: n for n in IDS}


@pytest.mark.parametrize("revision", ["0014", "0026", "0027"])
def test_packing_slips_in_every_state_keep_what_they_are_and_whose(empty_url: URL, revision: str) -> None:
    engine = ledger_of(empty_url, revision)
    then = THEN if engine.dialect.name == "postgresql" else THEN.replace(tzinfo=None)
    slips = {progress: _slip(progress) for progress in ShipmentProgress}
    with engine.begin() as connection:
        for progress, slip in slips.items():
            content = slip.model_dump(mode="json", exclude={"shop_order_ids", "external_references"})
            _add(
                connection, "slip", number=slip.number, progress=progress.value, reason="not_a_shop_order",
                detail="why", content=content, content_hash=slip.content_hash, first_seen_at=then, updated_at=then,
                attempts=2,
            )  # fmt: skip
            for number in slip.order_numbers:
                _add(connection, "slip_order", number=slip.number, order_number=number)

    ledger = open_ledger(empty_url, clock=lambda: THEN + timedelta(hours=1))

    for progress, slip in slips.items():
        (kept,) = ledger.shipments.of_order(f"E-{progress}")
        assert (kept.progress, kept.reason, kept.detail) == (progress, Reason.NOT_A_SHOP_ORDER, "why")
        assert (kept.content, kept.content_hash, kept.attempts) == (slip, slip.content_hash, 2)
        assert kept.first_seen_at == kept.updated_at == THEN
    assert ledger.shipments.note(slips.values()) == ([], []), "the ERP says the same as before"
    assert [slip.progress for slip in ledger.shipments.skipped_of(["E-skipped"])] == [ShipmentProgress.SKIPPED]
    assert ledger.shipments.skipped_and_known() == []


def _slip(progress: ShipmentProgress) -> Shipment:
    item = ShipmentItem(order_number=f"E-{progress}", line_number=10, quantity=Decimal("1.5"), product_key="K")
    return Shipment(
        number=f"PS-{progress}",
        slip_date=THEN.date(),
        planned_delivery_date=None,
        carrier="DHL",
        tracking_code="3S1",
        comment=None,
        order_numbers=(f"E-{progress}",),
        items=(item,),
    )

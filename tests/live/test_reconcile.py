"""The reconciliation on a real scheduler."""

import csv
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.control import SandboxControl
from support.live_airflow import Live

RECONCILE = "orderflow_reconcile"


def test_a_compared_week_is_green_and_red_once_an_order_is_gone_from_the_erp(
    live: Live, control: SandboxControl
) -> None:
    day = f"{datetime.now(ZoneInfo('Europe/Amsterdam')) - timedelta(days=3):%Y-%m-%d}"
    control.reset(day=day, count=6, payable_only=True)
    _, state = live.run(day)
    assert state == "success"
    live.airflow.unpause(RECONCILE)
    control.clear_journal()

    run_id, state = live.run(dag_id=RECONCILE)
    assert state == "success", live.log(run_id, "compare_shop_and_erp", dag_id=RECONCILE)
    assert live.airflow.xcom(RECONCILE, run_id, "compare_shop_and_erp")["findings"] == 0

    assert "no digest is sent" in live.log(run_id, "send_digest", dag_id=RECONCILE)

    lost = control.erp_orders()[0]
    control.remove_erp_order(lost["number"])
    run_id, state = live.run(dag_id=RECONCILE)

    assert state == "failed"
    reference = lost["request"]["external_reference"]
    assert reference in live.log(run_id, "compare_shop_and_erp", dag_id=RECONCILE)
    (message,) = live.messages
    assert "sides_differ: `gone_from_erp` — 1 order" in message["text"]
    digest = live.log(run_id, "send_digest", dag_id=RECONCILE)
    assert "Differences between shop and ERP: 1 open." in digest, "sent on Mondays, else in its log"
    assert [finding.external_reference for finding in live.ledger.findings.open()] == [reference]
    folder = live.airflow.home / "orderflow" / "reconciliation"
    rows = [row for path in folder.glob("*.csv") for row in csv.DictReader(path.open(encoding="utf-8"))]
    assert any(reference in row.values() for row in rows)
    assert {call["method"] for call in control.journal() if call["service"] != "token"} == {"GET"}

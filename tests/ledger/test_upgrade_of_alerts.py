"""Alerts and outages from before causes and notices existed: kept, open, and not announced again."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import URL, MetaData, Table

from orderflow.domain.reasons import Owner
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.opening import open_ledger
from support.old_ledgers import ledger_of

THEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_open_alerts_and_outages_are_kept_and_count_as_told(empty_url: URL) -> None:
    engine = ledger_of(empty_url, "0013")
    then = THEN if engine.dialect.name == "postgresql" else THEN.replace(tzinfo=None)
    alerts, outages = (Table(f"orderflow_{name}", MetaData(), autoload_with=engine) for name in ("alert", "outage"))
    times = {"opened_at": then, "last_seen_at": then, "seen": 3}
    old = {"order": "1/CS7", "reason": "erp_rejected", "message": "no", **times}
    with engine.begin() as connection:
        connection.execute(alerts.insert().values(order_id=7, slip="", opened_by="d r", **old))
        connection.execute(alerts.insert().values(order_id=None, slip="PS-1", **old))
        connection.execute(alerts.insert().values(order_id=8, slip="", closed_at=then, **old))
        connection.execute(
            outages.insert().values(dag_id="d", task_id="list", reason="shop_refused", opened_by="d r", **times)
        )

    ledger = open_ledger(empty_url, clock=lambda: THEN + timedelta(days=1))
    assert {(alert.subject, alert.seen) for alert in ledger.alerts.open()} == {
        ("order 7", 3),
        ("slip PS-1", 3),
        ("task d/list", 3),
    }
    run = RunRef(dag_id="d", run_id="after")
    told = ledger.outbox.take("mail", run, owners=frozenset(Owner), settled_for=timedelta())
    assert told == ([], [])
    ledger.alerts.close_tasks("d", but=())
    assert ledger.outbox.take("mail", run, owners=frozenset(Owner), settled_for=timedelta()) == ([], [])

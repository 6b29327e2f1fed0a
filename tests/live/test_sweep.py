"""The sweep on a real scheduler: it shares the mapped group, retries named orders, and announces once."""

from functools import partial

from orderflow.domain.reasons import Reason
from sandbox.control import SandboxControl
from support.live_airflow import DAG, Live

SWEEP = "orderflow_sweep"
ORDER = {"confirm_date": "2026-05-01T12:00:00", "webshop": 1}


def test_a_sweep_exports_a_late_payment_and_goes_red_once_per_cause(live: Live, control: SandboxControl) -> None:
    late, broken = control.add_orders(
        {**ORDER, "reference": "CS1", "payment_status": "started"},
        {**ORDER, "reference": "CS2", "payment_status": "paid", "currency": None},
    )

    run_id, state = live.run(dag_id=SWEEP)
    assert state == "failed", "nobody was told of CS2 yet"
    said = live.log(run_id, "report_news", dag_id=SWEEP)
    assert "order_incomplete: missing: currency" in said
    assert "1/CS2" in said

    run_id, state = live.run(dag_id=SWEEP)
    assert state == "success", "they know"
    assert "1/CS2: order_incomplete, seen 2 times" in live.log(run_id, "report_news", dag_id=SWEEP)

    control.edit_order(late, payment_status="paid")
    run_id, state = live.run(dag_id=SWEEP)
    assert state == "success"
    assert [made["external_reference"] for made in control.erp_orders()] == ["1/CS1"]

    control.edit_order(broken, currency="EUR")
    control.clear_journal()
    run_id, state = live.run(dag_id=SWEEP, dry_run=True)
    assert state == "success"
    assert len(control.erp_orders()) == 1
    assert live.ledger.plans.of_run((SWEEP, run_id), limit=1).total == 4
    assert {call["method"] for call in control.journal() if call["service"] != "token"} == {"GET"}

    run_id, state = live.run(dag_id=SWEEP, order_ids=[broken])
    assert state == "success"
    assert len(control.erp_orders()) == 2
    assert live.ledger.alerts.open() == []
    assert control.order(broken)["state"] == "processing"


def test_an_outage_is_told_once_and_again_only_after_it_was_over(live: Live, control: SandboxControl) -> None:
    """While the shop cannot be listed, one sweep is red and people get one message, and not one every 15 minutes."""
    refuse = partial(control.fault, "status", service="shop", status=400, times=0)

    refuse()
    assert live.run(dag_id=SWEEP)[1] == "failed"
    assert live.run(dag_id=SWEEP)[1] == "success", "they know"
    (message,) = live.messages
    assert f"{SWEEP}, list_open_orders fails" in message["text"]
    (outage,) = live.ledger.alerts.open()
    assert (outage.subject, outage.reason) == (f"task {SWEEP}/list_open_orders", Reason.SHOP_REFUSED)
    assert outage.seen == 2

    assert live.run(dag_id=SWEEP, references=["CS1"])[1] == "failed", "somebody waits for it"

    control.clear_faults()
    live.messages.clear()
    assert live.run(dag_id=SWEEP)[1] == "success"
    assert live.ledger.alerts.open() == []
    (message,) = live.messages
    assert "Fixed: shop_refused" in message["text"]
    refuse()
    assert live.run(dag_id=SWEEP)[1] == "failed"
    assert len(live.messages) == 2


def test_an_idle_sweep_costs_five_calls_and_a_look_at_the_erp(live: Live, control: SandboxControl) -> None:
    _, state = live.run(dag_id=SWEEP)
    assert state == "success"
    calls = [call for call in control.journal() if call["service"] != "token"]
    listings, (look,) = calls[:5], calls[5:]
    assert [(call["method"], call["path"]) for call in listings] == [("GET", "/api/order/")] * 5
    assert (look["service"], look["method"]) == ("erp", "GET")


def test_daily_and_sweep_share_a_ledger_and_export_an_order_once(live: Live, control: SandboxControl) -> None:
    control.add_orders(*({**ORDER, "payment_status": "paid"} for _ in range(12)))
    daily = live.airflow.trigger(DAG, partition_key="2026-05-01")
    sweep = live.airflow.trigger(SWEEP)
    assert live.airflow.wait(DAG, daily, timeout=300) == "success"
    assert live.airflow.wait(SWEEP, sweep, timeout=300) == "success"
    assert len(control.erp_orders()) == 12
    assert {order["state"] for order in control.orders()} == {"processing"}

"""Packing slips on a real scheduler: each sent once, a doubt announced once and settled by a person."""

from datetime import datetime

from sandbox.control import SandboxControl
from support.live_airflow import Live

DELIVERIES = "orderflow_deliveries"
DAY, HOUR = "2026-05-02", "2026-05-03T09:00"
ORDER = {"confirm_date": "2026-05-02T12:00:00", "payment_status": "paid", "webshop": 1}


def exported(live: Live, control: SandboxControl, count: int) -> list[str]:
    control.add_orders(*(ORDER for _ in range(count)))
    _, state = live.run(DAY)
    assert state == "success"
    return [order["erp_order_number"] for order in control.orders()]


def messages(control: SandboxControl) -> list[str]:
    return sorted(message["DesadvNumber"] for message in control.desadv_messages())


def test_slips_reach_the_shop_once_also_by_backfill_and_dry_run(live: Live, control: SandboxControl) -> None:
    first, second = exported(live, control, 2)
    numbers = sorted([control.deliver(first)["number"], control.deliver(second)["number"]])
    seen = control.journal()[-1]["n"]

    run_id, state = live.run(HOUR, dag_id=DELIVERIES, dry_run=True)
    assert state == "success"
    assert {c["method"] for c in control.journal(since=seen) if c["service"] != "token"} == {"GET"}
    shown = live.log(run_id, "list_packing_slips", dag_id=DELIVERIES)
    assert all(number in shown for number in numbers)
    assert "<DesadvNumber>" not in shown

    run_id, state = live.run(HOUR, dag_id=DELIVERIES)
    assert state == "success", live.log(run_id, "report_deliveries", dag_id=DELIVERIES)
    assert messages(control) == numbers
    assert {order["shipment_state"] for order in control.orders()} == {"sent"}

    seen = control.journal()[-1]["n"]
    begin, end = datetime.fromisoformat("2026-05-03T10:00"), datetime.fromisoformat("2026-05-03T11:00")
    live.airflow.backfill(DELIVERIES, begin, end, max_active_runs=2)
    states = live.airflow.wait_partitions(DELIVERIES, ["2026-05-03T10:00", "2026-05-03T11:00"], timeout=300)
    assert set(states.values()) == {"success"}
    again = [call for call in control.journal(since=seen) if call["service"] != "token"]
    assert again
    assert {call["method"] for call in again} == {"GET"}


def test_an_erp_that_lists_no_slips_is_told_once(live: Live, control: SandboxControl) -> None:
    """The first run after it reads everything since."""
    (order,) = exported(live, control, 1)
    number = control.deliver(order)["number"]
    control.fault("status", service="erp", status=400, times=0)

    assert live.run("2026-05-03T09:00", dag_id=DELIVERIES)[1] == "failed"
    assert live.run("2026-05-03T10:00", dag_id=DELIVERIES)[1] == "success", "they know"
    (message,) = live.messages
    assert f"{DELIVERIES}, list_packing_slips" in message["text"]
    assert [(outage.order, outage.seen) for outage in live.ledger.alerts.open()] == [
        (f"{DELIVERIES}, list_packing_slips", 2)
    ]

    control.clear_faults()
    _, state = live.run("2026-05-03T11:00", dag_id=DELIVERIES)
    assert state == "success"
    assert live.ledger.alerts.open() == []
    assert messages(control) == [number]


def test_doubt_is_told_once_and_ends_by_a_persons_word(live: Live, control: SandboxControl) -> None:
    (order,) = exported(live, control, 1)
    number = control.deliver(order)["number"]
    control.fault("reset_after_commit", service="shop", path="des_adv")

    run_id, state = live.run(HOUR, dag_id=DELIVERIES)
    assert state == "failed", "nobody was told of it yet"
    said = live.log(run_id, "report_deliveries", dag_id=DELIVERIES)
    assert f"packing slip {number} (1/" in said
    assert "message_in_doubt" in said

    run_id, state = live.run(HOUR, dag_id=DELIVERIES)
    assert state == "success", "they know"

    run_id, state = live.run(HOUR, dag_id=DELIVERIES, arrived=[f"{number}O"])
    assert state == "failed", "a slip that is named wrongly, while another one is known to be in doubt"
    said = live.log(run_id, "report_deliveries", dag_id=DELIVERIES)
    assert f"order {number}O: the ERP shows no such packing slip" in said
    assert [alert.shipment for alert in live.ledger.alerts.open()] == [number], "a slip of the pen is nobody's alert"

    run_id, state = live.run(HOUR, dag_id=DELIVERIES, arrived=[f" {number} "])
    assert state == "success"
    assert live.ledger.alerts.open() == []
    assert messages(control) == [number]

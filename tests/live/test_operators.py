"""What people learn from a real scheduler: alerts with links, a late run, metrics, and fields on log lines."""

import json

from sqlalchemy import create_engine, text

from sandbox.control import SandboxControl
from service import wait_until
from support.live_airflow import DAG, Live

DAY = "2026-05-01"
ORDER = {"confirm_date": f"{DAY}T12:00:00", "payment_status": "paid", "webshop": 1}


def test_a_run_whose_list_lacks_orders_is_red_and_tells_why_with_links(live: Live, control: SandboxControl) -> None:
    """No order failed; still the last task, which runs whatever happened, must not paint the day green."""
    control.fault("status", service="shop", status=400, path="offline=[Tt]rue", times=0)
    run_id, state = live.run(DAY)
    assert state == "failed", live.states(run_id)
    (message,) = live.messages
    lines = message["text"].splitlines()
    assert lines[0] == f"*orderflow_daily {DAY}: orderflow_daily, list_confirmed fails*"
    assert "shop_refused" in message["text"]
    assert "Owner: integration team" in message["text"]
    assert f"All orders: {live.airflow.url}/plugin/orders" in lines
    assert lines[-1].startswith(f"This run: {live.airflow.url}/dags/{DAG}/runs/")


def test_a_day_that_is_late_is_alerted_once(live: Live) -> None:
    """A paused DAG's run stays queued; the deadline that Airflow noted for it is moved into the past."""
    live.airflow.api("PATCH", f"/dags/{DAG}", {"is_paused": True})
    try:
        run_id = live.airflow.trigger(DAG, partition_key=DAY)
        assert _move_deadline_into_the_past(live, run_id) == 1, "every run of the day has one deadline"
        wait_until(lambda: live.messages or None, 120, "alert")
    finally:
        live.airflow.unpause(DAG)
    assert live.airflow.wait(DAG, run_id, timeout=300) == "success"
    (message,) = live.messages
    assert message["text"].startswith(f"*orderflow_daily {DAY} is late*")
    assert "is still queued; it should have been done within 3 hours" in message["text"]
    assert f"This run: {live.airflow.url}/dags/{DAG}/runs/" in message["text"]


def _move_deadline_into_the_past(live: Live, run_id: str) -> int:
    moved = text(
        "UPDATE deadline SET deadline_time = now() - interval '1 second' "
        "WHERE dagrun_id = (SELECT id FROM dag_run WHERE run_id = :run)"
    )
    with create_engine(live.airflow.environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]).begin() as connection:
        return connection.execute(moved, {"run": run_id}).rowcount


def test_a_run_sends_metrics_and_its_log_lines_say_which_order_and_step(live: Live, control: SandboxControl) -> None:
    ids = control.add_orders(*({**ORDER, "reference": f"CS{n}"} for n in range(2)))
    control.fault("status", service="shop", method="GET", status=503, headers={"Retry-After": "0"})
    live.metrics.lines.clear()
    run_id, state = live.run(DAY)
    assert state == "success", live.log(run_id)

    assert live.metrics.wait_for("airflow.orderflow.open.oldest_seconds") == ["0.0|g"]
    assert live.metrics.of("airflow.orderflow.orders.processed") == ["2|c"]
    assert live.metrics.of("airflow.orderflow.orders.failed") == ["0|c"]
    assert live.metrics.of("airflow.orderflow.open.in_doubt") == ["0|g"]
    assert live.metrics.of("airflow.orderflow.call_repeated.shop.GET") == ["1|c"]
    for name in ("shop.GET", "shop.PATCH", "shop.PUT", "erp.GET", "erp.POST"):
        assert all(sent.endswith("|ms") for sent in live.metrics.wait_for(f"airflow.orderflow.call.{name}")), name

    seen: dict[str, set[str]] = {}
    push = "process_order.push_to_erp"
    for task_id, map_index in (("select_payable", -1), (push, 0), (push, 1)):
        lines = [json.loads(line) for line in live.log(run_id, task_id, map_index=map_index).splitlines()]
        ours = [line for line in lines if str(line.get("logger", "")).startswith("orderflow.")]
        assert ours, task_id
        for line in ours:
            assert (line["dag_id"], line["run_id"], line["task_id"]) == (DAG, run_id, task_id), line
            if "order" in line:
                seen.setdefault(line["step"], set()).add(line["order"])
    everyone = {str(order_id) for order_id in ids}
    assert seen == {"select": everyone, "push_to_erp": everyone}

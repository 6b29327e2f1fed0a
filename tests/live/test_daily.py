"""The daily DAG on a real scheduler."""

import json
from base64 import b64encode
from datetime import date, timedelta
from typing import Any

from sandbox.control import SandboxControl
from support.live_airflow import DAG, Live

DAY = "2026-11-21"
SECRETS = ["sandbox-secret", b64encode(b"orderflow:sandbox-secret").decode(), "sandbox-access-"]
"""The password, the ERP's credentials made of it, and what every access token begins with."""


def calls_of(journal: list[dict[str, Any]], order_id: int, reference: str) -> list[str]:
    """Return an order's calls in sequence, as words."""
    words = []
    for call in journal:
        body = call["request_body"]
        if call["order_id"] == order_id:
            words.append(f"{call['method']} {'+'.join(sorted(body))}" if call["method"] == "PATCH" else call["method"])
        elif call["external_reference"] == reference:
            words.append("look up" if call["method"] == "GET" else "create")
    return words


def in_sequence(wanted: list[str], calls: list[str]) -> bool:
    """Whether `wanted` is found in `calls` in that order, other calls in between allowed."""
    remaining = iter(calls)
    return all(any(call == want for call in remaining) for want in wanted)


def announced(live: Live, run_id: str) -> list[str]:
    """Return the days that a run has declared complete."""
    events = live.airflow.api("GET", "/assets/events", limit=100, order_by="-timestamp")["asset_events"]
    told = [event for event in events if event["source_run_id"] == run_id and event["name"] == "day_completed"]
    return [event["partition_key"] for event in told]


def test_a_day_goes_through_and_the_same_day_again_writes_nothing(live: Live, control: SandboxControl) -> None:
    control.reset(day=DAY, count=40)
    for order in control.orders():
        if order["payment_status"] in {None, "chargeback"}:  # held, which is news, and would turn the run red
            control.edit_order(order["id"], payment_status="started")
    before = {order["id"]: order for order in control.orders()}

    run_id, state = live.run(DAY)

    assert state == "success", live.log(run_id)
    summary = live.summary(run_id)
    assert (summary["failed"], summary["waiting"], summary["held"], summary["offline_sent"]) == (0, 5, 0, 2)
    assert summary["processed"] == len(control.erp_orders()) == 30
    journal = control.journal()
    for made in control.erp_orders():
        request = made["request"]
        order_id, reference = request["shop_order_id"], request["external_reference"]
        calls = calls_of(journal, order_id, reference)
        assert in_sequence(
            ["GET", "look up", "create", "PATCH state", "PATCH erp_order_number", "GET", "PUT", "GET"], calls
        ), calls
        assert calls.count("create") == 1
        put = next(c for c in journal if c["method"] == "PUT" and c["order_id"] == order_id)["request_body"]
        assert put["state"] == "processing"
        assert _without_erp_fields(put) == _without_erp_fields(before[order_id])
        after = control.order(order_id)
        assert (after["state"], after["erp_order_number"]) == ("processing", made["number"])
        numbers = [line["erp_line_number"] for line in after["order_lines"] if line["type"] == "line"]
        assert numbers == [line["line_number"] for line in made["lines"]]
    _assert_left_alone(control, before)

    seen = journal[-1]["n"]
    run_id, state = live.run(DAY)
    assert state == "success", live.log(run_id)
    again = [call for call in control.journal(since=seen) if call["service"] != "token"]
    assert {call["method"] for call in again} == {"GET"}


def _without_erp_fields(order: dict[str, Any]) -> dict[str, Any]:
    changing = {"state", "erp_order_number", "modified_date", "order_lines"}
    lines = [{k: v for k, v in line.items() if k != "erp_line_number"} for line in order["order_lines"]]
    return {**{k: v for k, v in order.items() if k not in changing}, "order_lines": lines}


def _assert_left_alone(control: SandboxControl, before: dict[int, dict[str, Any]]) -> None:
    """Check that unpaid, unknown and offline orders caused no ERP call, and that offline ones are sent."""
    asked = {call["external_reference"] for call in control.journal(service="erp")}
    for order in before.values():
        payable = order["payment_status"] in {"closed_success", "paid", "account"} or order["webshop"] == 2
        after = control.order(order["id"])
        if order["offline"]:
            assert after["shipment_state"] == "sent"
        elif not payable:
            assert after == order
        if order["offline"] or not payable:
            assert f"{order['webshop']}/{order['reference']}" not in asked


def test_poisoned_orders_fail_by_name_and_the_rest_of_the_day_goes_on(live: Live, control: SandboxControl) -> None:
    control.reset(day=DAY, count=300, payable_only=True, max_limit=20)
    ids = sorted(order["id"] for order in control.orders())
    keyless, rejected, unreadable = ids[10], ids[150], ids[290]
    lines = control.order(keyless)["order_lines"]
    control.edit_order(keyless, order_lines=[{**lines[0], "product": {"origin": "x", "key": None}}, *lines[1:]])
    lines = control.order(rejected)["order_lines"]
    control.edit_order(rejected, order_lines=[{**lines[0], "product": {"origin": "x", "key": "UNKNOWN-1"}}, *lines[1:]])
    control.fault("status", service="shop", method="GET", path=f"/api/order/{unreadable}/", status=500, times=0)
    offline = control.add_orders(
        {"offline": True, "state": "processing", "confirm_date": f"{DAY}T12:00:00", "erp_order_number": "ERP-1"}
    )[0]

    run_id, state = live.run(DAY)

    assert state == "failed"
    assert len(control.erp_orders()) == 297
    done = [order for order in control.orders() if order["state"] == "processing" and not order["offline"]]
    assert len(done) == 297
    assert control.order(offline)["shipment_state"] == "sent"
    log = live.log(run_id)
    for order_id, reason in [(keyless, "order_incomplete"), (rejected, "erp_rejected")]:
        order = control.order(order_id)
        assert f"{order['webshop']}/{order['reference']}" in log
        assert f"{reason}: " in log
    assert f"id {unreadable}: shop_unavailable, seen once" in log, "told when it lasts"
    assert "Owner: ERP master data" in log
    posts = control.journal(service="erp", method="POST")
    assert sum(call["request_body"]["shop_order_id"] == rejected for call in posts) == 1, "sent once, not hammered"
    assert announced(live, run_id) == [], "who waits for the whole day must not be told that it is there"


def test_a_day_without_orders_is_green_and_announced(live: Live, control: SandboxControl) -> None:
    run_id, state = live.run("2026-02-01")
    assert state == "success", live.log(run_id)
    assert live.summary(run_id)["listed"] == 0
    lists = [call for call in control.journal() if call["path"] == "/api/order/"]
    assert len(lists) == 2
    assert announced(live, run_id) == ["2026-02-01"]


def test_a_shop_that_is_down_makes_a_red_run_that_says_so(live: Live, control: SandboxControl) -> None:
    control.fault("status", service="shop", path="/api/order/", status=503, times=0)
    run_id, state = live.run(DAY)
    states = live.states(run_id)
    assert state == "failed"
    assert states["list_confirmed"] == {"failed"}
    assert states["mark_offline_orders_sent"] == {"success"}, "it ran all the same, and nothing was listed"
    assert states["report"] == {"failed"}
    said = live.log(run_id)
    assert "list_confirmed: " in said
    assert "shop_unavailable" in said


def test_transient_faults_are_survived_without_a_red_task(live: Live, control: SandboxControl) -> None:
    control.reset(day=DAY, count=30, payable_only=True, token_ttl=2)
    shop = {"service": "shop"}
    control.faults(
        [
            {"action": "status", "status": 429, "headers": {"Retry-After": "1"}, "skip": 3, "times": 2, **shop},
            {"action": "reset_before_commit", "method": "GET", "skip": 10, "times": 2, **shop},
            {"action": "delay", "seconds": 2, "method": "GET", "skip": 20, "times": 2, **shop},
            {"action": "reset_after_commit", "method": "PATCH", "skip": 5, "times": 2, **shop},
            {"action": "reset_before_commit", "method": "PATCH", "skip": 12, "times": 1, **shop},
            {"action": "status", "status": 502, "html": "<h1>Bad gateway</h1>", "method": "PUT", "times": 2, **shop},
        ]
    )
    run_id, state = live.run(DAY)
    assert state == "success", live.log(run_id)
    assert all(states <= {"success"} for states in live.states(run_id).values())
    assert len(control.erp_orders()) == live.summary(run_id)["processed"] == 30
    assert {call["fault"] for call in control.journal(service="shop")} > {None, "status", "delay"}


def test_one_order_is_retried_by_its_reference(live: Live, control: SandboxControl) -> None:
    """The finance team has corrected the payment of one order, days later."""
    control.add_orders(
        {"reference": "CS1", "confirm_date": "2026-05-01T10:00:00", "payment_status": "started"},
        {"reference": "CS2", "confirm_date": "2026-05-01T10:00:00", "payment_status": "paid", "webshop": 1},
        {"reference": "CS2", "confirm_date": "2026-05-01T10:00:00", "payment_status": "paid", "webshop": 2},
    )
    run_id, state = live.run(references=["2/CS2"])
    assert state == "success", live.log(run_id)
    assert [made["external_reference"] for made in control.erp_orders()] == ["2/CS2"]
    run_id, state = live.run(references=["CS2"])
    assert state == "failed"
    assert "order CS2: several orders have the reference CS2" in live.log(run_id)


def test_a_dry_run_names_its_calls_and_writes_nothing(live: Live, control: SandboxControl) -> None:
    control.reset(day=DAY, count=20, payable_only=True)
    control.add_orders(
        {"offline": True, "state": "processing", "confirm_date": f"{DAY}T12:00:00", "erp_order_number": "E"}
    )
    run_id, state = live.run(DAY, dry_run=True)
    assert state == "success", live.log(run_id)
    assert {call["method"] for call in control.journal() if call["service"] != "token"} == {"GET"}
    shown = live.log(run_id, "process_order.push_to_erp", map_index=0)
    assert "POST  /sales-orders" in shown
    assert "external_reference" not in shown, "bodies say who buys"
    assert "PUT   /api/order/" in shown
    assert live.ledger.events(run_id=run_id) == []
    assert all(states <= {"success", "skipped"} for states in live.states(run_id).values())
    plan = live.ledger.plans.of_run(("orderflow_daily", run_id), limit=1_000)
    assert {(call.system, call.method) for call in plan.calls} == {("erp", "POST"), ("shop", "PATCH"), ("shop", "PUT")}
    assert plan.total >= 20 * 4


def test_a_day_that_is_not_over_is_refused_unless_allowed(live: Live) -> None:
    coming = f"{date.today() + timedelta(days=300):%Y-%m-%d}"  # noqa: DTZ011 - a day that certainly is not over anywhere
    run_id, state = live.run(coming)
    assert state == "failed"
    assert "allow_open_window" in live.log(run_id, "list_confirmed")
    _, state = live.run(coming, allow_open_window=True)
    assert state == "success"


def test_a_run_without_a_day_says_how_to_trigger_it(live: Live) -> None:
    run_id, state = live.run()
    assert state == "failed"
    assert "trigger with a partition key such as 2026-11-22" in live.log(run_id, "list_confirmed")
    assert "window_missing: this run has no day" in live.log(run_id)


def test_a_backfill_over_the_night_the_clock_is_put_back(live: Live, control: SandboxControl) -> None:
    """The 25th has 25 hours; the order in its second 02:30 belongs to it like the one in the first."""
    days = ["2026-10-24", "2026-10-25", "2026-10-26"]
    instants = [
        f"{days[0]}T23:59:59.999999",
        f"{days[1]}T00:00:00",
        f"{days[1]}T02:30:00",
        f"{days[1]}T23:59:59.999999",
    ]
    instants.append(f"{days[2]}T00:00:00")
    control.add_orders(
        *({"reference": f"CS{n}", "confirm_date": at, "payment_status": "paid"} for n, at in enumerate(instants))
    )
    live.airflow.backfill(DAG, date.fromisoformat(days[0]), date.fromisoformat(days[2]), max_active_runs=2)
    states = live.airflow.wait_partitions(DAG, days, timeout=300)
    assert set(states.values()) == {"success"}
    placed = {
        order.reference: order.partition for order in live.ledger.get_many(o["id"] for o in control.orders()).values()
    }
    assert placed == {"CS0": days[0], "CS1": days[1], "CS2": days[1], "CS3": days[1], "CS4": days[2]}
    assert len(control.erp_orders()) == len(instants)

    live.airflow.wait_backfills(DAG, timeout=60)
    control.clear_journal()
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[2])
    again = {"reprocess_behavior": "completed", "run_backwards": True, "max_active_runs": 2}
    runs_before = len(live.airflow.runs(DAG))
    live.airflow.backfill(DAG, first, last, **again)
    assert set(live.airflow.wait_partitions(DAG, days, timeout=300).values()) == {"success"}
    assert len(live.airflow.runs(DAG)) == runs_before + len(days)
    calls = control.journal(service="shop") + control.journal(service="erp")
    assert {call["method"] for call in calls} == {"GET"}


def test_no_secret_is_in_any_log_xcom_or_ledger_row(live: Live, control: SandboxControl) -> None:
    """Faults everywhere, so that errors and their texts are written too."""
    control.reset(day=DAY, count=20, payable_only=True, token_ttl=1)
    control.faults(
        [
            {"action": "status", "status": 401, "service": "shop", "skip": 5, "times": 3},
            {"action": "status", "status": 401, "service": "token", "skip": 1, "times": 1},
            {"action": "status", "status": 400, "service": "erp", "method": "POST", "times": 3},
            {"action": "reset_after_commit", "service": "erp", "method": "POST", "skip": 3, "times": 3},
            {"action": "status", "status": 500, "html": "<p>boom</p>", "service": "shop", "skip": 30, "times": 6},
        ]
    )
    run_id, _ = live.run(DAY)
    written = [path.read_text(errors="replace") for path in (live.airflow.home / "logs").rglob("*.log")]
    assert any(run_id in text or "orderflow" in text for text in written)
    for instance in live.airflow.task_instances(DAG, run_id):
        task, index = instance["task_id"], instance["map_index"]
        entries = live.airflow.api(
            "GET", f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/{task}/xcomEntries", map_index=index
        )["xcom_entries"]
        values = (live.airflow.xcom(DAG, run_id, task, key=entry["key"], map_index=index) for entry in entries)
        written += map(json.dumps, values)
    events = live.ledger.events(run_id=run_id)
    written += [event.model_dump_json() for event in events]
    assert any(event.reason for event in events), "the faults were felt"
    for secret in SECRETS:
        assert not [text for text in written if secret in text], secret


def test_a_task_that_says_its_secrets_aloud_is_not_understood(live: Live) -> None:
    """Airflow masks them in every line of the log, the traceback included, because the hooks tell it which they are."""
    live.airflow.unpause("secrets_probe")
    run_id, state = live.run(dag_id="secrets_probe")
    assert state == "failed"
    log = live.log(run_id, "tell", dag_id="secrets_probe")
    for line in ("client secret: <***>", "access token: <Bearer ***>", "ERP credentials: <Basic ***>"):
        assert line in log, log
    assert "raised: " in log
    # The LocalExecutor repeats a task's lines in the scheduler's output, where Airflow 3.3.2 masks nothing.
    logs = (live.airflow.home / "logs").rglob("dag_id=secrets_probe/**/*.log")
    files = [path.read_text(errors="replace") for path in logs]
    assert any("printed access token" in text for text in files)
    for secret in SECRETS:
        assert not [line for text in [log, *files] for line in text.splitlines() if secret in line], secret

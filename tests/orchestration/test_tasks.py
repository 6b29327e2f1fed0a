"""The tasks themselves, without Airflow but with its information about the current try."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orderflow.domain.shipment import ShipmentProgress
from orderflow.errors import ConfigurationError, PermanentError
from orderflow.flow.shop_check.check import check_and_keep
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.opening import open_ledger
from orderflow.orchestration import delivery_tasks, delivery_work, named_orders, order_work, tasks
from orderflow.orchestration.connect import connect
from orderflow.orchestration.run_context import RunContext
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment
from support.ledgers import new_file
from support.shipments import slip_in_doubt

DAY = "2026-11-22"
ORDER = {"confirm_date": f"{DAY}T12:00:00", "payment_status": "paid", "webshop": 1}
OFFLINE = {**ORDER, "offline": True, "state": "processing"}
RETRIES = 3
PIECES = ("Wilhelmina Canary", "w.canary@example.org", "+31 6 12345678")
CANARY = ", ".join(PIECES)

RunTry = Callable[..., Any]


@pytest.fixture
def ledger_url(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Set the connections; returns where the ledger is."""
    url = str(new_file(tmp_path / "ledger.db"))
    for name, value in (sandbox_environment(sandbox.url) | {"AIRFLOW_CONN_ORDERFLOW_LEDGER": url}).items():
        monkeypatch.setenv(name, value)
    return url


@pytest.fixture
def run_try(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> RunTry:
    """Return a function that runs one try of a task; of those to come, Airflow has allowed up to `max_tries`."""
    del ledger_url

    def run_try(task: Any, *given: Any, number: int = 1, max_tries: int = RETRIES, **params: Any) -> Any:
        ti = SimpleNamespace(
            dag_id="a_dag",
            run_id="a_run",
            task_id=task.function.__name__,
            map_index=-1,
            try_number=number,
            max_tries=max_tries,
            xcom_push=lambda *_: None,
            xcom_pull=lambda **_: None,
            get_task_states=lambda **_: {},
        )
        context: Any = {"ti": ti, "task": SimpleNamespace(retries=RETRIES), "params": params}
        for module in (order_work, named_orders, delivery_work):
            monkeypatch.setattr(module, "RunContext", lambda: RunContext(context))
        monkeypatch.setattr("orderflow.orchestration.failed_tasks.get_current_context", lambda: context)
        return task.function(*given)

    return run_try


def test_a_cleared_finish_tries_again_what_the_shop_refused(run_try: RunTry, control: SandboxControl) -> None:
    day, sweep = control.add_orders(OFFLINE, OFFLINE)
    run_try(tasks.select_payable, [day, sweep], date=DAY)
    control.fault("status", method="PATCH", status=401, times=0)
    with pytest.raises(PermanentError):
        run_try(tasks.mark_offline_orders_sent, [day], [], date=DAY)
    with pytest.raises(PermanentError):
        run_try(tasks.finish_orders, [sweep], [])
    control.clear_faults()

    run_try(tasks.mark_offline_orders_sent, [day], [], date=DAY, number=2, max_tries=1 + RETRIES)
    assert [control.order(order_id)["shipment_state"] for order_id in (day, sweep)] == ["sent", "none"]
    run_try(tasks.finish_orders, [sweep], [], number=2, max_tries=1 + RETRIES)
    assert control.order(sweep)["shipment_state"] == "sent"


def test_a_dry_run_keeps_its_plan_and_fails_for_what_the_run_would_fail_for(
    run_try: RunTry, control: SandboxControl, ledger_url: str
) -> None:
    unreadable, other = control.add_orders(ORDER, ORDER)
    control.fault("status", method="GET", path=f"/api/order/{unreadable}/", status=404, times=0)

    with pytest.raises(PermanentError, match=f"order id {unreadable}"):
        run_try(tasks.push_to_erp, [f"1/{unreadable}", f"1/{other}"], dry_run=True)

    plan = open_ledger(ledger_url).plans.of_run(("a_dag", "a_run"), limit=10)
    assert [call.method for call in plan.calls] == ["POST", "PATCH", "PATCH", "PUT"]
    assert {call.order_id for call in plan.calls} == {other}


def test_a_dry_run_fails_for_a_listed_order_that_cannot_be_read(run_try: RunTry, control: SandboxControl) -> None:
    unreadable, other = control.add_orders(ORDER, ORDER)
    control.fault("status", method="GET", path=f"/api/order/{unreadable}/", status=403, times=0)
    run_try(tasks.select_payable, [unreadable, other], date=DAY, dry_run=True)
    with pytest.raises(PermanentError, match=f"order id {unreadable}"):
        run_try(tasks.mark_offline_orders_sent, [unreadable, other], [[other]], date=DAY, dry_run=True)
    with pytest.raises(PermanentError, match=f"order id {unreadable}"):
        run_try(tasks.finish_orders, [unreadable, other], [[other]], dry_run=True)


def test_a_sweeps_dry_run_lists_the_offline_orders_of_a_missed_day(
    run_try: RunTry, control: SandboxControl, ledger_url: str
) -> None:
    missed = datetime.now(UTC) - timedelta(days=2)
    (order_id,) = control.add_orders({**OFFLINE, "confirm_date": missed.strftime("%Y-%m-%dT12:00:00")})
    open_ledger(ledger_url).days.begin(f"{missed:%Y-%m-%d}", scheduled=True)
    assert run_try(tasks.list_open_orders, dry_run=True) == [order_id]
    assert run_try(tasks.list_open_orders) == [order_id]


def test_a_dry_run_is_refused_where_its_run_would_be(run_try: RunTry, control: SandboxControl) -> None:
    """The check of the shop has found what is unsafe, and nobody has settled it."""
    order_ids = control.add_orders(ORDER, ORDER)
    check_and_keep(connect(read_only=True), RunRef(dag_id="orderflow_check", run_id="first"))
    assert run_try(tasks.select_payable, order_ids, date=DAY, dry_run=True) == [order_ids]
    for task, given in (
        (tasks.push_to_erp, [order_ids]),
        (tasks.finish_orders, [order_ids, []]),
        (delivery_tasks.list_packing_slips, []),
        (tasks.list_named_orders, []),
    ):
        with pytest.raises(ConfigurationError, match="nothing is exported yet"):
            run_try(task, *given, dry_run=True, arrived=["PS-1"])


@pytest.mark.parametrize("param", ["undo", "comment_on", "snooze"])
def test_a_dry_run_refuses_what_is_written_to_the_ledger_alone(
    run_try: RunTry, control: SandboxControl, param: str
) -> None:
    del control
    with pytest.raises(ConfigurationError, match=f"`{param}`.*leave them out"):
        run_try(tasks.list_named_orders, dry_run=True, **{param: ["1/CS1"]})


def test_a_dry_run_plans_what_was_decided_about_a_packing_slip(
    run_try: RunTry, control: SandboxControl, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ORDERFLOW", json.dumps({"webshops": {"1": {"messages": {"user": 10}}}}))
    order_ids = control.add_orders(ORDER)
    run_try(tasks.select_payable, order_ids, date=DAY)
    for task in (tasks.push_to_erp, tasks.patch_state, tasks.patch_erp_order_number, tasks.put_order_lines):
        run_try(task, order_ids)
    (made,) = control.erp_orders()
    ledger = open_ledger(ledger_url)
    slip_in_doubt(ledger, "PS-1", made["number"])

    with pytest.raises(PermanentError, match=r"order PS-2: the ERP shows no such packing slip"):
        run_try(tasks.list_named_orders, dry_run=True, send_now=["PS-1"], arrived=["PS-2"])

    plan = ledger.plans.of_run(("a_dag", "a_run"), limit=10)
    assert [(call.subject, call.method) for call in plan.calls] == [("slip PS-1", "POST")]
    assert run_try(tasks.list_named_orders, dry_run=True, arrived=["PS-1"]) == []
    assert ledger.shipments.get_many(["PS-1"])["PS-1"].progress is ShipmentProgress.IN_DOUBT


def test_no_log_of_a_dry_run_says_who_buys(
    run_try: RunTry, control: SandboxControl, ledger_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "orderflow")
    day, sweep = control.add_orders({**ORDER, "description": CANARY}, {**OFFLINE, "description": CANARY})

    handed_on = [
        run_try(tasks.list_confirmed, date=DAY, dry_run=True),
        run_try(tasks.select_payable, [day, sweep], date=DAY, dry_run=True),
        run_try(tasks.push_to_erp, [day], dry_run=True),
        run_try(tasks.mark_offline_orders_sent, [day, sweep], [[day]], date=DAY, dry_run=True),
        run_try(tasks.finish_orders, [day, sweep], [[day]], dry_run=True),
    ]

    kept = open_ledger(ledger_url).plans.of_run(("a_dag", "a_run"), limit=100)
    assert CANARY in "".join(call.body for call in kept.calls), "the page has it, for who may trigger"
    assert "POST  /sales-orders" in caplog.text
    assert not [piece for piece in PIECES if piece in caplog.text or piece in repr(handed_on)]


def test_a_report_needs_neither_shop_nor_erp(
    run_try: RunTry, control: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_ids = control.add_orders({**ORDER, "payment_status": "started"})
    run_try(tasks.select_payable, order_ids, date=DAY)
    for connection in ("CLOUDSUITE", "ERP"):
        monkeypatch.delenv(f"AIRFLOW_CONN_{connection}_DEFAULT")

    assert run_try(tasks.report_news, order_ids, [])["waiting"] == 1
    with pytest.raises(ConfigurationError, match="is missing"):
        run_try(tasks.push_to_erp, order_ids)

"""Several concurrent runs share the limits of shop and ERP, according to the sandbox's own count."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from orderflow.ledger.tables.limits import RateRow
from orderflow.settings import Limits
from sandbox.catalogue import orders_for_day
from sandbox.control import SandboxControl
from support.live_airflow import CALLS_PER_DAY, DAG, POOLS, RUN_TIMEOUT, Live
from support.orderflow_command import command

FIRST = date(2026, 7, 1)
BACKFILLED = date(2026, 6, 1)
"""A day no other test runs: a backfill leaves out what was run before."""
CONCURRENCY = Limits().concurrency
REPORTS = {DAG: "report", "orderflow_sweep": "report_news"}


def a_day_each(control: SandboxControl, days: int, orders: int, first: date = FIRST) -> list[str]:
    """Put orders on some days; returns the days' keys."""
    wanted = [first + timedelta(days=n) for n in range(days)]
    for n, day in enumerate(wanted):
        made = orders_for_day(day, orders, first_number=100_000 * (n + 1), payable_only=True)
        control.add_orders(*({**order, "id": 100_000 * (n + 1) + int(order["id"])} for order in made))
    return [day.isoformat() for day in wanted]


def test_three_runs_at_once_stay_within_the_pools(live: Live, control: SandboxControl) -> None:
    """A task that calls both, such as the push and the PUT, has a slot of the ERP's pool."""
    days = a_day_each(control, 2, 60)
    control.configure(latency_ms={"shop": 100, "erp": 100})
    control.add_orders(*[{"confirm_date": "2026-05-01T10:00:00", "payment_status": "paid"}] * 60)
    control.clear_journal()
    runs = [(DAG, live.airflow.trigger(DAG, partition_key=day)) for day in days]
    runs.append(("orderflow_sweep", live.airflow.trigger("orderflow_sweep")))

    for dag_id, run_id in runs:
        state = live.airflow.wait(dag_id, run_id, timeout=RUN_TIMEOUT)
        assert state == "success", live.log(run_id, REPORTS[dag_id], dag_id=dag_id)

    assert len(control.erp_orders()) == 180, "every order, each once, whichever run took it"
    most = control.high_water()
    assert most["erp"] <= POOLS["erp"] * CONCURRENCY
    assert most["shop"] <= (POOLS["cloudsuite"] + POOLS["erp"]) * CONCURRENCY


def test_three_processes_at_once_are_never_throttled(environment: dict[str, str], control: SandboxControl) -> None:
    """Without the limit their 24 threads would be: the shop allows 40 calls a second, twice what they may make.

    The margin is for a busy machine, on which calls may leave late and then close to the next ones.
    """
    days = a_day_each(control, 3, 6)
    control.configure(rate_limit=40)
    settings: dict[str, Any] = json.loads(environment["AIRFLOW_VAR_ORDERFLOW"])
    settings["limits"] = {**settings.get("limits", {}), "shop_per_second": 20}
    limited = environment | {"AIRFLOW_VAR_ORDERFLOW": json.dumps(settings)}

    with ThreadPoolExecutor(3) as pool:
        ended = list(pool.map(lambda day: command(limited, "run", "--date", day), days))

    assert [code for code, _, _ in ended] == [0, 0, 0], ended
    assert len(control.erp_orders()) == 18
    assert 429 not in {call["status"] for call in control.journal()}


def test_a_backfill_leaves_a_share_of_the_day_to_other_runs(live: Live, control: SandboxControl) -> None:
    """More than half of today's calls are made: a backfill may not go on, a run by hand may."""
    (day,) = a_day_each(control, 1, 3, first=BACKFILLED)
    today = _today()
    spent = RateRow(service="shop", next_at=0, day=today, used=CALLS_PER_DAY // 2 + 1)
    with Session(create_engine(live.airflow.environment["AIRFLOW_CONN_ORDERFLOW_LEDGER"])) as session, session.begin():
        session.add(spent)

    live.airflow.backfill(DAG, BACKFILLED, BACKFILLED, max_active_runs=1)
    states = live.airflow.wait_partitions(DAG, [day], timeout=RUN_TIMEOUT)
    if _today() != today:
        pytest.skip("midnight has given the backfill a new day's calls")
    assert states == {day: "failed"}
    (backfilled,) = [run for run in live.airflow.runs(DAG) if run["partition_key"] == day]
    assert "budget_spent; owner: integration team" in live.log(backfilled["dag_run_id"], "list_confirmed")
    listed = [call["query"].get("confirm_date__lte", "") for call in control.journal(service="shop")]
    assert not [bound for bound in listed if bound.startswith(day)], "the day was listed"

    run_id, state = live.run(day)
    assert state == "success", live.log(run_id)
    assert len(control.erp_orders()) == 3


def _today() -> str:
    return f"{datetime.now(ZoneInfo('Europe/Amsterdam')):%Y-%m-%d}"

"""The test bench: a sandbox with latency in its own process, PostgreSQL, Airflow with LocalExecutor."""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from local_airflow import LocalAirflow
from measuring import ROOT, PeakMemory, cpu_seconds, rows, sandbox_process
from orderflow.ledger.opening import open_ledger
from postgres import fresh_database, postgres_server
from sandbox.catalogue import orders_for_day
from sandbox.control import SandboxControl
from sandbox_env import SETTINGS, sandbox_environment
from script import Script

LATENCY_MS = 50
LIMITS = {"max_mapped": 8, "concurrency": 8}
TASKS_AT_A_TIME = 8
PRELOAD = os.environ.get("ORDERFLOW_PRELOAD", "1")
RUN_TIMEOUT = 7200
NAIVE = "one_order_per_task"
Case = dict[str, Any]


@dataclass(frozen=True)
class Stand:
    """Sandbox, Airflow and both databases."""

    control: SandboxControl
    airflow: LocalAirflow
    metadata: URL
    ledger: URL

    def fill(self, day: date, size: int, **config: Any) -> None:
        """Reset the sandbox to only this day's orders."""
        fill(self.control, day, size, **config)

    def run(self, dag_id: str, size: int, how: str, **trigger: Any) -> Case:
        """Run a DAG from the trigger to the run's end, including all of Airflow's own time."""
        before, rows_before = last_call(self.control), (rows(self.metadata), rows(self.ledger))
        cpu_before = cpu_seconds()
        memory = PeakMemory()
        memory.start()
        started = time.monotonic()
        run_id = self.airflow.trigger(dag_id, **trigger)
        state = self.airflow.wait(dag_id, run_id, timeout=RUN_TIMEOUT)
        wall = time.monotonic() - started
        peaks = memory.stop()
        if state != "success":
            sys.exit(f"{how}, {size} orders: the run ended as {state}")
        return counted(self.control, before, size, how, wall) | {
            "task_instances": len(self.airflow.task_instances(dag_id, run_id)),
            "peak_mb": peaks,
            "airflow_cpu_seconds": round(cpu_seconds() - cpu_before, 1),
            "metadata_rows": rows(self.metadata) - rows_before[0],
            "ledger_rows": rows(self.ledger) - rows_before[1],
        }


@contextmanager
def stand(*dag_ids: str, dags: Path = ROOT / "dags", limits: Mapping[str, Any] = LIMITS) -> Iterator[Stand]:
    """Start everything, with the DAGs unpaused."""
    with (
        sandbox_process() as control,
        postgres_server() as server,
        fresh_database(server) as metadata,
        fresh_database(server) as ledger,
        tempfile.TemporaryDirectory(prefix="orderflow-bench-") as home,
    ):
        open_ledger(ledger)  # the deployment creates the tables, never a task
        environment = sandbox_environment(control.url) | {
            "PYTHONPATH": f"{ROOT / 'include'}:{ROOT / 'tools'}:{ROOT / 'bench'}",
            "AIRFLOW_CONN_ORDERFLOW_LEDGER": ledger.render_as_string(hide_password=False),
            "AIRFLOW_VAR_ORDERFLOW": json.dumps(SETTINGS | {"limits": dict(limits)}),
            "ORDERFLOW_PRELOAD": PRELOAD,
        }
        with LocalAirflow(
            Path(home),
            dags=dags,
            database=metadata.render_as_string(hide_password=False),
            parallelism=TASKS_AT_A_TIME,
            schedules=False,
            environment=environment,
            expect=dag_ids,
        ) as airflow:
            for dag_id in dag_ids:
                airflow.unpause(dag_id)
            yield Stand(control, airflow, metadata, ledger)


def script(control: SandboxControl, day: date, size: int, threads: int) -> Case:
    """Export a day with the plain script."""
    fill(control, day, size)
    before = last_call(control)
    started = time.monotonic()
    done = Script(control.url).run(f"{day:%Y-%m-%d}", threads)
    wall = time.monotonic() - started
    if done != size:
        sys.exit(f"the script exported {done} of {size} orders")
    return counted(control, before, size, f"script, {threads} thread{'s' * (threads > 1)}", wall)


def fill(control: SandboxControl, day: date, size: int, *, lines: int | None = None, **config: Any) -> None:
    """Reset the sandbox; orders of another case get other ids, for the ledger's sake."""
    control.reset(token_ttl=86400, latency_ms={"shop": LATENCY_MS, "erp": LATENCY_MS}, **config)
    first = day.toordinal() * 100_000
    orders = orders_for_day(day, size, first_number=first, payable_only=True)
    for start in range(0, size, 1000):
        control.add_orders(*(_long({**o, "id": first + int(o["id"])}, lines) for o in orders[start : start + 1000]))
    control.clear_journal()


def _long(order: Case, lines: int | None) -> Case:
    if lines is None:
        return order
    one = next(line for line in order["order_lines"] if line["type"] == "line")
    return {**order, "order_lines": [{**one, "id": n} for n in range(1, lines + 1)]}


def last_call(control: SandboxControl) -> int:
    """Return the number of the newest call."""
    calls = control.journal()
    return int(calls[-1]["n"]) if calls else 0


def counted(control: SandboxControl, before: int, size: int, how: str, wall: float) -> Case:
    """Return what a case cost, by the sandbox's own count."""
    calls = control.journal(since=before)
    services = Counter(call["service"] for call in calls)
    return {
        "orders": size,
        "how": how,
        "seconds": round(wall, 2),
        "orders_per_minute": round(60 * size / wall),
        "shop_calls": services["shop"],
        "erp_calls": services["erp"],
        "shop_calls_per_order": round(services["shop"] / size, 3) if size else None,
        "erp_calls_per_order": round(services["erp"] / size, 3) if size else None,
        "writes": sum(call["service"] != "token" and call["method"] != "GET" for call in calls),
        "throttled": sum(call["status"] == HTTPStatus.TOO_MANY_REQUESTS for call in calls),
        "most_calls_at_once": control.high_water(),
    }

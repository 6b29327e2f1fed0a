"""`make bench-backfill`: a month of already exported orders backfilled through a real Airflow; nothing may be written.

Uses real HTTP to a sandbox in its own process, and a real scheduler with LocalExecutor on PostgreSQL. The month is
backfilled with an empty ledger, and once more. Prints and writes bench/backfill-results.json: wall time, calls by
method, and for each ten days the peak memory by kind of process.
"""

import json
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from local_airflow import LocalAirflow
from measuring import PeakMemory, sandbox_process
from orderflow.ledger.opening import open_ledger
from postgres import fresh_database, postgres_server
from sandbox.catalogue import orders_for_day
from sandbox.control import SandboxControl
from sandbox_env import sandbox_environment

DAG = "orderflow_daily"
FIRST, DAYS, ORDERS = date(2026, 9, 1), 30, 1000
STRETCH = 10
"""Memory is reported per this many days, to show whether it grows."""
RESULTS = Path(__file__).with_name("backfill-results.json")


def exported(day: date, first_number: int) -> list[dict[str, Any]]:
    """Return a day's orders in their state after an export."""
    orders = orders_for_day(day, ORDERS, first_number=first_number, payable_only=True)
    for order in orders:
        order["id"] = first_number + int(order["id"])
        order["state"] = "processing"
        order["erp_order_number"] = f"ERP-{order['id']}"
        for n, line in enumerate(order["order_lines"], start=1):
            line["erp_line_number"] = 10 * n
    return orders


def watch_memory() -> PeakMemory:
    """Start watching for the largest processes."""
    memory = PeakMemory()
    memory.start()
    return memory


def measure(airflow: LocalAirflow, control: SandboxControl, days: Sequence[date], **options: str) -> dict[str, Any]:
    """Backfill the days and return what it cost."""
    control.clear_journal()
    started, peaks = time.monotonic(), []
    states: dict[str, str] = {}
    memory = watch_memory()
    airflow.backfill(DAG, days[0], days[-1], max_active_runs=2, **options)
    for start in range(0, DAYS, STRETCH):
        partitions = [f"{day:%Y-%m-%d}" for day in days[start : start + STRETCH]]
        states |= airflow.wait_partitions(DAG, partitions, timeout=1800)
        peaks.append(memory.stop())
        memory = watch_memory()
    memory.stop()
    wall = time.monotonic() - started
    calls = Counter(call["method"] for call in control.journal() if call["service"] != "token")
    return {
        "wall_seconds": round(wall, 1),
        "runs": dict(Counter(states.values())),
        "calls": dict(calls),
        "writes": sum(count for method, count in calls.items() if method != "GET"),
        f"peak_mb_by_{STRETCH}_days": peaks,
    }


def main() -> None:
    """Measure and write the results."""
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    results: dict[str, Any] = {
        "case": f"{DAYS} days x {ORDERS} already exported orders, backfill with max_active_runs 2",
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
    }
    with (
        sandbox_process() as control,
        postgres_server() as server,
        fresh_database(server) as metadata,
        fresh_database(server) as ledger,
        tempfile.TemporaryDirectory(prefix="orderflow-bench-") as home,
    ):
        for n, day in enumerate(days):
            control.add_orders(*exported(day, 100_000 * (n + 1)))
        open_ledger(ledger)  # the deployment creates the tables, never a task
        environment = sandbox_environment(control.url) | {
            "AIRFLOW_CONN_ORDERFLOW_LEDGER": ledger.render_as_string(hide_password=False),
        }
        database = metadata.render_as_string(hide_password=False)
        with LocalAirflow(
            Path(home), database=database, schedules=False, environment=environment, expect=[DAG]
        ) as airflow:
            airflow.unpause(DAG)
            results["with an empty ledger"] = measure(airflow, control, days)
            airflow.wait_backfills(DAG, timeout=120)
            results["once more"] = measure(airflow, control, days, reprocess_behavior="completed")
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()

"""`make bench-backfill`: a month of already exported orders backfilled through a real Airflow; nothing may be written.

Real HTTP to a sandbox in its own process, a real scheduler with LocalExecutor on PostgreSQL. Prints and writes
bench/backfill-results.json: wall time, calls by method, orders, and the peak memory of a task process per run.
"""

import json
import os
import platform
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from local_airflow import LocalAirflow
from measuring import PeakMemory, sandbox_process
from postgres import fresh_database, postgres_server
from sandbox.catalogue import orders_for_day
from sandbox_env import sandbox_environment

DAG = "orderflow_daily"
FIRST, DAYS, ORDERS = date(2026, 9, 1), 30, 1000
RESULTS = Path(__file__).with_name("backfill-results.json")


def exported(day: date, first_number: int) -> list[dict[str, Any]]:
    """Return a day's orders as they are after an export."""
    orders = orders_for_day(day, ORDERS, first_number=first_number, payable_only=True)
    for order in orders:
        order["id"] = first_number + int(order["id"])
        order["state"] = "processing"
        order["erp_order_number"] = f"ERP-{order['id']}"
        for n, line in enumerate(order["order_lines"], start=1):
            line["erp_line_number"] = 10 * n
    return orders


def main() -> None:
    """Measure and write the results."""
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    with (
        sandbox_process() as control,
        postgres_server() as server,
        fresh_database(server) as metadata,
        fresh_database(server) as ledger,
        tempfile.TemporaryDirectory(prefix="orderflow-bench-") as home,
    ):
        for n, day in enumerate(days):
            control.add_orders(*exported(day, 100_000 * (n + 1)))
        environment = sandbox_environment(control.url) | {
            "AIRFLOW_CONN_ORDERFLOW_LEDGER": ledger.render_as_string(hide_password=False),
            "ORDERFLOW_SWEEP_CRON": "0 0 1 1 *",
        }
        database = metadata.render_as_string(hide_password=False)
        with LocalAirflow(Path(home), database=database, environment=environment, expect=[DAG]) as airflow:
            airflow.unpause(DAG)
            control.clear_journal()
            memory = PeakMemory()
            memory.start()
            started = time.monotonic()
            airflow.backfill(DAG, days[0], days[-1], max_active_runs=2)
            states = airflow.wait_partitions(DAG, [f"{day:%Y-%m-%d}" for day in days], timeout=3000)
            wall = time.monotonic() - started
            peak = memory.stop()
        calls = Counter(call["method"] for call in control.journal() if call["service"] != "token")
    results = {
        "case": f"{DAYS} days x {ORDERS} already exported orders, backfill with max_active_runs 2",
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "wall_seconds": round(wall, 1),
        "runs": dict(Counter(states.values())),
        "calls": dict(calls),
        "writes": sum(count for method, count in calls.items() if method != "GET"),
        "peak_mb": peak,
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()

"""`make bench`: a day of new orders through a real Airflow, beside a script that makes the same calls.

Everything in one run: LocalExecutor on PostgreSQL, sandbox shop and ERP in a process of their own that answers each
call after 50 ms. Prints a row per case and writes bench/results.json. ORDERS sets the cases, such as `20,200`.
"""

import json
import os
import platform
import sys
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
from sandbox.control import SandboxControl
from sandbox_env import SETTINGS, sandbox_environment
from script import Script

DAG = "orderflow_daily"
DAY = date(2026, 9, 1)
LATENCY_MS = 50
SEQUENTIAL_UP_TO = 200  # in one thread the time grows with the orders and nothing else: more would only take longer
LIMITS = {"max_mapped": 8, "concurrency": 8}
RESULTS = Path(__file__).with_name("results.json")
ROW = "{:>7} {:<24} {:>8} {:>11} {:>10} {:>9} {:>6} {:>8}"


def main() -> None:
    """Measure and write the results."""
    sizes = [int(size) for size in os.environ.get("ORDERS", "20,200,1000").split(",")]
    print(ROW.format("orders", "how", "seconds", "orders/min", "shop calls", "ERP calls", "tasks", "peak MB"))
    load = os.getloadavg()
    with (
        sandbox_process() as control,
        postgres_server() as server,
        fresh_database(server) as metadata,
        fresh_database(server) as ledger,
        tempfile.TemporaryDirectory(prefix="orderflow-bench-") as home,
    ):
        environment = sandbox_environment(control.url) | {
            "AIRFLOW_CONN_ORDERFLOW_LEDGER": ledger.render_as_string(hide_password=False),
            "AIRFLOW_VAR_ORDERFLOW": json.dumps(SETTINGS | {"limits": LIMITS}),
        }
        database = metadata.render_as_string(hide_password=False)
        cases = []
        with LocalAirflow(Path(home), database=database, environment=environment, expect=[DAG]) as airflow:
            airflow.unpause(DAG)
            for n, size in enumerate(sizes):
                day = DAY + timedelta(days=2 * n)
                cases.append(_airflow(control, airflow, day, size, "orderflow_daily"))
                cases.append(_airflow(control, airflow, day, size, "the same day again"))
        for n, size in enumerate(sizes):
            threads_of = (1, 16) if size <= SEQUENTIAL_UP_TO else (16,)
            cases += [_script(control, DAY + timedelta(days=2 * n), size, threads) for threads in threads_of]
    results = {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "load_average_before": load,
        "load_average_after": os.getloadavg(),
        "latency_ms": LATENCY_MS,
        "limits": LIMITS,
        "cases": cases,
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _airflow(control: SandboxControl, airflow: LocalAirflow, day: date, size: int, how: str) -> dict[str, Any]:
    """Run the day from the trigger to the run's end, all of Airflow's own time included."""
    if how == DAG:
        _fill(control, day, size)
    seen = _last_call(control)
    memory = PeakMemory()
    memory.start()
    started = time.monotonic()
    run_id = airflow.trigger(DAG, partition_key=f"{day:%Y-%m-%d}")
    state = airflow.wait(DAG, run_id, timeout=3600)
    wall = time.monotonic() - started
    peak = memory.stop()
    if state != "success":
        sys.exit(f"{size} orders: the run ended as {state}")
    tasks = len(airflow.task_instances(DAG, run_id))
    return _case(control, seen, size, how, wall, tasks=tasks, peak=peak)


def _script(control: SandboxControl, day: date, size: int, threads: int) -> dict[str, Any]:
    _fill(control, day, size)
    seen = _last_call(control)
    started = time.monotonic()
    done = Script(control.url).run(f"{day:%Y-%m-%d}", threads)
    wall = time.monotonic() - started
    if done != size:
        sys.exit(f"the script exported {done} of {size} orders")
    return _case(control, seen, size, f"script, {threads} thread{'s' * (threads > 1)}", wall)


def _fill(control: SandboxControl, day: date, size: int) -> None:
    """Start the sandbox over, in which only the orders of this day are."""
    control.reset(token_ttl=7200, latency_ms={"shop": LATENCY_MS, "erp": LATENCY_MS})
    first = day.toordinal() * 100_000  # an order of another case is another order, for the ledger too
    orders = orders_for_day(day, size, first_number=first, payable_only=True)
    control.add_orders(*({**order, "id": first + int(order["id"])} for order in orders))


def _last_call(control: SandboxControl) -> int:
    calls = control.journal()
    return int(calls[-1]["n"]) if calls else 0


def _case(
    control: SandboxControl,
    seen: int,
    size: int,
    how: str,
    wall: float,
    *,
    tasks: int | None = None,
    peak: float | None = None,
) -> dict[str, Any]:
    calls = control.journal(since=seen)
    services = Counter(call["service"] for call in calls)
    writes = sum(call["service"] != "token" and call["method"] != "GET" for call in calls)
    shop, erp = round(services["shop"] / size, 2), round(services["erp"] / size, 2)
    row = (size, how, round(wall, 1), round(60 * size / wall), shop, erp, tasks or "", peak or "")
    print(ROW.format(*row), flush=True)
    return {
        "orders": size,
        "how": how,
        "seconds": round(wall, 2),
        "orders_per_minute": round(60 * size / wall),
        "shop_calls_per_order": shop,
        "erp_calls_per_order": erp,
        "writes": writes,
        "task_instances": tasks,
        "peak_mb_of_a_task_process": peak,
        "most_calls_at_once": control.high_water(),
    }


if __name__ == "__main__":
    main()

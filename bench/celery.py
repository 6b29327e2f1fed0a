"""`make bench-celery`: the same day on the compose files' Celery, with more and more workers. Needs a Docker engine.

ORDERS (1000) is the size of the day, WORKERS (`2,4`) the number of workers; results go into bench/results.json. All
containers share this machine's cores: more workers overlap more waiting, but add no processor time.
"""

import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from cases import DAILY, DAY
from results import load, save, table
from service import wait_until
from stand import LIMITS, counted, fill, last_call
from test_stack import Stack

FILES = ["docker-compose.yaml", "docker-compose.celery.yaml"]


def main() -> None:
    """Measure."""
    size = int(os.environ.get("ORDERS", "1000"))
    for workers in map(int, os.environ.get("WORKERS", "2,4").split(",")):
        before = os.getloadavg()
        with tempfile.TemporaryDirectory(prefix="orderflow-celery-") as home:
            stack = Stack(Path(home), FILES, ["--scale", f"worker={workers}"], limits=LIMITS)
            try:
                case = _day(stack, size, workers)
            finally:
                stack.compose("down", "--volumes", "--timeout", "20")
        save(f"celery{workers}/{size}", case, before)
        print(f"{workers} workers: {case['seconds']} s", flush=True)
    print(*table(load()), sep="\n")


def _day(stack: Stack, size: int, workers: int) -> dict[str, object]:
    stack.compose("build", "init", "sandbox")
    stack.up()
    wait_until(lambda: any(d["dag_id"] == DAILY for d in stack.airflow.api("GET", "/dags")["dags"]) or None, 120, "DAG")
    stack.airflow.unpause(DAILY)
    day = DAY + timedelta(days=workers)
    fill(stack.control, day, size)
    before = last_call(stack.control)
    started = time.monotonic()
    run_id = stack.airflow.trigger(DAILY, partition_key=day.isoformat())
    state = stack.airflow.wait(DAILY, run_id, timeout=3600)
    wall = time.monotonic() - started
    if state != "success":
        said = stack.airflow.task_log(DAILY, run_id, "report")
        raise SystemExit(f"{workers} workers: the run ended as {state}\n{said[-4000:]}")
    how = f"orderflow_daily, Celery, {workers} workers"
    return counted(stack.control, before, size, how, wall) | {
        "task_instances": len(stack.airflow.task_instances(DAILY, run_id))
    }


if __name__ == "__main__":
    main()

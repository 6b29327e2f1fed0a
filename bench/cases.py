"""The cases, by name. Each returns result rows by key; a new measurement's row replaces the old one."""

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from measuring import ROOT, sandbox_process
from stand import LATENCY_MS, LIMITS, NAIVE, Case, Stand, script, stand

DAILY, SWEEP = "orderflow_daily", "orderflow_sweep"
DAY = date(2026, 9, 1)
CAPPED = 1000
"""Baselines whose time only grows with the orders are measured up to here and extrapolated beyond."""
PER_SECOND = 2
PARSED_TIMES = 5
Rows = Iterator[tuple[str, Case]]


def ours(sizes: Sequence[int]) -> Rows:
    """Run days of new orders through the daily DAG, and each again."""
    with stand(DAILY) as here:
        for n, size in enumerate(sizes):
            day = DAY + timedelta(days=2 * n)
            here.fill(day, size)
            key = f"{day:%Y-%m-%d}"
            yield f"ours/{size}", here.run(DAILY, size, "orderflow_daily", partition_key=key)
            yield f"again/{size}", here.run(DAILY, size, "the same day again", partition_key=key)


def script_1(sizes: Sequence[int]) -> Rows:
    """Baseline (a): a plain script, one call after the other."""
    yield from _script(sizes, 1)


def script_16(sizes: Sequence[int]) -> Rows:
    """Baseline (b): the same in 16 threads."""
    yield from _script(sizes, 16)


def naive(sizes: Sequence[int]) -> Rows:
    """Baseline (d): one order per mapped group of four tasks."""
    with stand(NAIVE, dags=ROOT / "bench" / "dags") as here:
        for n, size in enumerate(_measured(sizes)):
            day = DAY + timedelta(days=2 * n)
            here.fill(day, size)
            yield f"naive/{size}", here.run(NAIVE, size, "one order per task", conf={"day": f"{day:%Y-%m-%d}"})


def idle(_sizes: Sequence[int]) -> Rows:
    """Run a day without orders, and sweeps with nothing to do: with no order, and with 1,000 waiting for payment."""
    with stand(DAILY, SWEEP) as here:
        here.fill(DAY, 0)
        yield "idle/0", here.run(DAILY, 0, "idle day", partition_key=f"{DAY:%Y-%m-%d}")
        yield "sweep/0", here.run(SWEEP, 0, "idle sweep, nothing parked")
        here.fill(DAY, 1000)
        _unpaid(here)
        yield "sweep/new", here.run(SWEEP, 1000, "sweep that meets 1,000 unpaid orders")
        _aged(here)
        yield "sweep/1000", here.run(SWEEP, 1000, "idle sweep, 1,000 parked for ten days") | {"orders_per_minute": None}


def lines(_sizes: Sequence[int]) -> Rows:
    """Run ten orders of 500 lines."""
    with stand(DAILY) as here:
        here.fill(DAY, 10, lines=500)
        yield "lines/10", here.run(DAILY, 10, "500 lines an order", partition_key=f"{DAY:%Y-%m-%d}")


def limited(_sizes: Sequence[int]) -> Rows:
    """Run a day at a shop that answers 429 above two calls a second; the limit is a call every half second."""
    with stand(DAILY, limits={**LIMITS, "shop_per_second": PER_SECOND}) as here:
        here.fill(DAY, 60, rate_limit=PER_SECOND)
        case = here.run(DAILY, 60, f"{PER_SECOND} shop calls a second", partition_key=f"{DAY:%Y-%m-%d}")
        calls = here.control.journal(service="shop")
        first, last = (datetime.fromisoformat(calls[n]["at"]) for n in (0, -1))
        while_calling = (len(calls) - 1) / (last - first).total_seconds()
        yield (
            "limited/60",
            case
            | {
                "possible_seconds": len(calls) / PER_SECOND,
                "of_possible": round(len(calls) / PER_SECOND / case["seconds"], 3),
                "of_possible_while_calling": round(while_calling / PER_SECOND, 3),
            },
        )


def parse(_sizes: Sequence[int]) -> Rows:
    """Parse each DAG file in a new process that has Airflow loaded, beside an empty one."""
    empty = _parse_seconds(ROOT / "bench" / "empty" / "empty_taskflow.py")
    for path in sorted((ROOT / "dags").glob("*.py")):
        seconds = _parse_seconds(path)
        yield (
            f"parse/{path.stem}",
            {
                "orders": None,
                "how": f"parse {path.name}",
                "seconds": round(seconds, 4),
                "empty_seconds": round(empty, 4),
                "ratio_to_empty": round(seconds / empty, 2),
                "seconds_without_preload": round(_parse_seconds(path, preload=False), 4),
            },
        )


CASES: dict[str, Callable[[Sequence[int]], Rows]] = {
    "ours": ours,
    "script16": script_16,
    "script1": script_1,
    "naive": naive,
    "idle": idle,
    "lines": lines,
    "limited": limited,
    "parse": parse,
}


def _script(sizes: Sequence[int], threads: int) -> Rows:
    for n, size in enumerate(sizes if threads > 1 else _measured(sizes)):
        with sandbox_process() as control:
            yield f"script{threads}/{size}", script(control, DAY + timedelta(days=2 * n), size, threads)


def _measured(sizes: Sequence[int]) -> list[int]:
    return sorted({min(size, CAPPED) for size in sizes})


def _unpaid(here: Stand) -> None:
    for order in here.control.orders():
        here.control.edit_order(order["id"], payment_status="started")
    here.control.clear_journal()


def _aged(here: Stand) -> None:
    """Make the orders look parked for ten days and checked just now."""
    with create_engine(here.ledger).begin() as connection:
        then = datetime.now(UTC) - timedelta(days=10)
        connection.execute(text("UPDATE orderflow_order SET first_seen_at = :then"), {"then": then})


_PARSE = """
import sys, time
from airflow.dag_processing.dagbag import DagBag
import airflow.dag_processing.processor, airflow.sdk.definitions.dag, airflow.serialization.serialized_objects
if sys.argv[3:]:
    import orderflow.orchestration.preload
DagBag(sys.argv[2], bundle_path=None)
started = time.perf_counter()
bag = DagBag(sys.argv[1], bundle_path=None)
taken = time.perf_counter() - started
assert bag.dags and not bag.import_errors, bag.import_errors
print(taken)
"""


def _parse_seconds(path: Path, *, preload: bool = True) -> float:
    """Return the median over new processes that have parsed an empty DAG first, as in the DAG processor."""
    warm = ROOT / "bench" / "empty" / "empty_taskflow.py"
    taken = []
    for _ in range(PARSED_TIMES):
        command = [sys.executable, "-c", _PARSE, str(path), str(warm), *(["preload"] if preload else [])]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        taken.append(float(done.stdout.split()[-1]))
    return statistics.median(taken)


def floor_seconds(case: Case) -> float:
    """Baseline (c): the minimum time for a day's calls, with the concurrency that ours may use."""
    in_flight = LIMITS["max_mapped"] * LIMITS["concurrency"]
    return float((case["shop_calls"] + case["erp_calls"]) * LATENCY_MS / 1000 / in_flight)

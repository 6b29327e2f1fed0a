"""The results: kept by case, so that cases can be measured one at a time; compared, and shown as a table."""

import json
import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from cases import CAPPED, floor_seconds
from stand import LATENCY_MS, LIMITS, PRELOAD, TASKS_AT_A_TIME, Case

RESULTS = Path(__file__).with_name("results.json")
HEAD = (
    "| case | orders | s | orders/min | shop calls/order | ERP calls/order | tasks | Airflow CPU s | task MB | "
    "scheduler MB | metadata rows | ledger rows | x (a) | x (b) | x (c) | x (d) |"
)


def load() -> dict[str, Any]:
    """Return the results so far."""
    if not RESULTS.exists():
        return {"cases": {}}
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results if isinstance(results.get("cases"), dict) else {"cases": {}}


def save(key: str, case: Case, load_before: tuple[float, float, float]) -> None:
    """Add or replace one row, with the machine's load."""
    results = load()
    results["machine"] = machine()
    results["set_up"] = {
        "latency_ms": LATENCY_MS,
        "limits": LIMITS,
        "tasks_at_a_time": TASKS_AT_A_TIME,
        "preload": PRELOAD,
    }
    results["cases"][key] = case | {
        "measured_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
        "load_average": {"before": [round(n, 2) for n in load_before], "after": [round(n, 2) for n in os.getloadavg()]},
    }
    results["cases"] = dict(sorted(results["cases"].items(), key=_place))
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def machine() -> str:
    """Describe this machine."""
    memory = psutil.virtual_memory().total / 1e9
    python = platform.python_version()
    return f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, {platform.system()}, Python {python}"


def table(results: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table; ratios are ours divided by the baseline's seconds."""
    yield HEAD
    yield "|---|" + "--:|" * (HEAD.count("|") - 2)
    for key, case in results["cases"].items():
        if not key.startswith("parse/"):
            yield _line(results["cases"], key, case)


def remarks(results: dict[str, Any]) -> Iterator[str]:
    """Yield remarks that do not fit into the table."""
    for key, case in results["cases"].items():
        if key.startswith("parse/"):
            yield (
                f"- {case['how']}: {case['seconds'] * 1000:.0f} ms, {case['ratio_to_empty']} x an empty TaskFlow DAG "
                f"({case['empty_seconds'] * 1000:.0f} ms); {case['seconds_without_preload'] * 1000:.0f} ms without "
                "ORDERFLOW_PRELOAD"
            )
        if key.startswith("limited/"):
            yield (
                f"- {case['how']}: {case['of_possible']:.0%} of the possible over the whole run, "
                f"{case['of_possible_while_calling']:.0%} between the first call and the last; "
                f"{case['throttled']} answers were 429"
            )
    few, many = results["cases"].get("ours/1000"), results["cases"].get("ours/10000")
    if few and many:
        yield f"- 10,000 orders take {many['seconds'] / few['seconds']:.1f} x the time of 1,000"
    loads = [case["load_average"]["before"][0] for case in results["cases"].values()]
    if loads:
        yield f"- load average of the machine before each case: {min(loads)} to {max(loads)}"


def _line(cases: dict[str, Case], key: str, case: Case) -> str:
    peaks = case.get("peak_mb") or {}
    ours = key.startswith("ours/")
    ratios = [_ratio(cases, case, baseline) for baseline in ("script1", "script16")] if ours else ["", ""]
    ratios.append(f"{case['seconds'] / floor_seconds(case):.1f}" if ours else "")
    ratios.append(_ratio(cases, case, "naive") if ours else "")
    cells = [
        case["how"],
        f"{case['orders']:,}",
        f"{case['seconds']:.1f}",
        case["orders_per_minute"] or "",
        _short(case["shop_calls_per_order"]) or f"{case['shop_calls']} in all",
        _short(case["erp_calls_per_order"]) or f"{case['erp_calls']} in all",
        case.get("task_instances") or "",
        case.get("airflow_cpu_seconds", ""),
        peaks.get("task", ""),
        peaks.get("scheduler", ""),
        case.get("metadata_rows", ""),
        case.get("ledger_rows", ""),
        *ratios,
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _ratio(cases: dict[str, Case], case: Case, baseline: str) -> str:
    """Compare with a baseline of the same size, or (`~`) with the largest one measured, scaled by orders."""
    size = case["orders"]
    same = cases.get(f"{baseline}/{size}")
    if same:
        return f"{case['seconds'] / same['seconds']:.2f}"
    capped = cases.get(f"{baseline}/{CAPPED}")
    if capped and size > CAPPED:
        return f"~{case['seconds'] / (capped['seconds'] * size / CAPPED):.2f}"
    return ""


_ORDER = (
    "ours",
    "again",
    "celery2",
    "celery4",
    "script1",
    "script16",
    "naive",
    "idle",
    "sweep",
    "lines",
    "limited",
    "parse",
)


def _place(row: tuple[str, Case]) -> tuple[int, int, str]:
    name, _, size = row[0].partition("/")
    return _ORDER.index(name), int(size) if size.isdecimal() else 0, size

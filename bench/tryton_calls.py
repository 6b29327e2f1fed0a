"""`make bench-tryton-calls`: what an order costs at a real Tryton: each call, its time, and whose processor time it is.

Pushes orders of five lines one after another, as quotations and confirmed; then orders of 100 and 500 lines with a
connection's usual limits, of which no call may take longer. Prints and writes bench/tryton-calls-results.json.
"""

import json
import logging
import os
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import requests

from erp_tryton import LINES, machine, order
from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.rest import ERP
from orderflow.erp.tryton.adapter import TrytonErp
from orderflow.transport import Channel, FixedAuthorization
from postgres import postgres_server
from tryton import RunningTryton, running

RESULTS = Path(__file__).with_name("tryton-calls-results.json")
LARGE = (100, 500)
Order = Callable[[], SalesOrderRequest]
WARM_UP, MEASURED = 8, 40
"""Orders: enough to warm the caches of every worker, and enough for a median."""


class Call(NamedTuple):
    """One request, such as `POST sale.sale quote`."""

    name: str
    seconds: float


class Watched:
    """An adapter whose calls are recorded. It has a connection's usual limits: 30 s of silence, 60 s a call."""

    def __init__(self, tryton: RunningTryton, *, confirm: bool) -> None:
        self.calls: list[Call] = []
        session = requests.Session()
        session.hooks["response"].append(self._record)
        channel = Channel(session, tryton.url, service=ERP, authorize=FixedAuthorization("Bearer", tryton.key))
        self.erp = TrytonErp(channel, {**tryton.connection_extra, "confirm": confirm})

    def push(self, request: SalesOrderRequest) -> list[Call]:
        """Push an order as a task does; return its calls."""
        self.calls.clear()
        assert self.erp.find(request.external_reference) is None  # noqa: S101
        self.erp.create(request)
        return list(self.calls)

    def _record(self, response: requests.Response, *_: Any, **__: Any) -> None:
        path = str(response.request.path_url).partition("?")[0].partition("/model/")[2]
        name = f"{response.request.method} {re.sub(r'/[0-9]+', '', path).replace('/', ' ')}"
        self.calls.append(Call(name, response.elapsed.total_seconds()))


def measure_calls(tryton: RunningTryton, next_order: Order, *, confirm: bool) -> dict[str, Any]:
    """Push orders one after another; return what each call of an order takes, as a median."""
    watched = Watched(tryton, confirm=confirm)
    for _ in range(WARM_UP):
        watched.push(next_order())
    before = processor_seconds(tryton)
    orders = [watched.push(next_order()) for _ in range(MEASURED)]
    used = {kind: seconds - before[kind] for kind, seconds in processor_seconds(tryton).items()}
    return {
        "confirm": confirm,
        "orders": MEASURED,
        "milliseconds_per_order": _ms(statistics.median(sum(call.seconds for call in calls) for calls in orders)),
        "processor_ms_per_order": {kind: _ms(seconds / MEASURED) for kind, seconds in sorted(used.items())},
        "calls": _by_name(orders),
    }


def measure_large(tryton: RunningTryton, request: SalesOrderRequest, *, confirm: bool) -> dict[str, Any]:
    """Push one large order; return how long it took, and its longest call."""
    watched = Watched(tryton, confirm=confirm)
    calls = watched.push(request)
    longest = max(calls, key=lambda call: call.seconds)
    return {
        "lines": len(request.lines),
        "confirm": confirm,
        "seconds": round(sum(call.seconds for call in calls), 1),
        "longest_call": longest.name,
        "longest_seconds": round(longest.seconds, 1),
    }


def measure(tryton: RunningTryton) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each measurement with the name of its kind."""
    numbers = count(1)
    for confirm in (False, True):
        yield "calls", measure_calls(tryton, lambda: order(next(numbers)), confirm=confirm)
        for size in LARGE:
            yield "large", measure_large(tryton, order(next(numbers), size), confirm=confirm)


def main() -> None:
    """Measure and write the results."""
    logging.disable()
    before = os.getloadavg()
    results: dict[str, list[dict[str, Any]]] = {"calls": [], "large": []}
    with (
        tempfile.TemporaryDirectory(prefix="orderflow-bench-") as home,
        postgres_server() as server,
        running(server, Path(home)) as tryton,
    ):
        for kind, result in measure(tryton):
            results[kind].append(result)
            print(json.dumps(result), flush=True)
    facts = {**machine(before), "lines_per_order": LINES}
    RESULTS.write_text(json.dumps({**facts, **results}, indent=2) + "\n", encoding="utf-8")


def processor_seconds(tryton: RunningTryton) -> Counter[str]:
    """Return the processor time used so far: by Tryton, by its connections in PostgreSQL and by this process."""
    used = Counter[str]()
    me = psutil.Process()
    servers = {process.pid for process in me.children(recursive=True)}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command = " ".join(process.cmdline())
            if process == me:
                kind = "this project"
            elif process.pid in servers and "gunicorn" in command:
                kind = "tryton"
            elif command.startswith("postgres") and str(tryton.database.database) in command:
                kind = "postgresql"
            else:
                continue
            times = process.cpu_times()
            used[kind] += times.user + times.system
    return used


def _by_name(orders: Sequence[Sequence[Call]]) -> list[dict[str, Any]]:
    """Return each call in the order in which an order makes it; `per_order` counts it where not every order does."""
    names = dict.fromkeys(call.name for calls in orders for call in calls)
    found = {name: [call.seconds for calls in orders for call in calls if call.name == name] for name in names}
    return [
        {"call": name, "per_order": round(len(taken) / len(orders), 2), "p50_ms": _ms(statistics.median(taken))}
        for name, taken in found.items()
    ]


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


if __name__ == "__main__":
    main()

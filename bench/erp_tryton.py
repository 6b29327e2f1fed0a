"""`make bench-tryton`: how fast a real Tryton accepts orders through the adapter, on PostgreSQL under gunicorn.

First pushes alone, as a task makes them (look up, then create): orders of five lines by 1, 4 and 8 threads, for a fixed
time each, left as quotations or confirmed. Then a day of 200 new orders from the sandbox shop through `run_day`:
listed, pushed, written back. Everything on this machine. Prints and writes bench/tryton-results.json.
"""

import json
import logging
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from measuring import sandbox_process
from orderflow.domain.window import Window
from orderflow.erp.hook import ErpHook
from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.port import ErpPort
from orderflow.flow.orders.run import run_day
from orderflow.ledger.models.orders import RunRef
from orderflow.orchestration.connect import connect
from postgres import fresh_database, postgres_server
from sandbox.catalogue import PRODUCTS
from sandbox.control import SandboxControl
from sandbox_env import sandbox_environment
from tryton import WORKERS, RunningTryton, running

RESULTS = Path(__file__).with_name("tryton-results.json")
DAY = date(2026, 11, 22)
LINES, PUSHERS, ORDERS = 5, (1, 4, 8), 200
SECONDS = 12
WARM_UP = 8
"""Orders pushed before each measurement, to warm the caches of every worker."""


def order(number: int, size: int = LINES) -> SalesOrderRequest:
    """Generate an order of this many lines."""
    lines = [
        {
            "position": n,
            "shop_line_id": n,
            "product": {"origin": "myorigin", "key": PRODUCTS[(number + n) % len(PRODUCTS)][0]},
            "description": f"Line {n}",
            "quantity": n,
            "unit_price": PRODUCTS[(number + n) % len(PRODUCTS)][2],
        }
        for n in range(1, size + 1)
    ]
    customer = 1300 + number % 100
    return SalesOrderRequest.model_validate(
        {
            "external_reference": f"1/B{number}",
            "idempotency_key": f"cloudsuite:{number}",
            "shop": "1",
            "shop_order_id": number,
            "shop_reference": f"B{number}",
            "customer_order_number": None,
            "customer": customer,
            "currency": "EUR",
            "order_date": DAY,
            "confirmed_at": datetime.now(UTC),
            "requested_delivery_date": None,
            "shipment_address": customer + 370,
            "invoice_address": customer + 330,
            "payment_status": "paid",
            "remarks": None,
            "lines": lines,
        }
    )


def push_for(erp: ErpPort, numbers: Iterator[int], until: float) -> list[float]:
    """Push one order after another until then; return how long each took."""
    taken = []
    while (began := time.monotonic()) < until:
        request = order(next(numbers))
        assert erp.find(request.external_reference) is None  # noqa: S101
        erp.create(request)
        taken.append(time.monotonic() - began)
    return taken


def measure_pushes(pushers: int, *, confirm: bool, numbers: Iterator[int]) -> dict[str, Any]:
    """Push with this many threads at the same time."""
    erp = ErpHook().get_erp(concurrency=pushers)
    for number in (next(numbers) for _ in range(WARM_UP)):
        erp.create(order(number))
    began = time.monotonic()
    with ThreadPoolExecutor(pushers) as pool:
        jobs = [pool.submit(push_for, erp, numbers, began + SECONDS) for _ in range(pushers)]
        taken = sorted(seconds for job in jobs for seconds in job.result())
    return {
        "pushers": pushers,
        "confirm": confirm,
        "sales": len(taken),
        "sales_per_second": round(len(taken) / (time.monotonic() - began), 1),
        "p50_ms": _ms(statistics.median(taken)),
        "p95_ms": _ms(taken[int(len(taken) * 0.95)]),
    }


def measure_day(server: URL, control: SandboxControl, tryton: RunningTryton, *, confirm: bool) -> dict[str, Any]:
    """Run a day of new orders from the shop to Tryton and back, with a ledger on the same PostgreSQL server."""
    control.reset(DAY, ORDERS, payable_only=True)
    tryton.forget_sales()
    with fresh_database(server) as ledger:
        os.environ["AIRFLOW_CONN_ORDERFLOW_LEDGER"] = ledger.render_as_string(hide_password=False)
        services = connect(upgrade=True)
        window = Window.of_day(str(DAY), services.settings.timezone)
        began = time.monotonic()
        report = run_day(services, window, RunRef(dag_id="bench", run_id="bench", partition=window.key))
        seconds = time.monotonic() - began
    report.raise_failures()
    told = {entry["erp_order_number"] for entry in control.orders()} - {None}
    assert report.processed == len(told) == ORDERS, report.summary  # noqa: S101
    return {
        "confirm": confirm,
        "concurrency": services.settings.limits.concurrency,
        "seconds": round(seconds, 1),
        "orders_per_minute": round(60 * ORDERS / seconds),
    }


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


def _use(tryton: RunningTryton, *, confirm: bool) -> None:
    extra = {**tryton.connection_extra, "confirm": confirm, "timeout": 60}
    os.environ["AIRFLOW_CONN_ERP_DEFAULT"] = json.dumps({"conn_type": "http", "host": tryton.url, "extra": extra})


def measure(server: URL, control: SandboxControl, tryton: RunningTryton) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each measurement with the name of its kind."""
    numbers = count(1)
    for confirm in (False, True):
        _use(tryton, confirm=confirm)
        for pushers in PUSHERS:
            tryton.forget_sales()
            yield "pushes", measure_pushes(pushers, confirm=confirm, numbers=numbers)
        yield "days", measure_day(server, control, tryton, confirm=confirm)


def main() -> None:
    """Measure and write the results."""
    logging.disable()
    before = os.getloadavg()
    results: dict[str, list[dict[str, Any]]] = {"pushes": [], "days": []}
    with (
        tempfile.TemporaryDirectory(prefix="orderflow-bench-") as home,
        sandbox_process() as control,
        postgres_server() as server,
        running(server, Path(home)) as tryton,
    ):
        os.environ.update(sandbox_environment(control.url))
        for kind, result in measure(server, control, tryton):
            results[kind].append(result)
            print(json.dumps(result), flush=True)
    sizes = {"lines_per_order": LINES, "seconds_per_measurement": SECONDS, "orders_of_the_day": ORDERS}
    RESULTS.write_text(json.dumps({**machine(before), **sizes, **results}, indent=2) + "\n", encoding="utf-8")


def machine(before: Sequence[float]) -> dict[str, Any]:
    """Describe the machine and its load before and after the measurements."""
    return {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "load_average_before": before,
        "load_average_after": os.getloadavg(),
        "tryton": f"8.2, gunicorn with {WORKERS} workers of 4 threads; PostgreSQL without fsync",
    }


if __name__ == "__main__":
    main()

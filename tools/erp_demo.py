"""`make erp-demo`: one day of orders from the sandbox shop into a real Tryton, without a scheduler; then once more.

Prints the sales as Tryton shows them, and the run's summary as JSON, proves that shop and Tryton agree and that the
second run adds nothing, and leaves nothing running. Exit code 1 if any of this fails.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from postgres import postgres_server
from sandbox.control import SandboxControl
from sandbox.server import running as sandbox_running
from sandbox_env import sandbox_environment
from service import loopback_environment
from tryton import RunningTryton, running

ORDERS = 40
CURRENCY = "USD"
"""One order of the sandbox's day is in a currency that Tryton's web shops do not sell in: it must be held."""
ROW = "{:>7}  {:<10}  {:<14}  {:<14}  {:>5}  {:>10}  {:>10}  {}"


def main() -> int:
    """Run the demo; returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything below is stopped in that case, too
    day = date.today() - timedelta(days=1)  # noqa: DTZ011  # any day that is over
    print("Starting PostgreSQL and Tryton (the first time on a machine this takes some minutes) …", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="orderflow-erp-demo-") as home,
        postgres_server() as postgres,
        running(postgres, Path(home)) as tryton,
        sandbox_running(day, ORDERS) as sandbox,
        SandboxControl(sandbox.url) as control,
    ):
        environment = loopback_environment() | sandbox_environment(sandbox.url) | demo_environment(tryton, Path(home))
        print(f"Running {day} from the sandbox shop into Tryton …\n", flush=True)
        first, failures = run_demo_day(day, environment)
        sales = _sales(tryton)
        _print(sales)
        print(*failures, sep="\n", end="\n\n")
        print("The same day once more …", flush=True)
        second, _ = run_demo_day(day, environment)
        mistakes = _mistakes(control, sales, _sales(tryton))
    print(f"{json.dumps(second)}\n")
    for mistake in mistakes:
        print(mistake)
    print(json.dumps(first))
    expected = all(f"the order is in {CURRENCY}" in failure for failure in failures)
    return 0 if expected and sales and not mistakes else 1


def demo_environment(tryton: RunningTryton, home: Path) -> dict[str, str]:
    """Return the connections of a run of the sandbox's day into this Tryton, with a ledger of its own in `home`."""
    extra = {**tryton.connection_extra, "confirm": True, "timeout": 30}
    return {
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW_CONN_ERP_DEFAULT": json.dumps({"conn_type": "http", "host": tryton.url, "extra": extra}),
        "AIRFLOW_CONN_ORDERFLOW_LEDGER": f"sqlite:///{home}/orderflow.db",
    }


def run_demo_day(day: date, environment: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Run the day as `make run` does; return its summary and the failures it reported."""
    command = [sys.executable, "-m", "orderflow", "run", "--date", str(day)]
    ran = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    failures = [line for line in ran.stderr.splitlines() if line.startswith("FAILED")]
    if ran.returncode and not failures:
        raise SystemExit(f"the run could not be made:\n{ran.stderr}")
    summary: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return summary, failures


def _sales(tryton: RunningTryton) -> list[dict[str, Any]]:
    fields = ["number", "web_id", "reference", "party.name", "lines", "untaxed_amount", "total_amount", "state"]
    found: list[dict[str, Any]] = tryton.rpc("model.sale.sale.search_read", [], 0, None, [["id", "ASC"]], fields)
    return found


def _print(sales: list[dict[str, Any]]) -> None:
    print(ROW.format("number", "web ID", "reference", "party", "lines", "untaxed", "total", "state"))
    for sale in sales:
        amounts = (sale["untaxed_amount"]["decimal"], sale["total_amount"]["decimal"])
        known = (sale["number"], sale["web_id"], sale["reference"], sale["party."]["name"], len(sale["lines"]))
        print(ROW.format(*known, *amounts, sale["state"]))
    print()


def _mistakes(control: SandboxControl, first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[str]:
    """List what shop and Tryton disagree on, and what the second run added."""
    ordered = {f"{order['webshop']}/{order['reference']}": order for order in control.orders() if not order["offline"]}
    told = sorted((name, order["erp_order_number"]) for name, order in ordered.items() if order["erp_order_number"])
    made = sorted((sale["web_id"], sale["number"]) for sale in first)
    mistakes = [f"shop and Tryton disagree: {told} and {made}"] if told != made else []
    if [sale["id"] for sale in first] != [sale["id"] for sale in second]:
        mistakes.append("the second run changed Tryton's sales")
    return mistakes


if __name__ == "__main__":
    sys.exit(main())

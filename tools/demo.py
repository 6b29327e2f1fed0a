"""`make demo`: one day of orders through a real Airflow, from the sandbox shop into the sandbox ERP; then once more.

Prints a row per order and the run's summary as JSON, proves that the second run writes nothing, and leaves nothing
running. Exit code 1 if any of this fails.
"""

import json
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from local_airflow import LocalAirflow
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.ledger.opening import open_ledger
from sandbox.control import SandboxControl
from sandbox.server import running
from sandbox_env import sandbox_environment

DAG = "orderflow_daily"
ORDERS = 40
RUN_TIMEOUT = 240
COLUMNS = "{:<10} {:<4} {:<15} {:<9} {:<20} {:<11} {:>5}  {:<10} {:<8}"
# Few, larger task groups: on SQLite a task instance costs far more than the orders in it.
SETTINGS = {
    "origins": ["webshop", "erp"],
    "webshops": {"1": {"customers": "create"}, "2": {"payment_option": False}},
    "limits": {"max_mapped": 6},
}
GUEST_MAIL = "guest@example.nl"
GUEST = {
    "reference": "CS-GUEST",
    "payment_status": "paid",
    "guest": {"email": GUEST_MAIL, "name": "Guest of the demo", "street1": "Elzenkade", "house_number": "7"},
}
"""An order whose customer and address are new to the ERP."""


def main() -> int:
    """Run the demo; returns the exit code."""
    day = f"{datetime.now(ZoneInfo('Europe/Amsterdam')) - timedelta(days=7):%Y-%m-%d}"
    with (
        tempfile.TemporaryDirectory(prefix="orderflow-demo-") as home,
        running(datetime.fromisoformat(day).date(), ORDERS) as sandbox,
        SandboxControl(sandbox.url) as control,
    ):
        control.erp_customers.import_from_shop()  # the customers of all other orders come from the ERP
        control.add_orders({**GUEST, "confirm_date": f"{day}T12:00:00"})
        ledger_url = f"sqlite:///{home}/orderflow.db"
        environment = sandbox_environment(sandbox.url) | {
            "AIRFLOW_CONN_ORDERFLOW_LEDGER": ledger_url,
            "AIRFLOW_VAR_ORDERFLOW": json.dumps(SETTINGS),
        }
        print(f"Starting Airflow, and a sandbox shop with {ORDERS} orders around {day} …", flush=True)
        with LocalAirflow(Path(home) / "airflow", schedules=False, environment=environment, expect=[DAG]) as airflow:
            airflow.unpause(DAG)
            print(f"First run of {day} …", flush=True)
            first = _run(airflow, day, news=True)
            known = open_ledger(ledger_url).get_many(order["id"] for order in control.orders())
            _print_orders(control, known)
            _print_guest(control)
            print(f"\n{json.dumps(first)}\n")
            print(
                f"The run is red, as {first['held']} orders need a person. They are news once: the next run is green.\n"
            )
            seen = control.journal()[-1]["n"]
            print("The same day once more …", flush=True)
            second = _run(airflow, day, news=False)
        calls = [call for call in control.journal(since=seen) if call["service"] != "token"]
    writes = [call for call in calls if call["method"] != "GET"]
    print(f"{json.dumps(second)}\n\nSecond run: {len(calls)} reads and {len(writes)} writes. What the first run did:")
    print(json.dumps(first))
    return 1 if writes or first["failed"] or not first["processed"] else 0


def _run(airflow: LocalAirflow, day: str, *, news: bool) -> dict[str, object]:
    """Run the day and return its summary. A run that finds `news`, orders that need a person, ends red in `report`."""
    run_id = airflow.trigger(DAG, partition_key=day)
    airflow.wait(DAG, run_id, timeout=RUN_TIMEOUT)
    failed = {task["task_id"] for task in airflow.task_instances(DAG, run_id) if task["state"] == "failed"}
    log = airflow.task_log(DAG, run_id, "report")
    if failed != ({"report"} if news else set()):
        raise SystemExit(f"these tasks of the run failed: {', '.join(sorted(failed)) or 'none'}\n{log}")
    events = [str(json.loads(line).get("event", "")) for line in log.splitlines()]
    summary: dict[str, object] = json.loads(next(event for event in events if event.startswith('{"date"')))
    return summary


def _print_guest(control: SandboxControl) -> None:
    """Print what the ERP knows about the guest, who came with the order."""
    (customer,) = [known for known in control.erp_customers.all() if known["buyer"].get("email") == GUEST_MAIL]
    (place,) = customer["addresses"]
    keys = f"{customer['keys'][0][1]}, address {place['key']}"
    print(f"\nThe guest's order made customer {customer['code']} in the ERP ({keys}): {place['street1']}.")


def _print_orders(control: SandboxControl, known: dict[int, LedgerOrder]) -> None:
    """Print the current state of every order in shop, ERP and ledger."""
    print()
    print(
        COLUMNS.format("reference", "shop", "payment", "decision", "reason", "ERP number", "lines", "state", "shipment")
    )
    for order in sorted(control.orders(), key=lambda order: (order["webshop"], order["reference"])):
        seen = known.get(order["id"])
        numbered = sum(line["erp_line_number"] is not None for line in order["order_lines"] if line["type"] == "line")
        print(
            COLUMNS.format(
                order["reference"],
                order["webshop"],
                str(order["payment_status"]),
                (seen.decision or "-") if seen else "-",
                (seen.reason or "-") if seen else _why_not(order),
                order["erp_order_number"] or "-",
                numbered,
                order["state"],
                order["shipment_state"] or "-",
            )
        )


def _why_not(order: dict[str, Any]) -> str:
    """Say why the run did not list an order."""
    return "cancelled" if order["state"] == "cancel" else "another day"


if __name__ == "__main__":
    sys.exit(main())

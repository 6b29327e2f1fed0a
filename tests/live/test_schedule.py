"""The schedules: a separate Airflow in which nobody triggers anything."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from local_airflow import LocalAirflow
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment
from service import wait_until
from support.live_airflow import DAG

SWEEP = "orderflow_sweep"


def test_airflow_runs_yesterday_and_a_sweep_by_itself(
    sandbox: RunningSandbox, control: SandboxControl, tmp_path: Path
) -> None:
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    # Today's too: it is the day that is run if midnight passes before the DAG is switched on.
    days = [f"{today - timedelta(days=ago):%Y-%m-%d}" for ago in (20, 1, 0)]
    control.add_orders(
        *(
            {"reference": f"CS-{day}", "confirm_date": f"{day}T12:00:00", "payment_status": "paid", "webshop": 1}
            for day in days
        )
    )
    environment = sandbox_environment(sandbox.url) | {
        "AIRFLOW_CONN_ORDERFLOW_LEDGER": f"sqlite:///{tmp_path}/orderflow.db",
        "ORDERFLOW_SWEEP_CRON": "* * * * *",
    }
    with LocalAirflow(tmp_path / "airflow", environment=environment, expect=[DAG, SWEEP]) as airflow:
        airflow.unpause(DAG)
        daily = first_run(airflow, DAG)
        assert airflow.wait(DAG, daily["dag_run_id"], timeout=240) == "success"
        exported = {made["external_reference"] for made in control.erp_orders()}
        assert exported == {f"1/CS-{daily['partition_key']}"}

        airflow.unpause(SWEEP)
        sweep = first_run(airflow, SWEEP)
        assert airflow.wait(SWEEP, sweep["dag_run_id"], timeout=240) == "failed", "one order is of before go-live"
    assert daily["run_type"] == sweep["run_type"] == "scheduled"
    assert daily["partition_key"] in days[1:]
    live = [day for day in days if day >= daily["partition_key"]]
    assert sorted(made["external_reference"] for made in control.erp_orders()) == [f"1/CS-{day}" for day in live]
    assert control.order(min(order["id"] for order in control.orders()))["state"] == "confirmed", "before go-live"


def first_run(airflow: LocalAirflow, dag_id: str) -> dict[str, Any]:
    """Wait for the DAG's first run, which Airflow makes once it is switched on or at the next minute; return it."""
    return wait_until(lambda: next(iter(airflow.runs(dag_id)), None), 120, f"run of {dag_id}", pause=0.5)

"""The daily DAG through `dag.test()`: all its tasks in this process, without a scheduler."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.models.asset import AssetEvent
from airflow.utils.session import create_session
from sqlalchemy import select

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.domain.states import Progress
from orderflow.ledger.models.orders import RunRef, Step
from orderflow.ledger.opening import open_ledger
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment
from support.shipments import slip_in_doubt

ROOT = Path(__file__).parents[2]
DAY = "2026-11-21"


@pytest.fixture(scope="module")
def airflow_database() -> None:
    """Migrate the Airflow database that dag.test() needs."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)


@pytest.fixture
def connected(
    airflow_database: None,  # noqa: ARG001 - made before
    sandbox: RunningSandbox,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> str:
    """Set the connections; returns the ledger's URL."""
    ledger = f"sqlite:///{tmp_path / 'ledger.db'}"
    for name, value in (sandbox_environment(sandbox.url) | {"AIRFLOW_CONN_ORDERFLOW_LEDGER": ledger}).items():
        monkeypatch.setenv(name, value)
    return ledger


def test_a_day_by_its_parameter(connected: str, control: SandboxControl) -> None:
    control.reset(day=DAY, count=30, payable_only=True)  # what waits for finance would be news

    assert _run("orderflow_daily", date=DAY) == "success"

    payable = [order for order in control.orders() if order["state"] == "processing" and not order["offline"]]
    assert len(control.erp_orders()) == len(payable) > 15
    known = open_ledger(connected).get_many(order["id"] for order in payable)
    assert {order.partition for order in known.values()} == {DAY}


def test_other_dags_are_told_by_whichever_run_did_it_red_or_not(connected: str, control: SandboxControl) -> None:
    """A red run's report emits nothing, so what the run did is told by a task of its own."""
    del connected
    _, refused = control.add_orders(
        {"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"},
        {"reference": "CS2", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"},
    )
    control.fault("status", service="shop", method="PATCH", path=f"/api/order/{refused}/", status=400, times=0)

    earlier = len(_events())  # other tests use the same Airflow

    assert _run("orderflow_daily", date=DAY) == "failed"
    assert _events(earlier) == [("orders_written_back", DAY, {"orders": 1, "days": {DAY: 1}})]

    control.clear_faults()
    assert _run("orderflow_orders", order_ids=[refused]) == "success"
    assert _events(earlier + 1) == [("orders_written_back", DAY, {"orders": 1, "days": {DAY: 1}})]
    assert _run("orderflow_daily", date=DAY) == "success"
    [(name, _, numbers)] = _events(earlier + 2)
    assert (name, numbers["date"], numbers["processed"]) == ("day_completed", DAY, 0), "nothing was left to be done"

    assert _run("orderflow_reconcile", days=30) == "success"
    [(name, key, numbers)] = _events(earlier + 3)
    assert (name, key, numbers["findings"]) == ("sides_compared", None, 0)
    assert numbers["compared"] + numbers["in_flight"] == 2


def test_what_a_person_has_seen_to_is_closed_by_the_sweep(
    connected: str, control: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ORDERFLOW", json.dumps({"not_before": DAY}))
    (order_id,) = control.add_orders({"reference": "CS1", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"})
    control.fault("status", service="shop", method="PATCH", status=400, times=0)

    def sweep(**conf: Any) -> str:
        return _run("orderflow_sweep", **conf)

    assert sweep() == "failed"
    control.edit_order(order_id, state="cancel")
    ledger = open_ledger(connected)
    assert sweep(seen_to=["CS1"], dry_run=True) == "success"
    assert ledger.get_many([order_id])[order_id].progress is Progress.PUSHED

    assert sweep(resolve=["CS1"]) == "success"

    assert ledger.get_many([order_id])[order_id].progress is Progress.RESOLVED
    assert ledger.alerts.open() == []


def test_a_check_is_kept_and_an_answer_that_changed_turns_its_run_red(connected: str, control: SandboxControl) -> None:
    control.reset(day=DAY, count=12)
    assert _run("orderflow_check") == "success"
    ledger = open_ledger(connected)
    assert (first := ledger.checks.last())
    control.configure(unknown_filters=["offline"])
    assert _run("orderflow_check") == "failed"
    assert (second := ledger.checks.last())
    assert (second.run, [one.id for one in second.verdicts if one.was]) != (first.run, [])
    assert [alert.reason for alert in ledger.alerts.open()] == [Reason.ASSUMPTION_CHANGED]
    assert {call["method"] for call in control.journal() if call["service"] != "token"} == {"GET"}
    assert _run("orderflow_check") == "success"
    assert ledger.alerts.open() == []


@pytest.mark.parametrize("dag_id", ["orderflow_sweep", "orderflow_orders"])
def test_the_right_ones_of_named_orders_are_done_and_the_run_is_red_for_the_others(
    connected: str, control: SandboxControl, capsys: pytest.CaptureFixture[str], dag_id: str
) -> None:
    del connected
    control.add_orders({"reference": "CS48001", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"})

    assert _run(dag_id, references=["NOPE123", "CS48001"]) == "failed"

    assert len(control.erp_orders()) == 1
    said = capsys.readouterr().out
    assert "1 named, and not found or not done" in said
    assert "NOPE123" in said


def test_the_lane_for_people_does_what_is_named_and_nothing_else(
    connected: str, control: SandboxControl, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ORDERFLOW", json.dumps({"not_before": DAY}))
    orders = [{"reference": f"CS{n}", "confirm_date": f"{DAY}T12:00:00", "payment_status": "paid"} for n in range(3)]
    first, _, third = control.add_orders(*orders)
    control.fault("status", service="erp", method="POST", status=422, times=0)
    ledger = open_ledger(connected)
    assert _run("orderflow_sweep") == "failed"
    assert len(ledger.open_orders()) == 3
    control.clear_faults()

    assert _run("orderflow_orders", resolve=[str(first)], order_ids=[third]) == "success"

    assert [made["external_reference"] for made in control.erp_orders()] == ["1/CS2"]
    progress = [order.progress for order in ledger.get_many(order["id"] for order in control.orders()).values()]
    assert progress == [Progress.RESOLVED, Progress.REJECTED, Progress.WRITTEN_BACK]
    assert _run("orderflow_orders", undo=[str(first)], comment_on=["1/CS1", "CS9"], comment="by phone") == "failed"
    assert ledger.get_many([first])[first].progress is Progress.REJECTED
    assert [event.message for event in ledger.events() if event.step is Step.COMMENT] == ["dag_test: by phone"]
    (erp_number,) = (made["number"] for made in control.erp_orders())
    slip_in_doubt(ledger, "PS-1", erp_number)
    assert _run("orderflow_orders", arrived=["PS-1"], dry_run=True) == "success"
    assert len(ledger.alerts.open()) == 3
    other = RunRef(dag_id="orderflow_deliveries", run_id="hourly")
    for dag_id in ("orderflow_orders", "orderflow_deliveries"):
        with ledger.shipments.claim("PS-1", other):
            assert _run(dag_id, arrived=["PS-1"]) == "failed", "another run works on it: nothing was done"
    assert "held by orderflow_deliveries hourly" in capsys.readouterr().out
    assert ledger.shipments.get_many(["PS-1"])["PS-1"].progress is ShipmentProgress.IN_DOUBT
    assert _run("orderflow_orders", arrived=["PS-1"]) == "success"
    assert ledger.shipments.get_many(["PS-1"])["PS-1"].progress is ShipmentProgress.SENT
    assert _run("orderflow_orders") == "failed", "it has nothing to do"
    assert len(ledger.alerts.open()) == 2, "that is news to nobody but who started it"


def _events(skip: int = 0) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Return the asset events in Airflow's database, oldest first and without the first few: name, key, numbers."""
    with create_session() as session:
        return [
            (e.asset.name, e.partition_key, e.extra)
            for e in session.scalars(select(AssetEvent).order_by(AssetEvent.id).offset(skip))
        ]


def _run(dag_id: str, **conf: Any) -> str:
    """Run a DAG to its end; returns the state of the run."""
    dag = DagBag(str(ROOT / "dags")).dags[dag_id]  # anew: dag.test() leaves its conf in the parameters
    dag.deadline = []  # Airflow 3.3.2 looks up in its database what dag.test() has not written there
    return str(dag.test(run_conf=conf, logical_date=None).state)

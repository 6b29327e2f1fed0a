"""`make test-compose`: starts both compose files for real, kills a worker and restarts PostgreSQL mid-run.

Needs a Docker engine that has the images or can pull them; without one it says so and skips.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
import yaml

import env_file
from airflow_api import ENDED, AirflowApi, AirflowApiError
from sandbox.catalogue import orders_for_day
from sandbox.control import SandboxControl
from sandbox_env import CLIENT_SECRET, SETTINGS
from service import free_port, wait_until

ROOT = Path(__file__).parent.parent
DAG = "orderflow_daily"
DAY = date(2026, 9, 1)
ORDERS = 40
TIMEOUT = 600
QUICK = {  # no scheduled runs; a dead task is noticed, and its orders are released, in seconds instead of minutes
    "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
    "ORDERFLOW_RETRY_SECONDS": "5",
}
AIRFLOWS = ("api-server", "scheduler", "dag-processor", "triggerer", "worker")


class Stack:
    """One compose project, with its Airflow and its sandbox as seen from outside."""

    def __init__(
        self, home: Path, files: list[str], scale: list[str], *, limits: Mapping[str, int] | None = None
    ) -> None:
        port, sandbox_port = free_port(), free_port()
        self.celery = bool(scale)
        names = [name for name in AIRFLOWS if self.celery or name != "worker"]
        extra = {"sandbox": {"ports": [f"127.0.0.1:{sandbox_port}:8090"]}}
        (home / "test.yaml").write_text(
            yaml.safe_dump({"services": extra | {name: {"environment": QUICK} for name in names}}), encoding="utf-8"
        )
        settings = SETTINGS | {"limits": limits or {"max_mapped": 4, "lease_seconds": 20}}
        env_file.write_secrets(home / "secrets", {})
        lines = [f"SECRETS={home / 'secrets'}", f"ORDERFLOW_SETTINGS='{json.dumps(settings)}'", f"PORT={port}"]
        (home / "env").write_text("\n".join(lines) + "\n", encoding="utf-8")
        password = (home / "secrets" / "admin_password").read_text(encoding="utf-8")
        named = [word for file in [*files, str(home / "test.yaml")] for word in ("-f", file)]
        self._command = ["docker", "compose", "--project-name", f"orderflow-{home.name[:8]}", "--profile", "demo"]
        self._command += ["--env-file", str(home / "env"), "--project-directory", str(ROOT), *named]
        self._scale = scale
        self.airflow = AirflowApi(f"http://127.0.0.1:{port}", "admin", password)
        self.control = SandboxControl(f"http://127.0.0.1:{sandbox_port}")

    def compose(self, *arguments: str) -> str:
        done = subprocess.run([*self._command, *arguments], capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def up(self, *more: str) -> None:
        self.compose("up", "--detach", "--wait", "--wait-timeout", "300", *self._scale, *more)

    def kill_one(self) -> None:
        """Kill the container in which tasks run, or one of them, and start it again."""
        name = "worker" if self.celery else "scheduler"
        first = self.compose("ps", "--quiet", name).split()[0]
        subprocess.run(["docker", "kill", first], check=True, capture_output=True)
        self.up()

    def fill(self, *days: date) -> None:
        """Put the orders of these days into the shop and empty the ERP; orders differ between days."""
        self.control.reset(latency_ms={"shop": 100, "erp": 100})
        for day in days:
            first = day.toordinal() * 1000
            orders = orders_for_day(day, ORDERS, first_number=first, payable_only=True)
            self.control.add_orders(*({**order, "id": first + int(order["id"])} for order in orders))

    def start(self, day: date) -> str:
        return self.airflow.trigger(DAG, partition_key=day.isoformat())

    def backfill(self, days: list[date]) -> None:
        """Backfill the days through the command line, two at a time, including finished days; all must end green."""
        bounds = ("--from-date", days[0].isoformat(), "--to-date", days[-1].isoformat())
        options = ("--reprocess-behavior", "completed", "--max-active-runs", "2")
        self.compose("exec", "-T", "scheduler", "airflow", "backfill", "create", "--dag-id", DAG, *bounds, *options)
        states = self.airflow.wait_partitions(DAG, [day.isoformat() for day in days], timeout=TIMEOUT)
        assert set(states.values()) == {"success"}
        self.airflow.wait_backfills(DAG, TIMEOUT)

    def pushing(self) -> None:
        """Wait until the run is in the middle of its work: the ERP has accepted an order."""
        wait_until(lambda: len(self.control.erp_orders()) > 2 or None, 120, "orders in the ERP", pause=0.1)

    def end(self, day: date, run_id: str) -> None:
        """Wait for the run; if it is red, run the day again as its runbook says."""
        if self._state_at_end(run_id) != "success":
            assert self._state_at_end(self.start(day)) == "success"

    def _state_at_end(self, run_id: str) -> str:
        """Wait for a run to end, also while Airflow answers 500 because its database is down."""

        def state() -> str | None:
            try:
                found: str = self.airflow.run(DAG, run_id)["state"]
            except (AirflowApiError, httpx.TransportError):
                return None
            return found if found in ENDED else None

        return wait_until(state, TIMEOUT, f"end of {run_id}", pause=0.5)

    def each_order_once(self) -> None:
        orders = self.control.orders()
        online = [order for order in orders if not order.get("offline")]
        references = [order["request"]["external_reference"] for order in self.control.erp_orders()]
        assert sorted(references) == sorted(f"{order['webshop']}/{order['reference']}" for order in online)
        for order in online:
            assert (order["state"], bool(order["erp_order_number"])) == ("processing", True), order["reference"]
            assert all(line["erp_line_number"] for line in order["order_lines"] if line["type"] == "line")


@pytest.fixture(scope="module", params=["local", "celery"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    try:
        engine = subprocess.run(["docker", "info"], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no docker on this machine")
    if engine.returncode:
        pytest.skip("there is no Docker engine that answers")
    files, scale = ["docker-compose.yaml"], []
    if request.param == "celery":
        files, scale = [*files, "docker-compose.celery.yaml"], ["--scale", "worker=2"]
    stack = Stack(tmp_path_factory.mktemp(request.param), files, scale)
    try:
        stack.compose("build", "init", "sandbox")  # one image for all services: separate builds could differ
        stack.up()
        wait_until(lambda: _known(stack), 120, "the DAGs")
        stack.airflow.unpause(DAG)
        yield stack
    finally:
        if os.environ.get("KEEP") != "1":
            stack.compose("down", "--volumes", "--timeout", "20")


def _known(stack: Stack) -> bool | None:
    assert not stack.airflow.import_errors()
    return any(dag["dag_id"] == DAG for dag in stack.airflow.api("GET", "/dags", limit=100)["dags"]) or None


def test_a_day_goes_through(stack: Stack) -> None:
    pools = {pool["name"]: pool["slots"] for pool in stack.airflow.api("GET", "/pools")["pools"]}
    assert (pools["cloudsuite"], pools["erp"]) == (8, 4)
    stack.fill(DAY)
    stack.end(DAY, stack.start(DAY))
    stack.each_order_once()


def test_no_service_has_a_secret_that_is_not_its_own(stack: Stack) -> None:
    """As seen from inside: each service's environment and the files that it may read."""
    tasks = "worker" if stack.celery else "scheduler"
    for name in AIRFLOWS if stack.celery else AIRFLOWS[:-1]:
        said = stack.compose(
            "exec", "-T", name, "sh", "-c", "env; cat /run/secrets/*; touch /opt/airflow/x 2>&1 || true"
        )
        assert (CLIENT_SECRET in said) == (name == tasks), name
        assert "Read-only file system" in said
    assert CLIENT_SECRET not in stack.compose("exec", "-T", tasks, "env")


def test_a_backfill_of_three_days_and_the_same_again(stack: Stack) -> None:
    days = [DAY + timedelta(days=n) for n in (3, 4, 5)]
    stack.fill(*days)
    stack.backfill(days)
    stack.each_order_once()

    seen = stack.control.journal()[-1]["n"]
    stack.backfill(days)
    again = [call for call in stack.control.journal(since=seen) if call["service"] != "token"]
    assert again
    assert {call["method"] for call in again} == {"GET"}


@pytest.mark.parametrize("broken", [Stack.kill_one, lambda stack: stack.compose("restart", "postgres")],
                         ids=["worker-killed", "postgres-restarted"])  # fmt: skip
def test_what_breaks_mid_run_loses_and_doubles_nothing(
    stack: Stack, broken: Callable[[Stack], object], request: pytest.FixtureRequest
) -> None:
    day = DAY + timedelta(days=10 if "killed" in request.node.name else 20)
    stack.fill(day)
    run_id = stack.start(day)
    stack.pushing()
    broken(stack)
    stack.end(day, run_id)
    stack.each_order_once()

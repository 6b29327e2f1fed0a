"""`make up` and `make down`, in the test's own folder."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from airflow_api import AirflowApi, AirflowApiError
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment
from service import free_port, wait_until

ROOT = Path(__file__).parents[2]
DAILY = "orderflow_daily"

Up = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    """Return a function that runs tools/up.py with its state in the test's folder; all is stopped in the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "ORDERFLOW"))}
    environment = kept | {"ORDERFLOW_LOCAL": str(tmp_path / ".local"), "PYTHONPATH": str(ROOT / "include")}

    def run(command: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, str(ROOT / "tools" / "up.py"), command, *arguments]
        return subprocess.run(line, env=environment | more, capture_output=True, text=True, check=False)

    yield run
    run("stop")


def _orderflow(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "include"), "HOME": str(folder)}
    command = [sys.executable, "-m", "orderflow", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _facts(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((folder / ".local" / "up.json").read_text(encoding="utf-8"))
    return facts


def test_a_port_in_use_is_a_sentence(up: Up) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        for option, setting, free in (
            ("--port", "PORT", "--sandbox-port"),
            ("--sandbox-port", "SANDBOX_PORT", "--port"),
        ):
            said = up("start", option, str(port), free, str(free_port()))
            assert said.returncode == 1
            assert said.stderr == (
                f"port {port} cannot be used (another program listens there): make up {setting}=<another one>\n"
            )


def test_one_port_for_both_is_a_sentence(up: Up) -> None:
    port = str(free_port())
    said = up("start", "--port", port, "--sandbox-port", port)
    assert said.stderr == f"PORT and SANDBOX_PORT are both {port}: make up PORT=<another one>\n"


def test_it_names_a_day_that_has_not_run_and_keeps_everything_over_a_restart(up: Up, tmp_path: Path) -> None:
    ports = ("--port", str(free_port()), "--sandbox-port", str(free_port()))
    said = up("start", *ports)
    assert said.returncode == 0, said.stdout + said.stderr
    assert (
        "Paused: orderflow_sweep, orderflow_deliveries, orderflow_reconcile, orderflow_decisions. Switch them on"
        in said.stdout
    )
    facts = _facts(tmp_path)
    assert f"partition key {facts['day']}, a day with orders that has not run yet" in said.stdout

    airflow = AirflowApi(facts["url"], "admin", "admin")
    [run] = wait_until(
        lambda: airflow.api("GET", f"/dags/{DAILY}/dagRuns")["dag_runs"] or None,
        120,
        "run of yesterday",
    )
    assert run["partition_key"] > facts["day"], "Airflow has run yesterday at once, and not the day that is named"
    airflow.wait(DAILY, run["dag_run_id"], timeout=240)
    mine = airflow.trigger(DAILY, partition_key=facts["day"])
    airflow.wait(DAILY, mine, timeout=240)
    with SandboxControl(facts["sandbox"]) as control:
        made = sorted(order["number"] for order in control.erp_orders())
    assert made

    settings = json.loads(airflow.api("GET", "/variables/orderflow")["value"])
    settings["limits"]["max_mapped"] = 3
    airflow.api("PATCH", "/variables/orderflow", {"key": "orderflow", "value": json.dumps(settings)})
    open_before = _orderflow(tmp_path, "open")
    assert open_before.returncode == 0, open_before.stderr
    assert open_before.stdout.splitlines()

    assert up("stop").returncode == 0
    restarted = up("start", *ports)
    assert restarted.returncode == 0, restarted.stdout + restarted.stderr
    assert _facts(tmp_path)["day"] < facts["day"], "the day of the first start has been run since"
    assert f"partition key {_facts(tmp_path)['day']}, " in restarted.stdout
    assert "on their way already" in said.stdout
    assert "with what they had before" in restarted.stdout
    with SandboxControl(facts["sandbox"]) as control:
        assert sorted(order["number"] for order in control.erp_orders()) == made
    assert _orderflow(tmp_path, "open").stdout == open_before.stdout
    assert json.loads(airflow.api("GET", "/variables/orderflow")["value"]) == settings
    again = _orderflow(tmp_path, "run", "--date", facts["day"])
    assert json.loads(again.stdout.splitlines()[-1])["processed"] == 0, "the ledger is that of the sandbox's orders"


def test_beside_real_connections_the_password_is_random_and_said_once(
    up: Up, tmp_path: Path, sandbox: RunningSandbox
) -> None:
    """The sandbox stands for the shop and ERP of somebody: `make up` sees connections, and starts none of its own."""
    port = str(free_port())
    said = up("start", "--port", port, **sandbox_environment(sandbox.url))
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Settings: AIRFLOW_VAR_ORDERFLOW of the environment; " in said.stdout
    [password] = re.findall(r"log in as admin / (\S{20,}) ", said.stdout)
    again = up("start", "--port", port, **sandbox_environment(sandbox.url))
    assert "running already" in again.stdout
    assert password not in again.stdout + again.stderr

    url = _facts(tmp_path)["url"]
    assert AirflowApi(url, "admin", password).api("GET", f"/dags/{DAILY}")["dag_id"] == DAILY
    for user, guess in (("admin", "admin"), ("viewer", "viewer"), ("admin", "")):
        with pytest.raises(AirflowApiError, match=r": 40[01] "):
            AirflowApi(url, user, guess).api("GET", "/dags")
    written = [path for path in tmp_path.rglob("*") if path.is_file() and password.encode() in path.read_bytes()]
    assert [path.name for path in written] == ["passwords.json"]
    assert stat.S_IMODE(written[0].stat().st_mode) == 0o600
    listening = [
        at.laddr.ip for at in psutil.net_connections("tcp") if at.status == "LISTEN" and at.laddr.port == int(port)
    ]
    assert set(listening) == {"127.0.0.1"}

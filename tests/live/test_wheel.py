"""A stock Airflow 3.3.2 with nothing of the project except its wheel and a copy of dags/."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wheel
from local_airflow import REPOSITORY, LocalAirflow
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import CLIENT_ID, CLIENT_SECRET, sandbox_environment

DAY = "2026-11-22"
DAGS = ["orderflow_daily", "orderflow_sweep", "orderflow_orders", "orderflow_deliveries", "orderflow_reconcile"]
DAGS += ["orderflow_decisions", "orderflow_check"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def stock(built: Path, sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAirflow]:
    """Install the wheel into a fresh environment, versions as in the lock, and start its Airflow."""
    folder = tmp_path_factory.mktemp("stock")
    python = folder / "venv" / "bin" / "python"
    uv = str(Path(sys.executable).parent / "uv")
    lock = str(REPOSITORY / "requirements.lock")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder / "venv")], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(python), "--constraint", lock, str(built)]
    subprocess.run(install, check=True)
    shutil.copytree(REPOSITORY / "dags", folder / "dags")
    ledger = {"AIRFLOW_CONN_ORDERFLOW_LEDGER": f"sqlite:///{folder}/ledger.db"}
    environment = sandbox_environment(sandbox.url) | ledger
    with LocalAirflow(
        folder / "home",
        python=python,
        dags=folder / "dags",
        schedules=False,
        environment=environment,
        expect=DAGS,
    ) as airflow:
        yield airflow


def test_the_wheel_holds_the_package_and_nothing_else_at_top_level(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"orderflow"}
    tracked = subprocess.run(
        ["git", "ls-files", "include/orderflow"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {name.removeprefix("include/") for name in tracked} <= set(names), "something is missing in the wheel"


def test_a_day_runs_and_its_page_is_there(stock: LocalAirflow, control: SandboxControl) -> None:
    control.reset(day=DAY, count=5, payable_only=True)
    stock.unpause("orderflow_daily")
    run_id = stock.trigger("orderflow_daily", partition_key=DAY)
    assert stock.wait("orderflow_daily", run_id, timeout=240) == "success"
    assert stock.xcom("orderflow_daily", run_id, "report")["processed"] == 5

    assert stock.api("GET", "/plugins/importErrors")["import_errors"] == []
    page = stock._client.get("/orderflow/")
    assert page.status_code == 200
    assert "html" in page.headers["content-type"]


def test_airflows_form_has_our_connection_types(stock: LocalAirflow) -> None:
    stock.health()
    stock.api("GET", "/version")  # logs in
    types = {kind["connection_type"]: kind for kind in stock._client.get("/ui/connections/hook_meta").json()}
    shop, erp = types["cloudsuite"], types["orderflow_erp"]
    assert shop["standard_fields"]["login"]["title"] == "Client ID"
    assert shop["standard_fields"]["host"]["placeholder"].startswith("https://")
    assert {"token_url", "scope", "token", "timeout"} <= set(shop["extra_fields"])
    assert erp["extra_fields"]["adapter"]["schema"]["enum"] == ["rest", "tryton"]


def _connection(kind: str, sandbox: RunningSandbox, **changes: Any) -> dict[str, Any]:
    """Return what the form sends, with the fields that were left empty."""
    address = {"cloudsuite": sandbox.url, "orderflow_erp": f"{sandbox.url}/erp", "http": sandbox.url}[kind]
    extra = {"timeout": None, "scope": "", **({"token_url": sandbox.token_url} if kind == "cloudsuite" else {})}
    base = {"connection_id": f"tried_{kind}", "conn_type": kind, "host": address, "login": CLIENT_ID}
    return base | {"password": CLIENT_SECRET, "extra": json.dumps(extra)} | changes


@pytest.mark.parametrize(("kind", "said"), [("cloudsuite", "the shop answers"), ("orderflow_erp", "the ERP answers")])
def test_the_test_button_tests(
    stock: LocalAirflow, sandbox: RunningSandbox, control: SandboxControl, kind: str, said: str
) -> None:
    control.clear_journal()
    answer = stock.api("POST", "/connections/test", _connection(kind, sandbox))
    assert answer == {"status": True, "message": said}
    assert {call["method"] for call in control.journal() if call["service"] != "token"} == {"GET"}


@pytest.mark.parametrize("kind", ["cloudsuite", "orderflow_erp"])
def test_the_test_button_says_what_is_wrong_and_no_secret(
    stock: LocalAirflow, sandbox: RunningSandbox, control: SandboxControl, kind: str
) -> None:
    del control
    answer = stock.api("POST", "/connections/test", _connection(kind, sandbox, password="wrong-secret"))
    assert answer["status"] is False
    assert "401" in answer["message"]
    assert "wrong-secret" not in answer["message"]

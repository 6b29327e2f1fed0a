"""A stock Airflow 3.3.2 with nothing of the project except its wheel, and dags/ from a git repository."""

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
from service import wait_until

DAY = "2026-11-22"
DAGS = ["orderflow_daily", "orderflow_sweep", "orderflow_orders", "orderflow_deliveries", "orderflow_reconcile"]
DAGS += ["orderflow_decisions", "orderflow_check"]
WHICH_CODE = """
from airflow.sdk import dag, task


@dag(schedule=None)
def which_code():
    @task
    def tell():
        import orderflow

        return {"commit": "first", "dag": __file__, "package": orderflow.__file__}

    tell()


which_code()
"""


class Deployed:
    """A bare git repository with dags/ and one DAG more, `which_code`, that tells where its code came from."""

    def __init__(self, folder: Path) -> None:
        self.url = folder / "deployed.git"
        self._work = folder / "work"
        shutil.copytree(REPOSITORY / "dags", self._work / "dags", ignore=shutil.ignore_patterns("__pycache__"))
        self._git("init", "--quiet", "--initial-branch", "main")
        subprocess.run(["git", "init", "--quiet", "--bare", str(self.url)], check=True)

    def push(self, which_code: str) -> str:
        """Push the DAGs with this text of `which_code`; return the commit."""
        (self._work / "dags" / "which_code.py").write_text(which_code, encoding="utf-8")
        self._git("add", "--all")
        author = ("-c", "user.name=Test", "-c", "user.email=test@localhost")
        self._git(*author, "commit", "--quiet", "--no-verify", "--message", "DAGs")
        self._git("push", "--quiet", str(self.url), "main")
        return self._git("rev-parse", "HEAD")

    def _git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(command, cwd=self._work, capture_output=True, text=True, check=True).stdout.strip()

    def as_bundle(self, clones: Path) -> dict[str, str]:
        """Return Airflow's settings for it, as docs/how-to/deployment.md has them, but looked at every second."""
        settings = {"repo_url": str(self.url), "tracking_ref": "main", "subdir": "dags", "refresh_interval": 1}
        bundle = {"name": "orderflow", "classpath": "airflow.providers.git.bundles.git.GitDagBundle"}
        return {
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle | {"kwargs": settings}]),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(clones),
            "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
        }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    deployed = Deployed(tmp_path_factory.mktemp("deployed"))
    deployed.push(WHICH_CODE)
    return deployed


@pytest.fixture(scope="module")
def stock(
    built: Path, deployed: Deployed, sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalAirflow]:
    """Install the wheel into a fresh environment, versions as in the lock, and start its Airflow."""
    folder = tmp_path_factory.mktemp("stock")
    python = folder / "venv" / "bin" / "python"
    uv = str(Path(sys.executable).parent / "uv")
    lock = str(REPOSITORY / "requirements.lock")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder / "venv")], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(python), "--constraint", lock, str(built)]
    subprocess.run([*install, "apache-airflow-providers-git"], check=True)
    ledger = {"AIRFLOW_CONN_ORDERFLOW_LEDGER": f"sqlite:///{folder}/ledger.db"}
    environment = sandbox_environment(sandbox.url) | ledger | deployed.as_bundle(folder / "bundles")
    with LocalAirflow(
        folder / "home",
        python=python,
        schedules=False,
        environment=environment,
        expect=[*DAGS, "which_code"],
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


def test_a_run_keeps_the_commit_of_its_dag_file_and_not_the_installed_package(
    stock: LocalAirflow, deployed: Deployed
) -> None:
    stock.unpause("which_code")
    run_id = stock.trigger("which_code")
    assert stock.wait("which_code", run_id, timeout=240) == "success"
    first = stock.run("which_code", run_id)["bundle_version"]

    second = deployed.push(WHICH_CODE.replace('"first"', '"second"'))

    def read() -> bool | None:
        versions = stock.api("GET", "/dags/which_code/dagVersions")["dag_versions"]
        return second in [version["bundle_version"] for version in versions] or None

    wait_until(read, 240, "DAG of the second commit")
    again = {"dag_run_id": run_id, "dry_run": False, "only_failed": False, "run_on_latest_version": False}
    stock.api("POST", "/dags/which_code/clearTaskInstances", again)
    newer = stock.trigger("which_code")
    for run, commit, name in ((run_id, first, "first"), (newer, second, "second")):
        assert stock.wait("which_code", run, timeout=240) == "success"
        assert stock.run("which_code", run)["bundle_version"] == commit
        told = stock.xcom("which_code", run, "tell")
        assert told["commit"] == name
        assert f"/versions/{commit}/dags/" in told["dag"]
        assert "/site-packages/" in told["package"]


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

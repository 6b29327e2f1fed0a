"""The plugin: one file for Airflow's loader to run, quick to import, and a page in the navigation and on every run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from airflow._shared.module_loading import find_path_from_directory

from orderflow_plugin import OrderflowPlugin

FOLDER = Path(__file__).parent.parent / "plugins"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a plugins folder like ours, with files whose names Python itself uses."""
    (tmp_path / "deeper").mkdir()
    for name in ("orderflow_plugin.py", "email.py", "deeper/statistics.py"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / ".airflowignore").write_text((FOLDER / ".airflowignore").read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_airflow_runs_no_other_file_of_the_plugins_folder(copied: Path) -> None:
    found = [Path(path).name for path in find_path_from_directory(copied, ".airflowignore", "glob")]

    assert [name for name in found if name.endswith(".py")] == ["orderflow_plugin.py"]


def test_the_plugin_is_one_short_file() -> None:
    assert [path.name for path in FOLDER.rglob("*.py")] == ["orderflow_plugin.py"]
    assert len((FOLDER / "orderflow_plugin.py").read_text(encoding="utf-8").splitlines()) <= 35


def test_a_process_that_only_loads_plugins_does_not_load_the_page() -> None:
    code = "import sys, orderflow_plugin; print(sorted(m for m in sys.modules if m.startswith('orderflow.')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=FOLDER, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_where_it_is_asked_to_the_plugin_imports_what_tasks_need() -> None:
    """Airflow's parents load plugins before they fork; their children find these modules there."""
    code = "import sys, orderflow_plugin; print([m in sys.modules for m in sys.argv[1:]])"
    needed = ["orderflow.orchestration.tasks", "airflow.providers.http.hooks.http", "sqlalchemy.orm"]
    environment = {**os.environ, "ORDERFLOW_PRELOAD": "1", "PYTHONPATH": str(FOLDER.parent / "include")}
    command = [sys.executable, "-c", code, *needed]
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[True, True, True]"


def test_there_is_a_page_in_the_navigation_and_on_every_run() -> None:
    assert {view["destination"] for view in OrderflowPlugin.external_views} == {"nav", "dag_run"}
    routes = [view["url_route"] for view in OrderflowPlugin.external_views]
    assert len(set(routes)) == len(routes), "Airflow finds a view by its route alone"
    [app] = OrderflowPlugin.fastapi_apps
    for view in OrderflowPlugin.external_views:
        assert view["href"].startswith(app["url_prefix"].removeprefix("/") + "/"), "Airflow may be below a path"

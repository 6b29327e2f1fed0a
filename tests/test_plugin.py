"""The entry points: what Airflow finds if the package is only on PYTHONPATH, and what that costs."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from orderflow.cloudsuite import hook as shop_hook
from orderflow.erp import hook as erp_hook
from orderflow.plugin import OrderflowPlugin
from orderflow.provider import CLOUDSUITE, ERP

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "include" / "orderflow"
KNOWN_TO_AIRFLOW = {"airflow": "apache-airflow", "opentelemetry": "opentelemetry-api"}


def python(tmp_path: Path, code: str, **environment: str) -> Any:
    """Run code in a process that has the package on PYTHONPATH alone; return what its last line says, as JSON."""
    given = {**os.environ, "PYTHONPATH": str(ROOT / "include"), "AIRFLOW_HOME": str(tmp_path), **environment}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("folder", ["none", str(ROOT / "plugins")], ids=["no plugins folder", "the project's"])
def test_airflow_finds_the_plugin_on_pythonpath_once_and_without_complaint(tmp_path: Path, folder: str) -> None:
    code = (
        "import json; from airflow import plugins_manager as m; names = [p['name'] for p in m.get_plugin_info()]; "
        "print(json.dumps([names.count('orderflow'), m.get_import_errors()]))"
    )
    assert python(tmp_path, code, AIRFLOW__CORE__PLUGINS_FOLDER=folder) == [1, {}]


def test_without_an_entry_point_the_plugins_folder_registers_the_page(tmp_path: Path) -> None:
    """Somebody copies the package's folder alone to where Python finds it."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "orderflow").symlink_to(PACKAGE)
    code = (
        "import json; from airflow import plugins_manager as m; names = [p['name'] for p in m.get_plugin_info()]; "
        "print(json.dumps([names.count('orderflow'), m.get_import_errors()]))"
    )
    found = python(
        tmp_path, code, PYTHONPATH=str(tmp_path / "lib"), AIRFLOW__CORE__PLUGINS_FOLDER=str(ROOT / "plugins")
    )
    assert found == [1, {}]


def test_a_connection_of_our_types_gives_our_hook(tmp_path: Path) -> None:
    code = (
        "import json; from airflow.sdk import BaseHook; "
        "print(json.dumps([type(BaseHook.get_hook(c)).__name__ for c in ('cloudsuite_default', 'erp_default')]))"
    )
    connections = {
        "AIRFLOW_CONN_CLOUDSUITE_DEFAULT": '{"conn_type": "cloudsuite", "host": "https://shop"}',
        "AIRFLOW_CONN_ERP_DEFAULT": '{"conn_type": "orderflow_erp", "host": "https://erp"}',
    }
    assert python(tmp_path, code, **connections) == ["CloudSuiteHook", "ErpHook"]


def test_openlineages_provider_finds_a_converter_for_each_of_our_assets(tmp_path: Path) -> None:
    code = (
        "import json; from airflow.sdk import Asset; from airflow.sdk.providers_manager_runtime import "
        "ProvidersManagerTaskRuntime; from orderflow.orchestration import assets; "
        "known = ProvidersManagerTaskRuntime().asset_to_openlineage_converters; "
        "ours = [asset for asset in vars(assets).values() if isinstance(asset, Asset)]; "
        "print(json.dumps([known[asset.uri.partition(':')[0]].__name__ for asset in ours]))"
    )
    assert python(tmp_path, code) == ["as_dataset"] * 4


def test_a_process_that_only_loads_plugins_does_not_load_the_page(tmp_path: Path) -> None:
    loaded = "sorted(m for m in sys.modules if m.startswith('orderflow.'))"
    code = f"import json, sys, orderflow.plugin; print(json.dumps({loaded}))"
    assert python(tmp_path, code) == ["orderflow.plugin", "orderflow.provider"]


def test_where_it_is_asked_to_the_plugin_imports_what_tasks_need(tmp_path: Path) -> None:
    """Airflow's parents load plugins before they fork; their children find these modules there."""
    needed = ["orderflow.orchestration.order_work", "airflow.providers.http.hooks.http", "sqlalchemy.orm"]
    code = f"import json, sys, orderflow.plugin; print(json.dumps([m in sys.modules for m in {needed}]))"
    assert python(tmp_path, code, ORDERFLOW_PRELOAD="1") == [True, True, True]


def test_there_is_a_page_in_the_navigation_and_on_every_run() -> None:
    assert {view["destination"] for view in OrderflowPlugin.external_views} == {"nav", "dag_run"}
    routes = [view["url_route"] for view in OrderflowPlugin.external_views]
    assert len(set(routes)) == len(routes), "Airflow finds a view by its route alone"
    [app] = OrderflowPlugin.fastapi_apps
    for view in OrderflowPlugin.external_views:
        assert view["href"].startswith(app["url_prefix"].removeprefix("/") + "/"), "Airflow may be below a path"


@pytest.mark.parametrize(
    ("form", "hook", "extras"),
    [
        (CLOUDSUITE, shop_hook.CloudSuiteHook, shop_hook.OWN_EXTRAS),
        (ERP, erp_hook.ErpHook, erp_hook.OWN_EXTRAS),
    ],
    ids=["cloudsuite", "erp"],
)
def test_the_form_has_a_field_for_every_extra_that_the_hook_reads(
    form: dict[str, Any], hook: type[Any], extras: tuple[str, ...]
) -> None:
    assert set(form["conn-fields"]) == set(extras)
    assert form["connection-type"] == hook.conn_type
    assert form["hook-name"] == hook.hook_name
    assert form["hook-class-name"] == f"{hook.__module__}.{hook.__name__}"
    for name, field in form["conn-fields"].items():
        assert field["label"], name
        assert field["description"], name
        assert "`" not in field["description"], f"{name}: Airflow's form shows it as it is"
    assert {name for name, field in form["conn-fields"].items() if field["schema"].get("format") == "password"} == {
        "token"
    }, "a secret's name has to be one that Airflow masks"


def test_the_form_offers_the_adapters_that_there_are() -> None:
    assert set(ERP["conn-fields"]["adapter"]["schema"]["enum"]) == set(erp_hook.ADAPTERS)


def test_every_library_that_is_imported_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[^\w-]", requirement)[0] for requirement in declared}
    imported: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    others = imported - set(sys.stdlib_module_names) - {"orderflow"}
    assert {KNOWN_TO_AIRFLOW.get(name, name) for name in others} <= names

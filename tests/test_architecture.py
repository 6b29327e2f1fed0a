"""The rooms and who may import whom, as `orderflow/__init__.py` promises."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "include" / "orderflow"

OPEN_TO_ALL = {"errors", "settings"}
MAY_IMPORT = {
    "errors": {"domain"},
    "settings": {"errors"},
    "domain": set(),
    "transport": {"domain"},
    "ledger": {"domain"},
    "cloudsuite": {"domain", "transport"},
    "erp": {"domain", "transport"},
    "flow": {"domain", "cloudsuite", "erp", "ledger"},
    "orchestration": {"domain", "flow", "cloudsuite", "erp", "ledger"},
    "web": {"domain", "ledger"},
    "__main__": {"domain", "flow", "ledger", "orchestration"},
}
KNOW_AIRFLOW = {"orchestration", "hook.py", "security.py"}
LONGEST_MODULE = 250
LONGEST_DAG_FILE = 90


def _modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_there_are_modules_to_look_at() -> None:
    assert len(_modules()) > 20


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_the_rooms_below_it(path: Path) -> None:
    room = _room(path)
    if room == "__init__":
        return
    rooms = {name.split(".")[1] for name in _imports(path) if name.startswith("orderflow.")}
    assert rooms - {room} <= MAY_IMPORT[room] | OPEN_TO_ALL


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_hooks_and_orchestration_know_airflow(path: Path) -> None:
    if KNOW_AIRFLOW & set(path.relative_to(PACKAGE).parts):
        return
    assert not {name for name in _imports(path) if name.split(".")[0] == "airflow"}


def test_the_domain_does_no_io_and_has_no_clock() -> None:
    allowed = {"orderflow", "pydantic", "pendulum", "collections", "datetime", "decimal", "enum", "hashlib", "typing"}
    allowed.add("zoneinfo")
    for path in (PACKAGE / "domain").glob("*.py"):
        assert {name.split(".")[0] for name in _imports(path)} <= allowed, path
        assert ".now(" not in path.read_text(), path


@pytest.mark.parametrize("path", [*_modules(), *(ROOT / "include" / "sandbox").rglob("*.py")], ids=lambda p: p.name)
def test_modules_stay_readable(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


def test_dag_files_are_wiring_only() -> None:
    """They import the DAG decorators and the orchestration room, and are short enough to be read at a glance."""
    files = sorted((ROOT / "dags").glob("*.py"))
    assert files
    for path in files:
        assert len(path.read_text().splitlines()) <= LONGEST_DAG_FILE, path
        for name in _imports(path):
            assert name == "airflow.sdk" or name.startswith(("orderflow.orchestration", "orderflow.settings")), path


def test_the_sandbox_is_the_other_side_and_shares_no_code() -> None:
    """A bug in shared code would hide itself."""
    for path in (ROOT / "include" / "sandbox").rglob("*.py"):
        assert not {name for name in _imports(path) if name.split(".")[0] == "orderflow"}, path

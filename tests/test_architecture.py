"""The rooms and who may import whom, as described in `orderflow/__init__.py`."""

import ast
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

import orderflow

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "include" / "orderflow"

_MAP = re.compile(r"^    (\S+) +-> (.+)$", re.MULTILINE)
MAY_IMPORT = {room: set(others.split(", ")) for room, others in _MAP.findall(orderflow.__doc__ or "")}
KNOW_AIRFLOW = {"orchestration", "absence.py", "hook.py", "hosts.py", "security.py", "source.py"}
KNOW_AIRFLOW |= {"plugin.py", "provider.py"}
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
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _room(parts: Sequence[str]) -> str:
    """Name the room of a module, given by the parts of its name below `orderflow`; the nearest one on the map."""
    return next((".".join(parts[:n]) for n in (2, 1) if ".".join(parts[:n]) in MAY_IMPORT), parts[0])


def _may_import(room: str, other: str) -> bool:
    return room == other or any(
        other == allowed or (allowed.endswith(".*") and other.startswith(allowed[:-1])) for allowed in MAY_IMPORT[room]
    )


def test_there_are_modules_to_look_at() -> None:
    assert len(_modules()) > 20


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_the_rooms_below_it(path: Path) -> None:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    if parts == ("__init__",):
        return
    rooms = {_room(name.split(".")[1:]) for name in _imports(path) if name.startswith("orderflow.")}
    assert not [other for other in rooms if not _may_import(_room(parts), other)]


def test_the_map_names_every_room_and_each_below_those_that_use_it() -> None:
    inside = {_room(path.relative_to(PACKAGE).with_suffix("").parts) for path in _modules()} - {"__init__"}
    assert inside == set(MAY_IMPORT)
    rooms = list(MAY_IMPORT)
    for position, room in enumerate(rooms):
        higher = rooms[position + 1 :]
        assert not [other for other in higher if not other.startswith(f"{room}.") and _may_import(room, other)], room


def test_orders_shipments_and_reconciliation_do_not_know_each_other() -> None:
    rooms = ("flow.orders", "flow.shipments", "flow.reconciliation")
    assert not [(one, other) for one in rooms for other in rooms if one != other and _may_import(one, other)]


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_hooks_and_orchestration_know_airflow(path: Path) -> None:
    if KNOW_AIRFLOW & set(path.relative_to(PACKAGE).parts):
        return
    assert not {name for name in _imports(path) if name.split(".")[0] == "airflow"}


def test_the_domain_does_no_io_and_has_no_clock() -> None:
    allowed = {
        "orderflow",
        "pydantic",
        "pendulum",
        "collections",
        "datetime",
        "decimal",
        "enum",
        "hashlib",
        "html",
        "typing",
    }
    allowed |= {"json", "re", "unicodedata", "zoneinfo"}
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
            assert name.startswith(("airflow.sdk.", "orderflow.environment", "orderflow.orchestration")), path


def test_the_sandbox_is_the_other_side_and_shares_no_code() -> None:
    """A bug in shared code would hide itself."""
    for path in (ROOT / "include" / "sandbox").rglob("*.py"):
        assert not {name for name in _imports(path) if name.split(".")[0] == "orderflow"}, path

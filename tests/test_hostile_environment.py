"""Whatever the environment contains, a command ends with a sentence and its exit code, never with a stack trace."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import orderflow.commands  # noqa: F401 - Airflow's logging keeps the stream that it finds when it is imported
from orderflow.__main__ import main
from sandbox.control import SandboxControl
from support.orderflow_command import command

pytestmark = pytest.mark.usefixtures("own_logging")

SHOP, ERP, LEDGER = (f"AIRFLOW_CONN_{name}" for name in ("CLOUDSUITE_DEFAULT", "ERP_DEFAULT", "ORDERFLOW_LEDGER"))
VARIABLE = "AIRFLOW_VAR_ORDERFLOW"

CONNECTIONS: dict[str, Mapping[str, Any]] = {
    "host without a label": {"host": "http://a..b"},
    "host with a long label": {"host": f"http://{'a' * 70}.invalid"},
    "host of another kind": {"host": "file:///etc/passwd"},
    "host with a space": {"host": "http://a b"},
    "host as a number": {"host": 5},
    "port as a word": {"port": "x"},
    "port beyond ports": {"port": 10**9},
    "login with a line break": {"login": "a\nb"},
    "password with a surrogate": {"password": "\ud800"},
    "extra as a list": {"extra": [1]},
    "proxies as a text": {"extra": {"proxies": "http://x"}},
    "proxies with a number": {"extra": {"proxies": {"http": 5}}},
    "cert as a number": {"extra": {"cert": 5}},
    "cert with one path": {"extra": {"cert": [__file__]}},
    "verify as a list": {"extra": {"verify": ["a"]}},
    "deadline as a list": {"extra": {"deadline": []}},
    "answer of no size": {"extra": {"max_answer_mb": 1e-9}},
    "header as an object": {"extra": {"X-A": {"b": 1}}},
}
VARIABLES: dict[str, Mapping[str, str]] = {
    "settings that are no JSON": {VARIABLE: "{"},
    "settings that are no object": {VARIABLE: "[]"},
    "settings nested without end": {VARIABLE: "[" * 100_000},
    "settings beyond any clock": {VARIABLE: json.dumps({"limits": {"lease_seconds": 10**15}})},
    "a zone that is a folder": {VARIABLE: '{"timezone": "Europe"}'},
    "a shop that is no JSON": {SHOP: "{"},
    "a shop of an unknown key": {SHOP: '{"conn_type": "http", "hots": "x"}'},
    "an ERP of an unknown adapter": {ERP: '{"conn_type": "http", "host": "x", "extra": {"adapter": "os:system"}}'},
    "a ledger that is no JSON": {LEDGER: "{"},
    "a ledger that is no database": {LEDGER: "sqlite:////etc/passwd"},
    "a ledger that is a folder": {LEDGER: "sqlite:////tmp"},
    "a ledger that is not there": {LEDGER: "sqlite:////proc/none/ledger.db"},
    "a ledger of an unknown option": {
        LEDGER: '{"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "extra": {"nix": 1}}'
    },
    "a ledger with a word for a number": {
        LEDGER: '{"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "extra": {"connect_timeout": "x"}}'
    },
    "a ledger that nobody serves": {LEDGER: "postgres://u:p@127.0.0.1:1/db"},
    "a proxy that is no address": {"http_proxy": "http://[", "no_proxy": "", "NO_PROXY": ""},
}


@pytest.fixture
def connected(environment: dict[str, str], control: SandboxControl, monkeypatch: pytest.MonkeyPatch) -> None:
    del control  # has emptied the sandbox
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def _refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
    assert main([*arguments]) == 2
    said = capsys.readouterr()
    assert "(configuration" in said.err or "(ledger_unavailable" in said.err
    assert "unexpected" not in said.err
    if "Failed parsing the json" not in said.err:  # Airflow's own way to say so
        assert "Traceback" not in said.err


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("given", VARIABLES.values(), ids=VARIABLES.keys())
def test_a_variable_of_the_environment(
    given: Mapping[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        for name, value in given.items():
            patched.setenv(name, value)
        _refused(capsys, "run", "--date=2026-11-22")


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("given", CONNECTIONS.values(), ids=CONNECTIONS.keys())
def test_a_field_of_the_shops_connection(
    given: Mapping[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = json.loads(os.environ[SHOP])
    extra = given.get("extra", {})
    whole = {**connection["extra"], **extra} if isinstance(extra, dict) else extra
    monkeypatch.setenv(SHOP, json.dumps({**connection, **given, "extra": whole}))
    _refused(capsys, "run", "--date=2026-11-22")


def test_what_is_wrong_before_airflow_is_there(environment: dict[str, str], tmp_path: Path) -> None:
    code, lines, errors = command(environment | {"ORDERFLOW_DEADLINE_HOURS": "soon"}, "open")
    assert (code, lines) == (2, [])
    assert errors.startswith("The command cannot start: ORDERFLOW_DEADLINE_HOURS is 'soon': set it to a number")

    (tmp_path / "environment.json").write_text("{")
    nowhere = {name: value for name, value in environment.items() if name != "AIRFLOW_HOME"}
    local = {"ORDERFLOW_LOCAL": str(tmp_path), "HOME": str(tmp_path)}
    code, _, errors = command(nowhere | local | {"ORDERFLOW_TASK_HOURS": "inf"}, "open")
    assert code == 2
    assert "`make down` and `make up` write it anew" in errors
    assert "Traceback" not in errors

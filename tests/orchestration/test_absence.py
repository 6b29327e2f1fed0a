"""A task asks Airflow for a setting or connection, and Airflow fails: no default replaces what may be set."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import structlog
from airflow.sdk.execution_time.supervisor import (
    InProcessSupervisorComms,
    InProcessTestSupervisor,
    set_supervisor_comms,
)
from uuid6 import uuid7

from orderflow.domain.reasons import Reason
from orderflow.errors import TransientError
from orderflow.ledger.hook import ledger_url
from orderflow.ledger.opening import open_ledger
from orderflow.orchestration.alert_settings import alert_settings
from orderflow.orchestration.connect import read_settings
from support.raw_server import Visit, http, raw_server

Answers = dict[str, tuple[str, Any]]

MISSING = ("404 Not Found", {"detail": {"reason": "not_found"}})
BROKEN = ("500 Internal Server Error", {"detail": "the database is away"})
SETTINGS = ("200 OK", {"key": "orderflow", "value": '{"limits": {"page_size": 7}}'})
_EMPTY = dict.fromkeys(("host", "login", "password", "port", "extra"))
LEDGER = ("200 OK", {"conn_id": "orderflow_ledger", "conn_type": "sqlite", "schema": "/the/real/ledger.db", **_EMPTY})
NO_KEYS = ("200 OK", {"keys": [], "total_entries": 0})
KEYS = ("200 OK", {"keys": ["orderflow"], "total_entries": 1})


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    """Make this process a task whose API server gives these answers, by the last part of the path."""
    answers: Answers = {}

    def serve(visit: Visit) -> None:
        while request := visit.read_request():
            name = re.match(rb"GET /\w+/(\w+)", request)
            status, document = answers.get(name.group(1).decode() if name else "", BROKEN)
            visit.send(http(json.dumps(document).encode(), status, content_type="application/json"))

    monkeypatch.delenv("AIRFLOW_CONN_ORDERFLOW_LEDGER", raising=False)
    with raw_server(serve) as address:
        supervisor = InProcessTestSupervisor(
            id=uuid7(),
            pid=os.getpid(),
            process=psutil.Process(),
            process_log=structlog.get_logger(),
            client=InProcessTestSupervisor._Client(base_url=address, token="t"),
        )
        supervisor.comms = InProcessSupervisorComms(supervisor=supervisor)
        with set_supervisor_comms(supervisor.comms):
            yield answers


def test_what_is_set_is_read(answers: Answers) -> None:
    answers.update(orderflow=SETTINGS, orderflow_ledger=LEDGER)
    assert read_settings().limits.page_size == 7
    assert ledger_url().database == "/the/real/ledger.db"


def test_what_is_certainly_not_set_has_its_default(answers: Answers) -> None:
    answers.update(orderflow=MISSING, keys=NO_KEYS, orderflow_ledger=MISSING)
    assert read_settings().limits.page_size == 100
    assert str(ledger_url().database).endswith("/orderflow.db")


@pytest.mark.parametrize(
    ("read", "given"),
    [
        (read_settings, {"orderflow": BROKEN, "keys": BROKEN}),
        (read_settings, {"orderflow": BROKEN, "keys": KEYS}),
        (read_settings, {"orderflow": MISSING, "keys": BROKEN}),
        (read_settings, {"orderflow": MISSING, "keys": KEYS}),
        (ledger_url, {"orderflow_ledger": BROKEN}),
    ],
)
def test_a_fault_of_airflow_is_no_empty_answer(answers: Answers, read: Callable[[], object], given: Answers) -> None:
    answers.update(given)
    with pytest.raises(TransientError) as caught:
        read()
    assert caught.value.reason is Reason.AIRFLOW_UNAVAILABLE


def test_alerts_go_on_to_whom_they_went(answers: Answers, tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    answers["orderflow"] = ("200 OK", {"key": "orderflow", "value": '{"alerts": {"mail_to": ["team@example.org"]}}'})
    told = alert_settings(ledger)
    answers.update(orderflow=BROKEN, keys=BROKEN)
    assert alert_settings(ledger) == told
    assert told.alerts.mail_to == ("team@example.org",)


def test_a_fault_of_a_secrets_backend_is_no_empty_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def sealed(*_: Any, **__: Any) -> None:
        raise ConnectionError("the vault is sealed")

    backend = "airflow.secrets.environment_variables.EnvironmentVariablesBackend"
    monkeypatch.setattr(f"{backend}.get_variable", sealed)
    with pytest.raises(TransientError, match="cannot say whether the Variable `orderflow` is set: ConnectionError"):
        read_settings()

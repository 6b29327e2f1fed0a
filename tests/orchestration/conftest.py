"""Real receivers and a ledger, configured where Airflow's tasks look for them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orderflow.ledger.ledger import Ledger
from orderflow.ledger.opening import open_ledger
from orderflow.orchestration.run_context import RunContext
from support.ledgers import new_file
from support.receivers import Inbox, Mailbox, mail_server, webhook_receiver

Settings = Callable[..., None]
Context = Callable[..., Any]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return a function that sets the Variable."""

    def settings(**value: Any) -> None:
        monkeypatch.setenv("AIRFLOW_VAR_ORDERFLOW", json.dumps(value))

    return settings


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Mailbox]:
    with mail_server() as (connection, mailbox):
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", connection)
        settings(alerts={"mail_to": ["team@example.org"]})
        yield mailbox


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    with webhook_receiver() as (address, received):
        monkeypatch.setenv("AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK", json.dumps({"conn_type": "http", "host": address}))
        yield received


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Return the ledger that the tasks find."""
    url = new_file(tmp_path / "ledger.db")
    monkeypatch.setenv("AIRFLOW_CONN_ORDERFLOW_LEDGER", str(url))
    return open_ledger(url)


@pytest.fixture
def context() -> Context:
    """Return a function that builds what Airflow passes to a task."""

    def context(run_id: str = "run1", *, dag_id: str = "orderflow_daily", **params: Any) -> Any:
        ti = SimpleNamespace(dag_id=dag_id, run_id=run_id, task_id="report", map_index=-1, try_number=1, log_url="")
        return {"ti": ti, "params": params}

    return context


@pytest.fixture
def here(context: Context) -> Callable[..., RunContext]:
    """Return a function that builds a task's view of its run."""
    return lambda *args, **params: RunContext(context(*args, **params))

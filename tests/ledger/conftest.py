"""Ledgers to test with, each in an empty database of its own: every test here runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from clock import Clock
from orderflow.ledger.engine import open_ledger
from orderflow.ledger.models import RunRef
from orderflow.ledger.store import Ledger
from postgres import fresh_database


@pytest.fixture
def postgres_url(postgres: URL) -> Iterator[URL]:
    with fresh_database(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "ledger.db"))
    url: URL = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(ledger_url: URL, clock: Clock) -> Ledger:
    """Return a ledger whose claims hold for a minute."""
    return open_ledger(ledger_url, clock=clock, lease=timedelta(minutes=1))


@pytest.fixture
def run() -> RunRef:
    return RunRef(dag_id="orderflow_daily", run_id="first", task_id="select", partition="2026-11-22")


@pytest.fixture
def other_run() -> RunRef:
    return RunRef(dag_id="orderflow_sweep", run_id="second", task_id="select")

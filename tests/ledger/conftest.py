"""Ledgers to test with, each in its own database: every test here runs on SQLite and on PostgreSQL."""

import pytest

from orderflow.ledger.models.orders import RunRef
from support.ledgers import clock, empty_postgres_url, empty_url, ledger, ledger_url, postgres_url  # noqa: F401


@pytest.fixture
def run() -> RunRef:
    return RunRef(dag_id="orderflow_daily", run_id="first", task_id="select", partition="2026-11-22")


@pytest.fixture
def other_run() -> RunRef:
    return RunRef(dag_id="orderflow_sweep", run_id="second", task_id="select")

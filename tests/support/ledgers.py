"""Ledgers to test with, each in its own empty database, on SQLite and on PostgreSQL."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, delete

from orderflow.ledger.ledger import Ledger
from orderflow.ledger.opening import open_ledger
from orderflow.ledger.tables.base import Base
from orderflow.ledger.tables.compatibility import CompatibilityRow
from postgres import fresh_database
from support.clock import Clock


def memory_folder() -> str | None:
    """Return a folder that is kept in memory, if there is one: SQLite waits for the disk at every commit."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - for files in a folder of their own


def empty(engine: Engine) -> None:
    """Remove every row; the tables stay."""
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table is not CompatibilityRow.__table__:
                connection.execute(delete(table))


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
    """Return a ledger whose claims last a minute."""
    return open_ledger(ledger_url, clock=clock, lease=timedelta(minutes=1))

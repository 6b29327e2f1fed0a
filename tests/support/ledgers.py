"""Ledgers to test with, each in its own database, on SQLite and on PostgreSQL.

The tables are migrated once in each process and then copied, which takes a fraction of the time. Tests about the
migrations themselves begin with `empty_url` or `empty_postgres_url`.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, delete, select, text

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


def rows_of(ledger: Ledger) -> dict[str, list[Any]]:
    """Return everything that a ledger holds."""
    with ledger._engine.connect() as connection:
        return {table.name: list(connection.execute(select(table))) for table in Base.metadata.sorted_tables}


@cache
def _migrated_file() -> bytes:
    with TemporaryDirectory(dir=memory_folder()) as folder:
        path = Path(folder) / "ledger.db"
        open_ledger(f"sqlite:///{path}")
        return path.read_bytes()  # complete: with the last connection its log was closed


def new_file(path: Path) -> URL:
    """Return the URL of a SQLite file; if there is none yet, it is made, with a ledger's tables and no row in them."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_migrated_file())
    return URL.create("sqlite", database=str(path))


@pytest.fixture
def ledger_folder() -> Iterator[Path]:
    """Return a folder for the ledger's file that is kept in memory, if there is such a one."""
    with TemporaryDirectory(dir=memory_folder()) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def migrated_database(postgres: URL) -> Iterator[str]:
    """Return the name of a database with a ledger's tables and no row in them, to be copied; nobody can connect."""
    with fresh_database(postgres) as url:
        open_ledger(url)._engine.dispose()
        server = create_engine(postgres, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false"))
        server.dispose()
        yield str(url.database)


@pytest.fixture
def postgres_url(postgres: URL, migrated_database: str) -> Iterator[URL]:
    with fresh_database(postgres, template=migrated_database) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest, ledger_folder: Path) -> URL:
    """Return a database with a ledger's tables."""
    if request.param == "sqlite":
        return new_file(ledger_folder / "ledger.db")
    url: URL = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def empty_postgres_url(postgres: URL) -> Iterator[URL]:
    with fresh_database(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """Return a database without tables, or one that is yet to be made."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "ledger.db"))
    url: URL = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(ledger_url: URL, clock: Clock) -> Ledger:
    """Return a ledger whose claims last a minute."""
    return open_ledger(ledger_url, clock=clock, lease=timedelta(minutes=1))

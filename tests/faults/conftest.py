"""Ledgers for proofs and schedules: in files, and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from faults.ledgers import PostgresLedgers, SqliteLedgers
from faults.matrix import IMPATIENT_DATABASE
from postgres import fresh_database


@pytest.fixture(scope="session")
def sqlite_ledgers(tmp_path_factory: pytest.TempPathFactory) -> SqliteLedgers:
    folder: Path = tmp_path_factory.mktemp("ledgers")
    return SqliteLedgers(folder)


@pytest.fixture(scope="session")
def postgres_ledgers(postgres: URL) -> Iterator[PostgresLedgers]:
    """Return a ledger on PostgreSQL that waits for a lock for a moment only."""
    with fresh_database(postgres) as database:
        ledgers = PostgresLedgers(database.update_query_dict(IMPATIENT_DATABASE))
        yield ledgers
        ledgers.close()

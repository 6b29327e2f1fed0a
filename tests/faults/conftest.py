"""Ledgers for proofs and schedules, in files and on PostgreSQL, and the services of a run whose guards are tested."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from faults.ledgers import PostgresLedgers, SqliteLedgers
from faults.matrix import IMPATIENT_DATABASE
from faults.points import Listener
from faults.stand import MIDNIGHT, Connect, make_services
from orderflow.erp.port import Capabilities
from orderflow.flow.services import Services
from postgres import fresh_database
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from support.clock import Clock

NEITHER = Capabilities(consistent_lookup=True, idempotency_key=False, unique_reference=False)
"""An ERP that creates a second order for a second request; only this flow prevents duplicates."""
MESSAGES = {"webshops": {"1": {"messages": {"user": 10}}}}


@pytest.fixture(scope="session")
def sqlite_ledgers(tmp_path_factory: pytest.TempPathFactory) -> SqliteLedgers:
    folder: Path = tmp_path_factory.mktemp("ledgers")
    return SqliteLedgers(folder)


@pytest.fixture(scope="session")
def postgres_ledgers(postgres: URL) -> Iterator[PostgresLedgers]:
    """Return a ledger on PostgreSQL that waits only briefly for a lock."""
    with fresh_database(postgres) as database:
        ledgers = PostgresLedgers(database.update_query_dict(IMPATIENT_DATABASE))
        yield ledgers
        ledgers.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(MIDNIGHT)


@pytest.fixture
def connect(control: SandboxControl, sandbox: RunningSandbox, sqlite_ledgers: SqliteLedgers, clock: Clock) -> Connect:
    """Return services on an ERP without any proof, with an empty ledger."""
    control.reset(enforce_unique_reference=False, honour_idempotency_key=False)
    sqlite_ledgers.fresh()

    def make(read_timeout: float = 20.0, listener: Listener | None = None) -> Services:
        return make_services(
            sandbox.url,
            sqlite_ledgers.url,
            clock=clock,
            capabilities=NEITHER,
            read_timeout=read_timeout,
            listener=listener,
            settings=MESSAGES,
        )

    return make

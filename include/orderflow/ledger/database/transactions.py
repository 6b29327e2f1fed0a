"""Short transactions on the ledger's database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from orderflow.domain.reasons import Reason
from orderflow.errors import TransientError

SQLITE_BEGIN = "sqlite_begin"
"""Execution option: how a transaction begins on SQLite (engine.py). Writers lock at once, so none fails half-way."""


@contextmanager
def failures_as_transient() -> Iterator[None]:
    """Turn database problems (unreachable, locked, deadlock, no free connection) into TransientError."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise TransientError(f"the ledger's database failed: {error.orig}", reason=Reason.LEDGER_UNAVAILABLE) from error
    except PoolTimeoutError as error:
        message = f"no connection to the ledger's database became free: {error.args[0]}"
        raise TransientError(message, reason=Reason.LEDGER_UNAVAILABLE) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open a transaction that is committed at the end of the block and rolled back on any exception.

    TransientError if the database is unreachable or stays locked, or if no connection becomes free.
    """
    with failures_as_transient(), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a read-only transaction; on SQLite it never waits."""
    with writing(for_reading(engine)) as session:
        yield session


def for_reading(engine: Engine) -> Engine:
    """Return the same engine for reading: on SQLite its transactions take no lock until they write."""
    return engine.execution_options(**{SQLITE_BEGIN: "DEFERRED"})

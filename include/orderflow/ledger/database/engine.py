"""From a database URL to an engine: SQLite and PostgreSQL, each set up for many concurrent writers."""

import os
import sqlite3
from contextlib import suppress
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url

from orderflow.errors import ConfigurationError
from orderflow.ledger.database.transactions import SQLITE_BEGIN

_LOCK_WAIT_SECONDS = 30
_WAL_RETRY_SECONDS = 0.02
_TIME_LIMITS = {
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}
"""A process that is frozen while holding a lock must not block all others. Set for every transaction, because a pooler
such as PgBouncer keeps no settings for longer; the connection's extra `options` overrides it.
"""
POSTGRES_DRIVER = "postgresql+psycopg"


def make_engine(url: str | URL) -> Engine:
    """Create an engine for `sqlite:///…` or `postgresql+psycopg://…`; it does not connect yet."""
    url = make_url(url)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.drivername == POSTGRES_DRIVER:
        return _postgres(url)
    raise ConfigurationError(f"a ledger cannot be kept in {url.drivername!r}; use sqlite or {POSTGRES_DRIVER}")


def _postgres(url: URL) -> Engine:
    """Keep few connections: there may be dozens of task processes, and a transaction takes milliseconds."""
    defaults = {
        "connect_timeout": 10,
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,  # milliseconds
        "application_name": "orderflow",
        "prepare_threshold": None,  # a transaction pooler such as PgBouncer does not keep prepared statements
    }
    engine = create_engine(
        url,
        pool_size=2,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        connect_args={name: value for name, value in defaults.items() if name not in url.query},
    )
    own = str(url.query.get("options", ""))
    limits = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in _TIME_LIMITS.items() if name not in own)
    if limits:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(limits))
    return engine


def _sqlite(url: URL) -> Engine:
    """Keep nothing open between transactions: a forked process must not inherit a SQLite connection."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": _LOCK_WAIT_SECONDS})
    event.listen(engine, "do_connect", lambda *_: _make_private(url.database))
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _make_private(path: str | None) -> None:
    """Make a new file readable only by its owner; SQLite gives its journals the same permissions."""
    if path and path != ":memory:" and not path.startswith("file:"):
        with suppress(OSError):  # it exists already, or SQLite will give the better error
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _on_connect(connection: Any, _record: object) -> None:
    """Take transaction control from the driver, and allow readers alongside one writer."""
    connection.isolation_level = None
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")


def _use_wal(connection: Any) -> None:
    """Switch a new file to WAL. If several do so at once, SQLite answers "busy" to all but one."""
    give_up = monotonic() + _LOCK_WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > give_up:
                raise
            sleep(_WAL_RETRY_SECONDS)
        else:
            return


def _on_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get(SQLITE_BEGIN, "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")

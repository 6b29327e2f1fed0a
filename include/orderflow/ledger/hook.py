"""From the Airflow connection `orderflow_ledger` to a ledger; without it, an SQLite file under AIRFLOW_HOME."""

import os
import sqlite3
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError

from orderflow.absence import require_no_connection
from orderflow.errors import ConfigurationError
from orderflow.home import airflow_home
from orderflow.ledger.database.engine import POSTGRES_DRIVER, make_engine
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.schema import bring_to_head, require_head
from orderflow.redaction import hide

LEDGER_CONN_ID = "orderflow_ledger"
_POSTGRES_TYPES = {"postgres", "postgresql", POSTGRES_DRIVER}


def ledger_from_connection(conn_id: str = LEDGER_CONN_ID, *, lease_seconds: int = 300) -> Ledger:
    """Open the connection's ledger; ConfigurationError, TransientError."""
    return Ledger(engine_from_connection(conn_id), lease=timedelta(seconds=lease_seconds))


def engine_from_connection(conn_id: str = LEDGER_CONN_ID, *, upgrade: bool = False) -> Engine:
    """Return the connection's database; ConfigurationError, TransientError.

    The first process to use a file creates or upgrades its tables. On a server, where other processes may run other
    code, that needs `upgrade`; otherwise TransientError if the tables do not match this code.
    """
    engine = _engine(os.getpid(), ledger_url(conn_id))
    try:
        if upgrade or engine.dialect.name == "sqlite":
            bring_to_head(engine)
        else:
            require_head(engine)
    except (DBAPIError, sqlite3.DatabaseError) as error:  # reachable, as was checked before, but not a database
        told = getattr(error, "orig", error)
        raise ConfigurationError(f"the connection `{conn_id}` names no database for a ledger: {told}") from error
    return engine


def ledger_url(conn_id: str = LEDGER_CONN_ID) -> URL:
    """Return the ledger's URL; ConfigurationError for a connection of another kind, or one that cannot be read.

    TransientError when Airflow cannot say whether there is a connection.
    """
    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException as error:
        variable = f"AIRFLOW_CONN_{conn_id.upper()}"
        if os.environ.get(variable):  # Airflow also says "not found" about a variable that it cannot parse
            raise ConfigurationError(f"{variable} is neither a connection URI nor connection JSON") from error
        require_no_connection(conn_id)  # an empty ledger in place of the real one would be the worst of all defaults
        return URL.create("sqlite", database=str(airflow_home() / "orderflow.db"))
    # The driver's errors may not quote the values: libpq takes passwords as options, too.
    hide(mask_secret, connection.password or "", *_passwords(connection))
    if connection.conn_type == "sqlite":
        return _sqlite_url(connection)
    if connection.conn_type in _POSTGRES_TYPES:
        return _postgres_url(connection)
    raise ConfigurationError(
        f"the connection `{conn_id}` is of type {connection.conn_type!r}; a ledger is kept in postgres or sqlite"
    )


def _sqlite_url(connection: Connection) -> URL:
    """Read the path from the schema (as in a URI) or the host (as in the connection form)."""
    path = connection.schema or connection.host or ""
    if not Path(path).is_absolute():
        raise ConfigurationError(
            f"the connection `{connection.conn_id}` names no absolute path; "
            "write an absolute path, with four slashes: sqlite:////var/lib/orderflow/ledger.db"
        )
    return URL.create("sqlite", database=path)


def _passwords(connection: Connection) -> list[str]:
    return [str(value) for name, value in connection.extra_dejson.items() if "passw" in name.lower()]


def _postgres_url(connection: Connection) -> URL:
    """Pass on everything; the extras are libpq's own options (`sslmode`, `options`, a socket's `host` …)."""
    return URL.create(
        POSTGRES_DRIVER,
        username=connection.login or None,
        password=connection.password or None,
        host=connection.host or None,
        port=connection.port,
        database=connection.schema or None,
        query={name: str(value) for name, value in connection.extra_dejson.items()},
    )


@lru_cache(maxsize=8)
def _engine(_process_id: int, url: URL) -> Engine:
    """Keep one engine per database and process: a forked process must not use its parent's connections."""
    return make_engine(url)

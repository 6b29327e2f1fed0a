"""Real trouble with a PostgreSQL database, caused from outside."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, create_engine, text


def end_connections(database: URL) -> None:
    """End every connection to the database, whatever it is doing."""
    with _beside(database) as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": database.database},
        )


@contextmanager
def closed(database: URL) -> Iterator[None]:
    """Make the server refuse every connection to the database."""
    with _beside(database) as connection:
        connection.execute(text(f"ALTER DATABASE {database.database} ALLOW_CONNECTIONS false"))
        end_connections(database)
        try:
            yield
        finally:
            connection.execute(text(f"ALTER DATABASE {database.database} ALLOW_CONNECTIONS true"))


@contextmanager
def locked(database: URL, table: str) -> Iterator[None]:
    """Hold a lock for which every writer of the table waits in vain."""
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
        yield
    engine.dispose()


@contextmanager
def _beside(database: URL) -> Iterator[Connection]:
    """Connect to another database of the same server."""
    engine = create_engine(database.set(database="postgres", query={}), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()

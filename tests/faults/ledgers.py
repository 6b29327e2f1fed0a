"""Ledgers for schedules: created in milliseconds, lost, or restored to an older state."""

import shutil
from pathlib import Path
from typing import Protocol

import requests
from sqlalchemy import URL, text

from faults.points import Listener, watch
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.opening import open_ledger

AT_ONCE = 3
"""The most concurrent processes."""


class WatchedEngine:
    """An engine reused by one process after another, because a new one compiles every statement again."""

    def __init__(self, url: str) -> None:
        self.listener: Listener | None = None
        self.engine = make_engine(url)
        watch(self.engine, self._tell)

    def _tell(self, moment: str, what: str, request: requests.PreparedRequest | None = None) -> None:
        if self.listener:
            self.listener(moment, what, request)


class Ledgers(Protocol):
    """One ledger at a time."""

    url: str
    engines: list[WatchedEngine]
    """One for every concurrent process."""

    def fresh(self) -> None:
        """Start with an empty ledger, and no backup."""

    def back_up(self) -> None:
        """Back up the current content."""

    def restore(self) -> None:
        """Restore the last backup, or an empty ledger if there is none."""

    def lose(self) -> None:
        """Empty it."""


class SqliteLedgers:
    """Files; the tables are created once and copied."""

    def __init__(self, folder: Path) -> None:
        self._file, self._empty, self._backup = (folder / name for name in ("ledger.db", "empty.db", "backup.db"))
        self.url = f"sqlite:///{self._file}"
        self.engines = [WatchedEngine(self.url) for _ in range(AT_ONCE)]
        open_ledger(f"sqlite:///{self._empty}")

    def fresh(self) -> None:
        self._backup.unlink(missing_ok=True)
        self.lose()

    def back_up(self) -> None:
        # The last connection is closed, so the file is complete without its log.
        shutil.copy(self._file, self._backup)

    def restore(self) -> None:
        self._put(self._backup if self._backup.exists() else self._empty)

    def lose(self) -> None:
        self._put(self._empty)

    def _put(self, source: Path) -> None:
        for old in (self._file, f"{self._file}-wal", f"{self._file}-shm"):
            Path(old).unlink(missing_ok=True)
        shutil.copy(source, self._file)


class PostgresLedgers:
    """One database; a backup is a copy of its tables in another schema."""

    _TABLES = (
        "orderflow_order",
        "orderflow_event",
        "orderflow_alert",
        "orderflow_slip",
        "orderflow_slip_order",
        "orderflow_reading",
        "orderflow_record",
        "orderflow_listing",
        "orderflow_party",
        "orderflow_guest",
    )

    def __init__(self, database: URL) -> None:
        open_ledger(database)
        self.url = database.render_as_string(hide_password=False)
        self.engines = [WatchedEngine(self.url) for _ in range(AT_ONCE)]
        self._engine = make_engine(database)

    def close(self) -> None:
        """Close the database connections."""
        for engine in [self._engine, *(watched.engine for watched in self.engines)]:
            engine.dispose()

    def fresh(self) -> None:
        self._run("DROP SCHEMA IF EXISTS backup CASCADE", "CREATE SCHEMA backup")
        self.lose()
        self.back_up()

    def back_up(self) -> None:
        for table in self._TABLES:
            self._run(f"DROP TABLE IF EXISTS backup.{table}", f"CREATE TABLE backup.{table} AS TABLE {table}")

    def restore(self) -> None:
        self.lose()
        for table in self._TABLES:
            self._run(f"INSERT INTO {table} SELECT * FROM backup.{table}")  # noqa: S608  # names from above

    def lose(self) -> None:
        self._run(f"TRUNCATE {', '.join(self._TABLES)}")

    def _run(self, *statements: str) -> None:
        with self._engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

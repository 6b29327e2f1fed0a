"""The tables' version: upgrades a database to the version that this code knows."""

from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, inspect, select, text

from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError, TransientError
from orderflow.ledger.database.transactions import failures_as_transient, for_reading
from orderflow.ledger.tables import days as day_tables  # noqa: F401 - so that all tables are known
from orderflow.ledger.tables import limits as gate_tables  # noqa: F401
from orderflow.ledger.tables import looks as look_tables  # noqa: F401
from orderflow.ledger.tables import people as people_tables  # noqa: F401
from orderflow.ledger.tables import questions as question_tables  # noqa: F401
from orderflow.ledger.tables import resolutions as resolution_tables  # noqa: F401
from orderflow.ledger.tables import snoozes as snooze_tables  # noqa: F401
from orderflow.ledger.tables.base import OLDEST_CODE, SCHEMA_REVISION
from orderflow.ledger.tables.compatibility import CompatibilityRow

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "orderflow_version"
"""Not Alembic's usual name: the database may be Airflow's own, which keeps its version under that name."""
_ADVISORY_LOCK = 0x6F72_6466_6C6F_77  # any number that nothing else in this database uses


def bring_to_head(engine: Engine) -> None:
    """Upgrade the tables if needed, one process at a time; if there is nothing to do, it takes one or two queries.

    TransientError if the database is unreachable, or its tables are too new for this code.
    """
    with failures_as_transient():
        with for_reading(engine).connect() as connection:
            if fits(connection):
                return
        with engine.begin() as connection:  # on SQLite BEGIN IMMEDIATE is the lock
            _upgrade_once(connection)


def require_head(engine: Engine) -> None:
    """TransientError if the tables do not match this code: only a deployment upgrades them, no task and no page."""
    with failures_as_transient(), for_reading(engine).connect() as connection:
        if not fits(connection):
            raise TransientError(
                f"the ledger's tables are of version {current_revision(connection) or 'none'}, and this code works "
                f"with {SCHEMA_REVISION}: `python -m orderflow.ledger`, which a deployment runs first, upgrades them",
                reason=Reason.LEDGER_VERSION,
            )


def fits(connection: Connection) -> bool:
    """Whether this code can work with the current tables; TransientError if they are too new for it.

    Tables of a newer version state the oldest code that can use them.
    """
    version = current_revision(connection)
    if version is None or version <= SCHEMA_REVISION:
        return version == SCHEMA_REVISION
    oldest = connection.execute(select(CompatibilityRow.oldest_code)).scalar() or version
    if oldest > SCHEMA_REVISION:
        raise TransientError(
            f"the ledger's tables are of version {version}, which asks for code of version {oldest} at least; this is "
            f"{SCHEMA_REVISION}: deploy the newer code again",
            reason=Reason.LEDGER_VERSION,
        )
    return True


def _upgrade_once(connection: Connection) -> None:
    """Upgrade, unless another process did so while this one waited for the lock."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "lock_timeout"):  # a migration of many rows takes time
            connection.exec_driver_sql(f"SET LOCAL {limit} = '30min'")
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    if not fits(connection):
        _upgrade(connection)
        if inspect(connection).has_table(CompatibilityRow.__tablename__):
            connection.execute(delete(CompatibilityRow))
            connection.execute(insert(CompatibilityRow).values(id=1, oldest_code=OLDEST_CODE))


def current_revision(connection: Connection) -> str | None:
    """Return the version of the tables; None if there are none yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def _upgrade(connection: Connection) -> None:
    """Run the migrations inside the connection's transaction: all of them or none."""
    from alembic import command  # noqa: PLC0415 - slow to import, and hardly ever needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, SCHEMA_REVISION)
    except CommandError as error:
        raise ConfigurationError(f"the ledger's tables are not of a version this code knows: {error}") from error

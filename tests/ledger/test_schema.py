"""The tables: created by the migrations only, and equal to what the code expects."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Column, Engine, MetaData, String, Table, event, inspect, text

from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import ConfigurationError, TransientError
from orderflow.ledger.database import engine
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.models.orders import Outcome
from orderflow.ledger.opening import open_ledger
from orderflow.ledger.schema import MIGRATIONS, VERSION_TABLE, bring_to_head, current_revision, require_head
from orderflow.ledger.tables.base import OLDEST_CODE, SCHEMA_REVISION, Base
from support.old_ledgers import ledger_of


def test_the_version_the_code_knows_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_REVISION]


def test_migrations_make_exactly_the_tables_of_the_code(empty_url: URL) -> None:
    engine = make_engine(empty_url)
    bring_to_head(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_that_is_up_to_date_is_asked_and_not_changed(empty_url: URL) -> None:
    engine = make_engine(empty_url)
    bring_to_head(engine)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    bring_to_head(engine)

    asked = [statement for statement in statements if not statement.startswith(("BEGIN", "SET LOCAL"))]
    assert 0 < len(asked) <= 2
    assert not [statement for statement in asked if not statement.startswith(("SELECT", "PRAGMA"))]


def test_a_migration_that_fails_leaves_nothing_behind(empty_url: URL) -> None:
    engine = make_engine(empty_url)
    in_the_way = Table("orderflow_event", MetaData(), Column("whatever", String()))
    in_the_way.create(engine)

    with pytest.raises(Exception, match="orderflow_event"):
        bring_to_head(engine)

    assert inspect(engine).get_table_names() == ["orderflow_event"]


def _newer(engine: Engine, oldest_code: str) -> None:
    """Let the tables be those of newer code, which says what is the oldest that may work on them."""
    bring_to_head(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE orderflow_version SET version_num = '9999'"))
        connection.execute(text("UPDATE orderflow_compatibility SET oldest_code = :code"), {"code": oldest_code})


@pytest.mark.parametrize("check", [bring_to_head, require_head])
def test_tables_that_are_too_new_are_left_alone_until_the_newer_code_is_back(
    empty_url: URL, check: Callable[[Engine], None]
) -> None:
    engine = make_engine(empty_url)
    _newer(engine, "9998")
    with pytest.raises(TransientError, match="asks for code of version 9998 at least; this is") as caught:
        check(engine)
    assert caught.value.reason is Reason.LEDGER_VERSION


@pytest.mark.parametrize("check", [bring_to_head, require_head])
def test_newer_tables_that_older_code_can_work_on_are_worked_on(
    empty_url: URL, check: Callable[[Engine], None]
) -> None:
    engine = make_engine(empty_url)
    _newer(engine, SCHEMA_REVISION)
    check(engine)
    with engine.connect() as connection:
        assert current_revision(connection) == "9999", "nothing is taken back"


def test_tables_on_a_server_are_not_touched_by_a_task_or_a_page(empty_postgres_url: URL) -> None:
    engine = make_engine(empty_postgres_url)
    for _ in range(2):
        with pytest.raises(TransientError, match=r"of version none.*`python -m orderflow.ledger`") as caught:
            require_head(engine)
    assert caught.value.reason is Reason.LEDGER_VERSION
    assert inspect(engine).get_table_names() == []
    bring_to_head(engine)
    require_head(engine)


def test_no_code_is_called_the_oldest_before_it_was_written() -> None:
    assert OLDEST_CODE <= SCHEMA_REVISION


def test_a_database_of_airflow_itself_can_hold_the_ledger(empty_url: URL) -> None:
    engine = make_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('of airflow')"))

    bring_to_head(engine)

    with engine.connect() as connection:
        assert current_revision(connection) == SCHEMA_REVISION
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["of airflow"]


def test_the_migrations_are_part_of_the_package() -> None:
    assert (Path(MIGRATIONS) / "env.py").is_file()


@pytest.mark.parametrize("url", ["mysql://localhost/ledger", "postgresql+psycopg2://localhost/ledger"])
def test_other_databases_and_drivers_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be kept"):
        make_engine(url)


def test_a_new_file_that_others_hold_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite says "busy" at once, without its own waiting, to who changes a file to WAL while another writes."""
    path = tmp_path / "ledger.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE someone (id INTEGER)")
    other.execute("BEGIN IMMEDIATE")
    waits: list[float] = []

    def the_other_ends(seconds: float) -> None:
        waits.append(seconds)
        other.close()

    monkeypatch.setattr(engine, "sleep", the_other_ends)
    open_ledger(URL.create("sqlite", database=str(path)))
    assert waits


@pytest.mark.parametrize("revision", [f"{number:04}" for number in range(1, 19)])
def test_orders_and_events_of_every_earlier_version_are_kept(empty_url: URL, revision: str) -> None:
    old = ledger_of(empty_url, revision)
    orders, events = (Table(f"orderflow_{name}", MetaData(), autoload_with=old) for name in ("order", "event"))
    then = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    stored = then if old.dialect.name == "postgresql" else then.replace(tzinfo=None)
    with old.begin() as connection:
        connection.execute(
            orders.insert().values(
                webshop=2, order_id=7, reference="CS7", external_reference="2/CS7",
                progress="pushed", decision="process",
                detail="", total=Decimal("9007199254740993.10") if stored is then else "9007199254740993.10",
                erp_number="ERP-7", erp_lines={"1": "10"}, line_ids={"1": 70}, attempts=1, first_seen_at=stored,
                updated_at=stored,
            )
        )  # fmt: skip
        connection.execute(
            events.insert().values(
                id=1, order_id=7, webshop=2, at=stored, dag_id="d", run_id="r", task_id="t", map_index=-1, try_number=1,
                step="push_to_erp", outcome="done", message="", reference="CS7",
            )
        )  # fmt: skip

    bring_to_head(old)
    bring_to_head(old)

    ledger = open_ledger(empty_url)
    kept = ledger.get(7)
    assert kept is not None
    assert (kept.progress, kept.erp_number, kept.first_seen_at) == (Progress.PUSHED, "ERP-7", then)
    assert kept.total == Decimal("9007199254740993.10")
    assert [event.outcome for event in ledger.events(order_id=7)] == [Outcome.DONE]

"""deploy/databases.sql and the backup commands in the deployment guide, on a PostgreSQL server as in compose."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.opening import open_ledger
from postgres import own_server, server_programs
from support.orders import order

ROOT = Path(__file__).parent.parent
ROLES = ["airflow", "orderflow"]
PASSWORDS = {"AIRFLOW_DB_PASSWORD": "of 'airflow' \\ only", "LEDGER_DB_PASSWORD": 'of "the" ledger; $1'}
RUN = RunRef(dag_id="orderflow_daily", run_id="r", task_id="select_payable", partition="2026-11-22")
KEY = 12345


def program(name: str, server: URL, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run a program of PostgreSQL against the server as its superuser, and return what it printed."""
    environment = {
        **os.environ,
        **PASSWORDS,
        "PGHOST": str(server.host),
        "PGPORT": str(server.port),
        "PGPASSWORD": str(server.password),
    }
    command = [str(server_programs() / name), "--username=postgres", *arguments]
    done = subprocess.run(command, env=environment, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def role(server: URL, name: str, database: str | None = None) -> URL:
    password = PASSWORDS["AIRFLOW_DB_PASSWORD" if name == "airflow" else "LEDGER_DB_PASSWORD"]
    return server.set(username=name, password=password, database=database or name)


def execute(url: URL, *statements: str) -> list[tuple[object, ...]]:
    """Run statements; returns the rows of the last one."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            results = [connection.execute(text(statement)) for statement in statements]
            return [tuple(row) for row in results[-1]] if results[-1].returns_rows else []
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def server() -> Iterator[URL]:
    """Return a server on which PostgreSQL's image would have run the script."""
    with own_server("postgres") as url:
        script = (ROOT / "deploy" / "databases.sql").read_bytes()
        program("psql", url, "--set=ON_ERROR_STOP=1", "--dbname=postgres", stdin=script)
        yield url


@pytest.fixture
def ledger_url(server: URL) -> Iterator[URL]:
    url = role(server, "orderflow")
    yield url
    of_super = server.set(database="orderflow")
    execute(of_super, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public AUTHORIZATION pg_database_owner")


@pytest.mark.parametrize("name", ROLES)
def test_a_role_makes_tables_in_its_own_database(server: URL, name: str) -> None:
    execute(role(server, name), "CREATE TABLE mine (id INTEGER)", "DROP TABLE mine")


@pytest.mark.parametrize(("name", "database"), [("airflow", "orderflow"), ("orderflow", "airflow")])
def test_no_role_gets_into_the_database_of_the_other(server: URL, name: str, database: str) -> None:
    with pytest.raises(OperationalError, match=f'permission denied for database "{database}"'):
        execute(role(server, name, database), "SELECT 1")


@pytest.mark.parametrize("database", ROLES)
def test_a_third_role_gets_into_neither(server: URL, database: str) -> None:
    execute(server, "DROP ROLE IF EXISTS somebody", "CREATE ROLE somebody LOGIN PASSWORD 'else'")
    with pytest.raises(OperationalError, match="permission denied for database"):
        execute(server.set(username="somebody", password="else", database=database), "SELECT 1")


def test_no_role_has_rights_over_the_server(server: URL) -> None:
    rights = "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
    asked = f"SELECT rolname, {rights} FROM pg_roles WHERE rolname IN ('airflow', 'orderflow') ORDER BY 1"  # noqa: S608
    assert execute(server, asked) == [("airflow", False), ("orderflow", False)]
    memberships = "SELECT count(*) FROM pg_auth_members WHERE member IN ('airflow'::regrole, 'orderflow'::regrole)"
    assert execute(server, memberships) == [(0,)]


def test_a_role_that_may_only_read_and_write_rows_is_enough_once_the_tables_are_made(
    server: URL, ledger_url: URL
) -> None:
    open_ledger(ledger_url)
    execute(server, "DROP ROLE IF EXISTS worker", "CREATE ROLE worker LOGIN PASSWORD 'w'")
    execute(
        ledger_url,
        "GRANT CONNECT ON DATABASE orderflow TO worker",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO worker",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO worker",
    )
    worker = ledger_url.set(username="worker", password="w")

    ledger = open_ledger(worker)
    ledger.decide(order(), Decision(action=Action.PROCESS, reason=Reason.PAID), RUN)
    with ledger.claim(KEY, RUN):
        assert ledger.get(KEY) is not None
    with pytest.raises(ProgrammingError, match="must be owner of table"):
        execute(worker, "DROP TABLE orderflow_order")
    execute(ledger_url, "REVOKE ALL ON DATABASE orderflow FROM worker")


def test_a_backup_is_restored_by_the_commands_of_the_page(server: URL, ledger_url: URL) -> None:
    page = (ROOT / "docs" / "how-to" / "deployment.md").read_text(encoding="utf-8")
    commands = re.findall(r"exec -T postgres (pg_dump|pg_restore) -U postgres (.*orderflow) [<>] ledger\.dump", page)
    assert [name for name, _ in commands] == ["pg_dump", "pg_restore"]
    (dump, dump_arguments), (restore, restore_arguments) = commands
    ledger = open_ledger(ledger_url)
    ledger.decide(order(), Decision(action=Action.PROCESS, reason=Reason.PAID), RUN)
    kept = ledger.get(KEY)

    saved = program(dump, server, *dump_arguments.split())
    execute(ledger_url, "DROP TABLE orderflow_event", "DELETE FROM orderflow_order")
    program(restore, server, *restore_arguments.split(), stdin=saved)

    again = open_ledger(ledger_url)
    assert again.get(KEY) == kept
    assert len(again.events(order_id=KEY)) == 1
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert execute(server.set(database="orderflow"), owners) == [("orderflow",)]
    with again.claim(KEY, RUN):
        assert again.get(KEY) is not None

"""Where the ledger is, according to the Airflow connection `orderflow_ledger`."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import URL

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError, TransientError
from orderflow.ledger.hook import engine_from_connection, ledger_from_connection, ledger_url
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.opening import open_ledger
from orderflow.redaction import fit_to_show
from support.orders import order

VARIABLE = "AIRFLOW_CONN_ORDERFLOW_LEDGER"
PASSWORD = "p@ss/w:rd %40?#"
QUOTED = quote(PASSWORD, safe="")
RUN = RunRef(dag_id="orderflow_daily", run_id="first")
PROCESS = Decision(action=Action.PROCESS, reason=Reason.PAID)

SetConnection = Callable[[str], None]


@pytest.fixture
def set_connection(monkeypatch: pytest.MonkeyPatch) -> SetConnection:
    return lambda value: monkeypatch.setenv(VARIABLE, value)


def as_json(**fields: object) -> str:
    return json.dumps(fields)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_way_to_write_postgres_means_the_same(set_connection: SetConnection, scheme: str) -> None:
    set_connection(f"{scheme}://me:{QUOTED}@db.example:6543/orders?sslmode=require")

    assert ledger_url() == URL.create(
        "postgresql+psycopg", "me", PASSWORD, "db.example", 6543, "orders", {"sslmode": "require"}
    )


def test_a_connection_of_separate_fields_is_understood(set_connection: SetConnection) -> None:
    extra = {"sslmode": "verify-full", "connect_timeout": 5}
    set_connection(
        as_json(conn_type="postgres", host="db.example", login="me", password=PASSWORD, schema="orders", extra=extra)
    )

    query = {"sslmode": "verify-full", "connect_timeout": "5"}
    assert ledger_url() == URL.create("postgresql+psycopg", "me", PASSWORD, "db.example", None, "orders", query)


@pytest.mark.parametrize(
    "connection",
    ["sqlite:////srv/my%20orders/ledger.db", as_json(conn_type="sqlite", host="/srv/my orders/ledger.db")],
)
def test_an_sqlite_file_is_found_as_a_uri_or_as_a_host(set_connection: SetConnection, connection: str) -> None:
    set_connection(connection)

    assert ledger_url() == URL.create("sqlite", database="/srv/my orders/ledger.db")


@pytest.mark.parametrize(
    "connection", ["sqlite:///ledger.db", "sqlite://", as_json(conn_type="sqlite", host=":memory:")]
)
def test_an_sqlite_file_that_depends_on_the_folder_of_the_process_is_refused(
    set_connection: SetConnection, connection: str
) -> None:
    set_connection(connection)

    with pytest.raises(ConfigurationError, match="absolute path, with four slashes"):
        ledger_url()


@pytest.mark.parametrize("connection", ["mysql://me@db.example/orders", "postgresql+psycopg2://me@db.example/orders"])
def test_another_kind_of_connection_is_refused(set_connection: SetConnection, connection: str) -> None:
    set_connection(connection)

    with pytest.raises(ConfigurationError, match="is of type"):
        ledger_url()


def test_without_a_connection_it_is_a_file_in_airflow_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))

    ledger_from_connection().decide(order(), PROCESS, RUN)

    assert open_ledger(URL.create("sqlite", database=str(tmp_path / "orderflow.db"))).get(12345)


def test_a_connection_that_cannot_be_parsed_is_not_taken_for_none(set_connection: SetConnection) -> None:
    """Airflow says that it is not defined; a second, empty ledger in a file would go unnoticed."""
    set_connection('{"conn_type": "postgres", "port": "many", "password": "hidden"}')

    with pytest.raises(ConfigurationError, match=VARIABLE) as refused:
        ledger_url()

    assert "hidden" not in str(refused.value)


def test_a_ledger_opened_by_its_connection_keeps_orders(set_connection: SetConnection, empty_url: URL) -> None:
    set_connection(empty_url.render_as_string(hide_password=False))

    engine_from_connection(upgrade=True)

    ledger_from_connection().decide(order(), PROCESS, RUN)

    assert ledger_from_connection(lease_seconds=10).get(12345)


def test_no_password_is_told_when_the_database_cannot_be_reached(
    set_connection: SetConnection, postgres_url: URL
) -> None:
    wrong = postgres_url.set(password="a-wrong-secret")
    set_connection(wrong.render_as_string(hide_password=False))

    with pytest.raises(Exception, match="database failed") as failure:
        ledger_from_connection()

    assert "a-wrong-secret" not in f"{failure.value} {failure.value.__cause__}"


def test_what_the_driver_says_of_a_connection_holds_no_password_of_it(set_connection: SetConnection) -> None:
    """Where one was entered in the wrong field, the driver's error quotes it."""
    secret = "entered-in-the-wrong-field"
    extra = {"sslmode": secret, "sslpassword": "an0ther-0ne"}
    set_connection(as_json(conn_type="postgres", host="127.0.0.1", port=1, password=secret, schema="x", extra=extra))
    with pytest.raises(TransientError, match=r"sslmode value: .\*\*\*") as caught:
        engine_from_connection()
    assert secret not in str(caught.value)
    assert fit_to_show("said an0ther-0ne") == "said ***"

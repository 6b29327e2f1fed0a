"""A process that is frozen while holding a row does not block others for long."""

import pytest
from sqlalchemy import URL, Engine, text

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.errors import TransientError
from orderflow.ledger.database.engine import make_engine
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.opening import open_ledger
from support.orders import order

PROCESS = Decision(action=Action.PROCESS, reason=Reason.PAID)
LIMITS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


def shown(engine: Engine, name: str) -> str:
    with engine.begin() as connection:
        return str(connection.execute(text(f"SHOW {name}")).scalar())


def test_every_transaction_on_postgresql_has_limits_and_a_pooler_is_left_as_it_was(postgres_url: URL) -> None:
    engine = make_engine(postgres_url)
    assert [shown(engine, name) for name in LIMITS] == ["10s", "1min", "1min"]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar() in {"0", "10s"}


def test_the_connection_may_say_otherwise(postgres_url: URL) -> None:
    engine = make_engine(postgres_url.update_query_dict({"options": "-c lock_timeout=123ms"}))
    assert [shown(engine, name) for name in LIMITS] == ["123ms", "1min", "1min"]


def test_a_row_that_a_frozen_process_holds_is_transient(postgres_url: URL, run: RunRef) -> None:
    first, second = order(), order(order_id=2, reference="CS2")
    ledger = open_ledger(postgres_url.update_query_dict({"options": "-c lock_timeout=200ms"}))
    for one in (first, second):
        ledger.decide(one, PROCESS, run)
    with make_engine(postgres_url).connect() as frozen:
        row = {"id": first.order_id}
        frozen.execute(text("SELECT * FROM orderflow_order WHERE order_id = :id FOR UPDATE"), row)
        with pytest.raises(TransientError, match="lock timeout") as caught, ledger.claim(first.order_id, run):
            pass
        assert caught.value.reason is Reason.LEDGER_UNAVAILABLE
        with ledger.claim(second.order_id, run) as claim:
            assert claim.order.reference == "CS2"

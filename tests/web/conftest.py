"""The page's app over real HTTP, on a ledger in SQLite and in PostgreSQL; who may see it is overridden here alone."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from clock import Clock
from ledger.conftest import clock, ledger, ledger_url, postgres_url  # noqa: F401 - fixtures
from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import OrderKey
from orderflow.domain.reasons import Reason
from orderflow.ledger.models import RunRef
from orderflow.ledger.store import Ledger
from orderflow.settings import Settings
from orderflow.web import security
from orderflow.web.app import create_app
from orderflow.web.hook import Source, source
from orders import order

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTINGS = {"page": {"shop_admin_url": "https://shop.example/{webshop}/orders/{order_id}?ref={reference}"}}


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port of 127.0.0.1; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def page(ledger: Ledger, clock: Clock) -> Iterator[httpx.Client]:  # noqa: F811 - the fixtures imported above
    """Return a client of the page as somebody who may see it and may not retry."""
    clock.now = NOW
    app = create_app()
    app.dependency_overrides |= {
        security.may_see: lambda: None,
        security.may_see_named_run: lambda: None,
        security.may_retry: lambda: False,
        source: lambda: Source(ledger._engine, Settings.parse(SETTINGS), clock.now),
    }
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


Decide = Callable[..., OrderKey]


@pytest.fixture
def decide(ledger: Ledger) -> Decide:  # noqa: F811
    """Return a function that lets a run decide about an order; by default it waits for its payment."""

    def decide(
        number: int,
        *,
        run: RunRef | None = None,
        action: Action = Action.WAIT,
        reason: Reason = Reason.NOT_PAID,
        detail: str = "",
        webshop: int = 1,
    ) -> OrderKey:
        key = OrderKey(webshop, number)
        run = run or RunRef(dag_id="orderflow_sweep", run_id="sweep", task_id="select_payable")
        ledger.decide(
            order(key=key, reference=f"CS{number}"), Decision(action=action, reason=reason, detail=detail), run
        )
        return key

    return decide

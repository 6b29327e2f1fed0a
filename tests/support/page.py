"""The page over real HTTP."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef
from orderflow.settings import Settings
from orderflow.web import security
from orderflow.web.app import create_app
from orderflow.web.source import Source, source
from support.ledgers import clock, ledger, ledger_url, postgres_url  # noqa: F401 - fixtures
from support.orders import order

PATIENCE = 60.0
"""Seconds a request may take: a busy machine is not a failure, but a page that hangs is."""
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTINGS = {
    "webshops": {"1": {"name": "Wholesale"}},
    "alerts": {"service_level": "90 % within 30 min"},
    "page": {"shop_admin_url": "https://shop.example/{webshop}/orders/{order_id}?ref={reference}"},
}
DAILY = RunRef(dag_id="orderflow_daily", run_id="daily", task_id="select_payable", partition="2026-11-20")

Decide = Callable[..., int]
Overrides = dict[Callable[..., Any], Callable[..., Any]]


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port of 127.0.0.1; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@contextmanager
def asking(app: FastAPI) -> Iterator[httpx.Client]:
    """Serve an app; yields a client of it."""
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as client:
        yield client


def app_of(of: Ledger, now: Callable[[], datetime], settings: object, *, may_retry: bool) -> FastAPI:
    """Build the page's app on a ledger, for a user who may see it."""
    app = create_app()
    app.dependency_overrides = overrides(of, now, settings, may_retry=may_retry)
    return app


def overrides(of: Ledger, now: Callable[[], datetime], settings: object, *, may_retry: bool) -> Overrides:
    """Return what an app has instead of Airflow's login and connection: a user who may see it, and a ledger."""
    return {
        security.may_see: lambda: None,
        security.may_see_named_run: lambda: None,
        security.may_retry: lambda: may_retry,
        source: lambda: Source(of._engine, Settings.parse(settings), now()),
    }


def ask(page: httpx.Client, path: str, **query: Any) -> Any:
    """Return what the page is told."""
    answer = page.get(f"/api/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(page: httpx.Client, **query: Any) -> list[str]:
    """Return the orders of a list, as people call them."""
    return [order["name"] for order in ask(page, "orders", **query)["orders"]]


def deciding(ledger: Ledger) -> Decide:  # noqa: F811 - the fixture imported above
    """Return a function that lets a run decide about an order; by default the order awaits payment."""

    def decide(
        number: int,
        *,
        run: RunRef | None = None,
        action: Action = Action.WAIT,
        reason: Reason = Reason.NOT_PAID,
        detail: str = "",
        webshop: int = 1,
        **content: Any,
    ) -> int:
        run = run or RunRef(dag_id="orderflow_sweep", run_id="sweep", task_id="select_payable")
        ledger.decide(
            order(webshop=webshop, order_id=number, reference=f"CS{number}", **content),
            Decision(action=action, reason=reason, detail=detail),
            run,
        )
        return number

    return decide

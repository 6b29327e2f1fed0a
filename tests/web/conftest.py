"""The page's app over real HTTP, on a ledger in SQLite and in PostgreSQL; who may see it is overridden here alone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef
from orderflow.settings import Settings
from orderflow.web import security
from orderflow.web.app import create_app
from orderflow.web.source import Source, source
from support.clock import Clock
from support.ledgers import clock, ledger, ledger_url, postgres_url  # noqa: F401 - fixtures
from support.orders import order
from support.page import Decide, serving

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTINGS = {"page": {"shop_admin_url": "https://shop.example/{webshop}/orders/{order_id}?ref={reference}"}}


@pytest.fixture
def page(ledger: Ledger, clock: Clock) -> Iterator[httpx.Client]:  # noqa: F811 - the fixtures imported above
    """Return a client of the page as somebody who may see it and may not retry."""
    clock.now = NOW
    yield from _client(ledger, clock, may_retry=False)


@pytest.fixture
def retrying_page(ledger: Ledger, clock: Clock) -> Iterator[httpx.Client]:  # noqa: F811
    """Return a client of the page as somebody who may also retry."""
    clock.now = NOW
    yield from _client(ledger, clock, may_retry=True)


def _client(ledger: Ledger, clock: Clock, *, may_retry: bool) -> Iterator[httpx.Client]:  # noqa: F811
    app = create_app()
    app.dependency_overrides |= {
        security.may_see: lambda: None,
        security.may_see_named_run: lambda: None,
        security.may_retry: lambda: may_retry,
        source: lambda: Source(ledger._engine, Settings.parse(SETTINGS), clock.now),
    }
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


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
    ) -> int:
        run = run or RunRef(dag_id="orderflow_sweep", run_id="sweep", task_id="select_payable")
        ledger.decide(
            order(webshop=webshop, order_id=number, reference=f"CS{number}"),
            Decision(action=action, reason=reason, detail=detail),
            run,
        )
        return number

    return decide

"""The page's app over real HTTP, on a ledger in SQLite and in PostgreSQL; only the access check is overridden."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef
from support.clock import Clock
from support.ledgers import clock, ledger, ledger_url, postgres_url  # noqa: F401 - fixtures
from support.orders import order
from support.page import PATIENCE, Decide, app_of, serving

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTINGS = {
    "webshops": {"1": {"name": "Wholesale"}},
    "alerts": {"service_level": "90 % within 30 min"},
    "page": {"shop_admin_url": "https://shop.example/{webshop}/orders/{order_id}?ref={reference}"},
}


@pytest.fixture
def page(ledger: Ledger, clock: Clock) -> Iterator[httpx.Client]:  # noqa: F811 - the fixtures imported above
    """Return a client of the page for a user who may see it but not retry."""
    clock.now = NOW
    with client_of(ledger, clock) as client:
        yield client


@pytest.fixture
def retrying_page(ledger: Ledger, clock: Clock) -> Iterator[httpx.Client]:  # noqa: F811
    """Return a client of the page for a user who may also retry."""
    clock.now = NOW
    with client_of(ledger, clock, may_retry=True) as client:
        yield client


@contextmanager
def client_of(ledger: Ledger, clock: Clock, *, may_retry: bool = False) -> Iterator[httpx.Client]:  # noqa: F811
    """Serve the page on a ledger; yields a client."""
    app = app_of(ledger, lambda: clock.now, SETTINGS, may_retry=may_retry)
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def decide(ledger: Ledger) -> Decide:  # noqa: F811
    """Return a function that lets a run decide about an order; by default the order awaits payment."""
    return deciding(ledger)


def deciding(ledger: Ledger) -> Decide:  # noqa: F811
    """Return the same for any ledger."""

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

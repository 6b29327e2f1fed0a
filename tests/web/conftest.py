"""The page's app over real HTTP, on a ledger in SQLite and in PostgreSQL; only the access check is overridden."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from orderflow.ledger.ledger import Ledger
from orderflow.web.app import create_app
from support.clock import Clock
from support.ledgers import clock, ledger, ledger_url, postgres_url  # noqa: F401 - fixtures
from support.page import NOW, SETTINGS, Decide, asking, deciding, overrides


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FastAPI, httpx.Client]]:
    """Serve one app for the tests of a module, because making it takes longer than most of them."""
    app = create_app()
    with asking(app) as client:
        yield app, client


@pytest.fixture
def page(served: tuple[FastAPI, httpx.Client], ledger: Ledger, clock: Clock) -> httpx.Client:  # noqa: F811 - as above
    """Return a client of the page for a user who may see it but not retry."""
    return _on(served, ledger, clock, may_retry=False)


@pytest.fixture
def retrying_page(served: tuple[FastAPI, httpx.Client], ledger: Ledger, clock: Clock) -> httpx.Client:  # noqa: F811
    """Return a client of the page for a user who may also retry; a test has this or `page`, never both."""
    return _on(served, ledger, clock, may_retry=True)


def _on(
    served: tuple[FastAPI, httpx.Client],
    ledger: Ledger,  # noqa: F811
    clock: Clock,  # noqa: F811
    *,
    may_retry: bool,
) -> httpx.Client:
    clock.now = NOW
    app, client = served
    app.dependency_overrides = overrides(ledger, lambda: clock.now, SETTINGS, may_retry=may_retry)
    return client


@pytest.fixture
def decide(ledger: Ledger) -> Decide:  # noqa: F811
    """Return a function that lets a run decide about an order; by default the order awaits payment."""
    return deciding(ledger)

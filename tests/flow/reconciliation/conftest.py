"""A processed day on both sides, to be compared."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import URL

from orderflow.flow.orders.run import run_sweep
from orderflow.flow.services import Services
from orderflow.ledger.opening import open_ledger
from postgres import fresh_database
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.reconciling import new_order, process_a_day


@pytest.fixture
def settings() -> dict[str, object]:
    """Return settings with which a sweep exports orders of any day."""
    webshops = {"2": {"payment_option": False}}
    return {"not_before": "2020-01-01", "webshops": webshops, "limits": {"lookup_waits": [0, 0]}}


@pytest.fixture
def clock(clock: Clock) -> Clock:
    clock.now = datetime.now(UTC)
    return clock


@pytest.fixture
def few(services: Services, control: SandboxControl, clock: Clock, runs: Runs) -> Services:
    """Return the services after four orders were processed two hours ago; one of them is of webshop 2."""
    two_lines = [{"quantity": 1, "unit_price": "10.00"}, {"quantity": 3, "unit_price": "2.50"}]
    for webshop in (1, 1, 1, 2):
        new_order(control, webshop=webshop, order_lines=two_lines)
    assert run_sweep(services, runs()).processed == 4
    clock.advance(hours=2)
    return services


@pytest.fixture
def exported(services: Services, control: SandboxControl, clock: Clock, runs: Runs) -> Services:
    """Return the services after a whole day of all kinds of orders was processed two hours ago."""
    return process_a_day(services, control, clock, runs)


@pytest.fixture(params=["sqlite", "postgres"])
def on_either(
    request: pytest.FixtureRequest, services: Services, control: SandboxControl, clock: Clock, runs: Runs
) -> Iterator[Services]:
    """Return the same with the ledger in either database."""
    if request.param == "sqlite":
        yield process_a_day(services, control, clock, runs)
        return
    server: URL = request.getfixturevalue("postgres")
    with fresh_database(server) as url:
        yield process_a_day(replace(services, ledger=open_ledger(url, clock=clock)), control, clock, runs)

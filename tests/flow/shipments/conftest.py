"""Runs of the packing slips, on three exported orders."""

import pytest

from orderflow.flow.orders.run import run_day
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.flow_runs import Runs
from support.shipments import DAY, LINE, PAID, Shipments, deliver, delivered, posts, put_in_doubt  # noqa: F401

MESSAGES = {"messages": {"user": 10}}


@pytest.fixture
def settings() -> dict[str, object]:
    return {
        "limits": {"lookup_waits": [0, 0]},
        "webshops": {"1": MESSAGES, "2": MESSAGES, "3": {"deliveries": "none"}},
    }


@pytest.fixture
def shipments(services: Services, runs: Runs) -> Shipments:
    return Shipments(services, runs)


@pytest.fixture
def exported(services: Services, control: SandboxControl, runs: Runs) -> list[str]:
    """Return the ERP numbers of three exported orders, the last of a different webshop."""
    control.add_orders(PAID, PAID, {**PAID, "webshop": 2})
    run_day(services, DAY, runs("2026-11-22"))
    return [order["erp_order_number"] for order in control.orders()]

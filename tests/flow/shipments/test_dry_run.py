"""The dry run of the packing slips: what it plans is exactly what the run then sends, and it writes nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from orderflow.flow.plan import Plan
from orderflow.flow.services import Services, Shared
from orderflow.flow.shipments.preview import preview_shipments
from sandbox.control import SandboxControl
from support.clock import Clock
from support.shipments import Shipments, deliver


class World(NamedTuple):
    """Three exported orders, and what a situation is made with."""

    shipments: Shipments
    control: SandboxControl
    clock: Clock
    exported: list[str]


@pytest.fixture
def world(shipments: Shipments, exported: list[str], control: SandboxControl, clock: Clock) -> World:
    return World(shipments, control, clock, exported)


def made(control: SandboxControl) -> list[tuple[str, str, str]]:
    """Return every write that the shop was asked for, with its path and body."""
    calls = (call for call in control.journal(service="shop") if call["method"] != "GET")
    return sorted(
        (call["method"], f"{call['path']}?{urlencode(call['query'])}", _text(call["request_body"])) for call in calls
    )


def planned(plan: Plan) -> list[tuple[str, str, str]]:
    """Return every write that was planned, in the same form."""
    return sorted((call.method, call.path, _text(call.body)) for call in plan.calls)


def _text(body: Any) -> str:
    """Return a body in one form: a journal shows JSON as an object, with keys in any order."""
    given = json.loads(body) if isinstance(body, str) and body.startswith("{") else body
    return given if isinstance(given, str) else json.dumps(given, sort_keys=True)


def an_order_deleted_in_the_shop(world: World) -> None:
    deliver(world.control, world.exported[0], "4", "4")
    deliver(world.control, world.exported[1], "4", "4")
    world.control.remove_order(world.control.orders()[0]["id"])


def an_order_that_the_shop_cannot_show(world: World) -> None:
    deliver(world.control, world.exported[0], "4", "4")
    deliver(world.control, world.exported[1], "4", "4")
    path = f"/api/order/{world.control.orders()[0]['id']}/"
    world.control.fault("status", status=500, path=path, method="GET", times=0)


def a_slip_that_cannot_be_read(world: World) -> None:
    world.control.deliver(world.exported[0], lines=[{"line_number": 11, "quantity": "abc"}])
    deliver(world.control, world.exported[1], "4", "4")


Situation = Callable[[World], None]
CASES: list[tuple[Situation, int, int]] = [
    (an_order_deleted_in_the_shop, 1, 1),
    (an_order_that_the_shop_cannot_show, 1, 1),
    (a_slip_that_cannot_be_read, 1, 1),
]
"""The situation, how many messages are sent, and how many slips fail."""


@pytest.mark.parametrize(("situation", "sent", "failed"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_the_calls_planned_are_the_calls_made(
    world: World, services: Services, situation: Situation, sent: int, failed: int
) -> None:
    situation(world)
    world.control.clear_journal()
    before = services.ledger.shipments.open(), services.ledger.events()

    plan = preview_shipments(replace(services, shared=Shared()), None)
    assert made(world.control) == []
    assert (services.ledger.shipments.open(), services.ledger.events()) == before
    world.shipments()

    assert planned(plan) == made(world.control)
    assert (len(plan.calls), len(plan.failed)) == (sent, failed)

"""The dry run of the packing slips: what it plans is exactly what the run then sends, and it writes nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from orderflow.domain.message_settings import OrderStatusTexts
from orderflow.domain.shipment import OperatorDecision
from orderflow.flow.orders.run import run_day
from orderflow.flow.plan import Plan
from orderflow.flow.services import Services, Shared
from orderflow.flow.shipments.decide import decide_shipments
from orderflow.flow.shipments.listing import list_shipments
from orderflow.flow.shipments.preview import preview_decided, preview_shipments
from orderflow.flow.shipments.send import send_shipments
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.shipments import DAY, Shipments, deliver, put_in_doubt

UNDECIDED = OperatorDecision()


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


def a_refused_one_that_is_not_due(world: World) -> None:
    deliver(world.control, world.exported[0], "4", "4")
    world.control.fault("status", status=400, path="des_adv", times=0)
    world.shipments()
    world.control.clear_faults()
    world.clock.advance(minutes=15)


def a_refused_one_that_is_due(world: World) -> None:
    a_refused_one_that_is_not_due(world)
    world.clock.advance(hours=6)


def a_held_one_a_day_old_that_is_not_due(world: World) -> None:
    order_id = world.control.orders()[0]["id"]
    world.control.edit_order(order_id, state="cancel")
    deliver(world.control, world.control.order(order_id)["erp_order_number"], "4", "4")
    world.shipments()
    world.clock.advance(hours=30)
    world.shipments()
    world.control.edit_order(order_id, state="processing")
    world.clock.advance(minutes=10)


def an_open_one_a_day_old_that_is_not_due(world: World) -> None:
    order_id = world.control.orders()[0]["id"]
    number = world.control.order(order_id)["erp_order_number"]
    world.control.edit_order(order_id, erp_order_number="XX")
    deliver(world.control, number, "4", "4")
    world.shipments()
    world.clock.advance(hours=30)
    world.shipments()
    world.control.edit_order(order_id, erp_order_number=number)
    world.clock.advance(minutes=10)


def nobodys_order_that_the_ledger_has_met_since(world: World) -> None:
    deliver(world.control, world.exported[0], "4", "4")
    services = world.shipments.services
    with services.ledger._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM orderflow_order")
    world.shipments()
    world.clock.advance(days=7)
    world.shipments()
    run_day(replace(services, shared=Shared()), DAY, Runs()("2026-11-22"))


def one_changed_after_it_was_sent(world: World) -> None:
    number = deliver(world.control, world.exported[0], "4", "4")
    world.shipments()
    deliver(world.control, world.exported[0], "1", number=number)


def one_in_doubt(world: World) -> None:
    doubtful(world)


def doubtful(world: World) -> str:
    """Put a slip in doubt; return its number."""
    number = put_in_doubt(world.shipments, world.control, world.exported[0])
    world.control.clear_faults()
    world.clock.advance(hours=1)
    return number


def one_in_doubt_that_somebody_has_seen_in_the_shop(world: World) -> OperatorDecision:
    messages(world, repeat_is_refused=True)
    return OperatorDecision(arrived=[doubtful(world)])


def one_in_doubt_that_somebody_has_not_seen_in_the_shop(world: World) -> OperatorDecision:
    messages(world, order_status=OrderStatusTexts(delivered={"nl_NL": "Onderweg"}))
    return OperatorDecision(send_now=[doubtful(world)], made_at=world.clock())


def one_that_was_sent_once_more_after_somebody_looked(world: World) -> OperatorDecision:
    looked = world.clock() - timedelta(minutes=1)
    return OperatorDecision(send_now=[doubtful(world)], made_at=looked)


def one_of_a_cancelled_order_that_is_to_be_sent(world: World) -> OperatorDecision:
    number = doubtful(world)
    for order in world.control.orders():
        world.control.edit_order(order["id"], state="cancel")
    return OperatorDecision(send_now=[number])


def one_that_the_erp_shows_for_the_first_time(world: World) -> OperatorDecision:
    return OperatorDecision(send_now=[deliver(world.control, world.exported[0], "4", "4", tracking_code=None)])


def one_that_the_erp_does_not_show(_world: World) -> OperatorDecision:
    return OperatorDecision(arrived=["PS-X"], send_now=["PS-Y"])


def one_in_doubt_of_a_shop_that_refuses_repeats(world: World) -> None:
    one_in_doubt(world)
    messages(world, repeat_is_refused=True)


def one_in_doubt_that_is_no_longer_eligible(world: World) -> None:
    one_in_doubt_of_a_shop_that_refuses_repeats(world)
    for order in world.control.orders():
        world.control.edit_order(order["id"], state="cancel")


def messages(world: World, **change: Any) -> None:
    """Change how messages of the first webshop are sent."""
    webshops = world.shipments.services.settings.webshops
    webshops[1] = webshops[1].model_copy(update={"messages": webshops[1].messages.model_copy(update=change)})


def one_of_which_the_customer_is_told(world: World) -> None:
    messages(world, order_status=OrderStatusTexts(delivered={"nl_NL": "Onderweg"}))
    deliver(world.control, world.exported[0], "4", "4")


def two_of_one_order_of_which_the_customer_is_told(world: World) -> None:
    messages(world, order_status=OrderStatusTexts(delivered={"nl_NL": "Onderweg"}))
    deliver(world.control, world.exported[0], "1")
    deliver(world.control, world.exported[0], "3", "4")


def a_second_one_after_the_customer_was_told(world: World) -> None:
    one_of_which_the_customer_is_told(world)
    world.shipments()
    deliver(world.control, world.exported[0], "1")


Situation = Callable[[World], OperatorDecision | None]
CASES: list[tuple[Situation, int, int]] = [
    (an_order_deleted_in_the_shop, 1, 1),
    (an_order_that_the_shop_cannot_show, 1, 1),
    (a_slip_that_cannot_be_read, 1, 1),
    (a_refused_one_that_is_not_due, 0, 0),
    (a_refused_one_that_is_due, 1, 0),
    (a_held_one_a_day_old_that_is_not_due, 0, 0),
    (an_open_one_a_day_old_that_is_not_due, 0, 0),
    (nobodys_order_that_the_ledger_has_met_since, 1, 0),
    (one_changed_after_it_was_sent, 0, 0),
    (one_of_which_the_customer_is_told, 2, 0),
    (two_of_one_order_of_which_the_customer_is_told, 3, 0),
    (a_second_one_after_the_customer_was_told, 1, 0),
    (one_in_doubt, 0, 0),
    (one_in_doubt_of_a_shop_that_refuses_repeats, 1, 0),
    (one_in_doubt_that_is_no_longer_eligible, 0, 1),
    (one_in_doubt_that_somebody_has_seen_in_the_shop, 0, 0),
    (one_in_doubt_that_somebody_has_not_seen_in_the_shop, 2, 0),
    (one_that_was_sent_once_more_after_somebody_looked, 0, 1),
    (one_of_a_cancelled_order_that_is_to_be_sent, 0, 1),
    (one_that_the_erp_shows_for_the_first_time, 1, 0),
    (one_that_the_erp_does_not_show, 0, 2),
]
"""The situation, how many calls are made, and how many slips fail."""


@pytest.mark.parametrize(("situation", "sent", "failed"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_the_calls_planned_are_the_calls_made(  # noqa: PLR0917
    world: World, services: Services, runs: Runs, situation: Situation, sent: int, failed: int
) -> None:
    decided = situation(world) or UNDECIDED
    world.control.clear_journal()
    before = services.ledger.shipments.open(), services.ledger.events()

    plan = preview_shipments(replace(services, shared=Shared()), None, runs(), decided)
    assert made(world.control) == []
    assert (services.ledger.shipments.open(), services.ledger.events()) == before
    listed, run = list_shipments(services).numbers, runs()
    decide_shipments(services, decided, run)
    known = services.ledger.shipments.get_many(decided.numbers)
    send_shipments(services, list(dict.fromkeys([*known, *listed])), run)

    assert planned(plan) == made(world.control)
    assert (len(plan.calls), len(plan.failed)) == (sent, failed)


def test_what_another_run_works_on_is_left_to_it_and_named(world: World, services: Services, runs: Runs) -> None:
    number, other = doubtful(world), runs()
    deliver(world.control, world.exported[1], "4", "4")
    decided = OperatorDecision(send_now=[number])
    with services.ledger.shipments.claim(number, other):
        plan = preview_shipments(services, None, runs(), decided)
        (refused,) = decide_shipments(services, decided, runs())
    ((left, _, error),) = plan.left
    assert (left, str(error and error.message)) == (number, refused.message)
    assert refused.message.startswith(f"held by {other} until ")
    assert (len(plan.calls), plan.failed) == (1, []), "the other slip is planned"


def test_only_the_slips_that_somebody_has_decided_about_are_planned_for_that_run(
    world: World, services: Services, runs: Runs
) -> None:
    number = doubtful(world)
    deliver(world.control, world.exported[1], "4", "4")
    plan = preview_decided(services, OperatorDecision(send_now=[number], arrived=["PS-X"]), runs())
    assert [call.subject for call in plan.calls] == [f"slip {number}"]
    assert [result.error and result.error.order for result in plan.failed] == ["PS-X"]

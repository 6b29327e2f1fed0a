"""Packing slips are sent to the shop: each once, not before its numbers are there, and never on a guess."""

from copy import copy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orderflow.cloudsuite.messages import MessagesClient
from orderflow.domain.message_settings import OrderStatusTexts
from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.flow.orders.run import run_day
from orderflow.flow.services import Services
from orderflow.flow.shipments.listing import read_from
from orderflow.flow.shipments.preview import preview_shipments
from orderflow.flow.shipments.report import end_shipments
from orderflow.ledger.limits import CallLimits, SharedCallGuard
from orderflow.ledger.schema import bring_to_head
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.shipments import DAY, LINE, PAID, Shipments, deliver, delivered, posts


def test_slips_reach_the_shop_once_whole_and_in_parts(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    first = deliver(control, exported[0], "1.5", "4")
    second = deliver(control, exported[0], "2.5", carrier=None, tracking_code=None, planned_delivery_date=None)
    shipments()
    shipments()
    assert delivered(control) == {(exported[0], "11"): Decimal("4.0000"), (exported[0], "21"): Decimal("4.0000")}
    assert sorted(message["DesadvNumber"] for message in control.desadv_messages()) == sorted([first, second])
    assert len(posts(control)) == 2
    assert control.orders()[0]["shipment_state"] == "sent"


def test_one_slip_for_several_orders_is_one_message(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    number = deliver(control, exported[0], "4", "4")
    deliver(control, exported[1], "1", number=number)
    shipments()
    (message,) = control.desadv_messages()
    assert {item["OrderNum"] for item in message["items"]} == set(exported[:2])


def test_a_slip_waits_for_its_orders_numbers(
    shipments: Shipments, services: Services, control: SandboxControl, runs: Runs
) -> None:
    """The export breaks off before the lines are told: a slip that is quicker must not overtake them."""
    (order_id,) = control.add_orders(PAID)
    control.fault("status", service="shop", method="PUT", status=500, times=0)
    run_day(services, DAY, runs("2026-11-22"))
    (placed,) = control.erp_orders()
    number = deliver(control, placed["number"], "4", "4")
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.OPEN, Reason.NUMBERS_NOT_IN_SHOP)
    assert end_shipments(services, [number])[1].opened == []
    assert not posts(control)

    control.clear_faults()
    run_day(services, DAY, runs("2026-11-22"))
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    assert control.order(order_id)["shipment_state"] == "sent"


def test_a_slip_that_waits_too_long_is_told_once_and_closed_when_it_is_sent(
    shipments: Shipments, exported: list[str], services: Services, control: SandboxControl, clock: Clock
) -> None:
    order_id = control.orders()[0]["id"]
    control.edit_order(order_id, erp_order_number=None)
    number = deliver(control, exported[0], "4", "4")
    shipments()
    clock.advance(hours=25)
    shipments()
    summary, news = end_shipments(services, [number])
    assert [(cause.reason, number in cause.order) for cause in news.opened] == [(Reason.NUMBERS_NOT_IN_SHOP, True)]
    assert summary.open == 1
    assert end_shipments(services, [number])[1].opened == []

    control.edit_order(order_id, erp_order_number=exported[0])
    clock.advance(hours=2)
    shipments()
    _, news = end_shipments(services, [number])
    assert (news.closed, news.still_open) == (1, [])


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "reset_after_commit"},
        {"action": "reset_before_commit"},
        {"action": "status", "status": 500, "html": "<h1>Server Error</h1>", "commit": True},
        {"action": "status", "status": 302},
        {"action": "wrong_answer", "html": "<h1>Log in</h1>"},
    ],
    ids=lambda fault: fault.get("html") or fault["action"] + str(fault.get("status", "")),
)
def test_a_message_in_doubt_is_not_sent_again_until_a_person_has_looked(
    shipments: Shipments, exported: list[str], control: SandboxControl, clock: Clock, fault: dict[str, Any]
) -> None:
    services = shipments.services
    number = deliver(control, exported[0], "4", "4")
    control.faults([{**fault, "path": "des_adv"}])
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.IN_DOUBT, Reason.MESSAGE_IN_DOUBT)
    for _ in range(3):
        clock.advance(hours=7)
        shipments()
    assert len(posts(control)) == 1
    (cause,) = end_shipments(services, [number])[1].opened
    assert cause.reason is Reason.MESSAGE_IN_DOUBT

    arrived = bool(control.desadv_messages())
    shipments(**{"arrived" if arrived else "send_now": [number]})
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    assert len(control.desadv_messages()) == 1
    assert end_shipments(services, [number])[1].still_open == []


def test_a_busy_shop_is_waited_for(shipments: Shipments, exported: list[str], control: SandboxControl) -> None:
    number = deliver(control, exported[0], "4", "4")
    control.fault("status", status=429, path="des_adv")
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    assert len(control.desadv_messages()) == 1


def test_what_the_shop_certainly_did_not_take_is_sent_by_the_next_run(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    number = deliver(control, exported[0], "4", "4")
    control.fault("status", status=401, path="des_adv")
    (result,) = shipments()
    assert result.error
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    assert len(control.desadv_messages()) == 1


def test_where_a_repeated_number_is_known_to_be_refused_doubt_ends_by_itself(
    services: Services, runs: Runs, exported: list[str], control: SandboxControl, clock: Clock
) -> None:
    services.settings.webshops[1] = services.settings.webshops[1].model_copy(
        update={"messages": services.settings.webshops[1].messages.model_copy(update={"repeat_is_refused": True})}
    )
    shipments = Shipments(services, runs)
    first, second = deliver(control, exported[0], "4", "4"), deliver(control, exported[1], "4", "4")
    control.faults([{"action": "reset_after_commit", "path": "des_adv"}])
    control.faults([{"action": "reset_before_commit", "path": "des_adv"}])
    shipments()
    assert {shipments.standing(first)[0], shipments.standing(second)[0]} == {ShipmentProgress.IN_DOUBT}
    clock.advance(hours=1)
    shipments()
    assert {shipments.standing(first), shipments.standing(second)} == {(ShipmentProgress.SENT, None)}
    assert len(control.desadv_messages()) == 2


def test_a_refusal_is_told_and_tried_again_sparingly(
    shipments: Shipments, exported: list[str], services: Services, control: SandboxControl, clock: Clock
) -> None:
    number = deliver(control, exported[0], "4", "4")
    control.faults(
        [{"action": "status", "status": 400, "answer": {"detail": "customer 10 unknown"}, "path": "des_adv"}]
    )
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.REJECTED, Reason.MESSAGE_REJECTED)
    (cause,) = end_shipments(services, [number])[1].opened
    assert "customer 10 unknown" in str(cause)
    shipments()
    assert len(posts(control)) == 1
    clock.advance(hours=7)
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"lines": []}, Reason.SLIP_INCOMPLETE),
        ({"lines": [{"line_number": 11, "quantity": "0", "product_key": "124_STUK"}]}, Reason.SLIP_INCOMPLETE),
        ({"lines": [{"line_number": 99, "quantity": "1", "product_key": "124_STUK"}]}, Reason.SLIP_LINE_UNKNOWN),
        ({"lines": [{"line_number": 11, "quantity": "1.00001", "product_key": "1"}]}, Reason.MESSAGE_INVALID),
    ],
    ids=["no lines", "nothing", "strange line", "five decimals"],
)
def test_a_slip_the_shop_could_not_match_is_held_and_told(
    shipments: Shipments, exported: list[str], control: SandboxControl, wrong: dict[str, Any], reason: Reason
) -> None:
    services = shipments.services
    number = str(control.deliver(exported[0], **wrong)["number"])
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.HELD, reason)
    assert [cause.reason for cause in end_shipments(services, [number])[1].opened] == [reason]
    assert not posts(control)


def test_a_slip_of_two_webshops_is_held(shipments: Shipments, exported: list[str], control: SandboxControl) -> None:
    number = deliver(control, exported[0], "4", "4")
    deliver(control, exported[2], "4", "4", number=number)
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.HELD, Reason.SLIP_OF_TWO_WEBSHOPS)


def test_a_delivered_order_that_was_cancelled_is_held(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    control.edit_order(control.orders()[0]["id"], state="cancel")
    number = deliver(control, exported[0], "4", "4")
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.HELD, Reason.CANCELLED_AFTER_EXPORT)
    assert not posts(control)


def test_slips_of_other_orders_of_the_erp_are_left_alone(
    shipments: Shipments, exported: list[str], services: Services, control: SandboxControl
) -> None:
    request = control.erp_orders()[0]["request"]
    foreign = control.add_erp_order({**request, "external_reference": "by phone", "shop_order_id": None})["number"]
    number, ours = deliver(control, foreign, "1"), deliver(control, exported[0], "4", "4")
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SKIPPED, Reason.NOT_A_SHOP_ORDER)
    assert shipments.standing(ours) == (ShipmentProgress.SENT, None)
    assert end_shipments(services, [number])[1].opened == []


def test_after_a_lost_ledger_the_days_run_again_bring_the_slips_back(
    shipments: Shipments, exported: list[str], control: SandboxControl, runs: Runs, ledger_folder: Path
) -> None:
    services = shipments.services
    number = deliver(control, exported[0], "4", "4")
    for path in ledger_folder.glob("ledger.db*"):
        path.unlink()
    bring_to_head(services.ledger._engine)
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SKIPPED, Reason.NOT_A_SHOP_ORDER)
    run_day(services, DAY, runs("2026-11-22"))
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)


def test_a_message_that_the_shop_has_already_is_done(
    shipments: Shipments, exported: list[str], control: SandboxControl, services: Services
) -> None:
    number = deliver(control, exported[0], "4", "4")
    shipments()
    assert shipments.standing(number)[0] is ShipmentProgress.SENT
    with services.ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE orderflow_slip SET progress = 'open'")
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    assert len(control.desadv_messages()) == 1


def test_webshops_without_delivery_messages_get_none(
    shipments: Shipments, services: Services, control: SandboxControl, runs: Runs
) -> None:
    (order_id,) = control.add_orders({**PAID, "webshop": 3})
    run_day(services, DAY, runs("2026-11-22"))
    number = deliver(control, control.order(order_id)["erp_order_number"], "4", "4")
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SKIPPED, Reason.NO_DELIVERY_MESSAGES)
    assert not posts(control)


def test_a_slip_changed_in_the_erp_after_it_was_sent_is_told_once(
    shipments: Shipments, exported: list[str], services: Services, control: SandboxControl
) -> None:
    number = deliver(control, exported[0], "4", "4")
    shipments()
    deliver(control, exported[0], "3", "4", number=number)
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, Reason.SLIP_CHANGED)
    assert len(end_shipments(services, [number])[1].opened) == 1
    shipments(arrived=[number])
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    assert end_shipments(services, [number])[1].still_open == []
    assert len(posts(control)) == 1


def test_a_missing_user_is_a_configuration_error_that_says_what_to_set(
    shipments: Shipments, exported: list[str], services: Services, control: SandboxControl
) -> None:
    services.settings.webshops.pop(1)
    number = deliver(control, exported[0], "4", "4")
    (result,) = shipments()
    assert result.error
    assert "messages.user" in str(result.error)
    assert shipments.standing(number) == (ShipmentProgress.OPEN, Reason.CONFIGURATION)
    assert len(end_shipments(services, [number])[1].opened) == 1
    assert not posts(control)


def test_the_dry_run_shows_the_whole_message_and_changes_nothing(
    exported: list[str], services: Services, control: SandboxControl
) -> None:
    number = deliver(control, exported[0], "4", "1.5")
    (call,) = preview_shipments(services, None, Runs()()).calls
    assert (call.method, call.path) == ("POST", "/proxy/des_adv_xml/delivery/?shop=1&user=10")
    assert f"<DesadvNumber>{number}</DesadvNumber>" in call.body
    assert "<QuantityValue>1.5000</QuantityValue>" in call.body
    assert services.ledger.shipments.get_many([number]) == {}
    assert not posts(control)


def test_no_outage_leaves_a_gap(shipments: Shipments, services: Services, clock: Clock) -> None:
    """A run reads from the last reading on, however long ago that was, and however late its own window begins."""
    shipments()
    began = clock.now
    clock.advance(hours=50)
    assert read_from(services, clock.now - timedelta(hours=1)) <= began
    assert read_from(services, began - timedelta(days=30)) == began - timedelta(days=30)


def test_the_customer_is_told_of_a_delivery_once_and_that_never_stops_a_slip(
    shipments: Shipments, exported: list[str], services: Services, control: SandboxControl
) -> None:
    texts = OrderStatusTexts(delivered={"nl_NL": "Onderweg"})
    services.settings.webshops[1] = services.settings.webshops[1].model_copy(
        update={"messages": services.settings.webshops[1].messages.model_copy(update={"order_status": texts})}
    )
    control.faults([{"action": "status", "status": 500, "path": "orderstatus"}])
    for quantity in ("1", "3"):
        number = deliver(control, exported[0], quantity)
        shipments()
        assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    deliver(control, exported[1], "4", "4")
    shipments()
    told = [call for call in control.journal(service="shop", method="POST") if "orderstatus" in call["path"]]
    assert len(told) == 2, "one for each order, however many slips, and none again after the error"


def test_a_slip_that_our_own_limits_held_back_is_not_in_doubt(
    shipments: Shipments, exported: list[str], services: Services, runs: Runs, control: SandboxControl
) -> None:
    number = deliver(control, exported[0], "4", "4")
    gate = SharedCallGuard(services.ledger._engine, "shop", CallLimits(per_day=0), timezone="UTC", clock=services.now)
    channel = copy(services.messages._channel)
    channel._gate = gate
    (result,) = Shipments(replace(services, connect_messages=lambda: MessagesClient(channel)), runs)()
    assert result.error
    assert shipments.standing(number) == (ShipmentProgress.OPEN, Reason.BUDGET_SPENT)
    assert end_shipments(services, [number])[1].opened == []
    assert not posts(control)
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)


@pytest.mark.parametrize(("webshop", "product", "sent"), [(2, "88_DOOS", 1), (2, "124_STUK", 0), (1, "88_DOOS", 0)])
def test_a_slip_of_a_number_that_two_orders_have_is_sent_only_if_its_lines_say_whose_it_is(
    shipments: Shipments,
    services: Services,
    control: SandboxControl,
    runs: Runs,
    *,
    webshop: int,
    product: str,
    sent: int,
) -> None:
    other = {**LINE, "product": {"origin": "myorigin", "key": product}}
    control.configure(erp_number_format="SO1", erp_names_orders_of_slips=False)
    control.add_orders(PAID, {**PAID, "webshop": webshop, "order_lines": [other, other]})
    run_day(services, DAY, runs("2026-11-22"))
    assert [order["erp_order_number"] for order in control.orders()] == ["SO1", "SO1"]

    number = deliver(control, "SO1", "4", "4")
    shipments()

    assert len(posts(control)) == sent
    held = (ShipmentProgress.HELD, Reason.ERP_NUMBER_CONFLICT)
    assert shipments.standing(number) == ((ShipmentProgress.SENT, None) if sent else held)


def test_the_message_goes_to_the_webshop_that_the_order_has_now(
    shipments: Shipments, exported: list[str], control: SandboxControl
) -> None:
    (moved,) = [order["id"] for order in control.orders() if order["erp_order_number"] == exported[0]]
    control.edit_order(moved, webshop=2)
    number = deliver(control, exported[0], "4", "4")
    together = deliver(control, exported[1], "4", "4")
    deliver(control, exported[0], "1", number=together)

    shipments()

    assert shipments.standing(number) == (ShipmentProgress.SENT, None), "another webshop would refuse it"
    assert shipments.standing(together) == (ShipmentProgress.HELD, Reason.SLIP_OF_TWO_WEBSHOPS)

"""A person's decision about a packing slip, that the shop has it or not, is applied once."""

from pathlib import Path
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import OperatorDecision, ShipmentProgress
from orderflow.flow.orders.run import run_day
from orderflow.flow.services import Services
from orderflow.flow.shipments.listing import list_shipments
from orderflow.flow.shipments.report import end_shipments
from orderflow.flow.shipments.send import send_shipments
from orderflow.ledger.schema import bring_to_head
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.shipments import DAY, Shipments, deliver, posts, put_in_doubt


def test_one_that_is_partly_unknown_waits_for_a_persons_word(
    shipments: Shipments, exported: list[str], services: Services, control: SandboxControl, clock: Clock
) -> None:
    number = deliver(control, exported[0], "4", "4")
    request = control.erp_orders()[0]["request"]
    foreign = control.add_erp_order({**request, "external_reference": "by phone", "shop_order_id": None})["number"]
    deliver(control, foreign, "1", number=number)
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.OPEN, Reason.SLIP_PARTLY_UNKNOWN)
    clock.advance(hours=25)
    shipments()
    assert [cause.reason for cause in end_shipments(services, [number])[1].opened] == [Reason.SLIP_PARTLY_UNKNOWN]
    shipments(send_now=[number])
    (message,) = control.desadv_messages()
    assert {item["OrderNum"] for item in message["items"]} == {exported[0]}


@pytest.mark.parametrize(
    "left",
    [
        ("open", {"erp_order_number": None}, {}),
        ("held", {"state": "cancel"}, {}),
        ("rejected", {}, {"action": "status", "status": 400, "answer": {"detail": "customer 10 unknown"}}),
    ],
    ids=lambda left: left[0],
)
def test_a_slip_that_somebody_has_seen_to_in_the_shop_is_done(
    shipments: Shipments, exported: list[str], services: Services, control: SandboxControl, left: tuple[str, Any, Any]
) -> None:
    stands, edit, fault = left
    number = deliver(control, exported[0], "4", "4")
    control.edit_order(control.orders()[0]["id"], **edit)
    control.faults([{**fault, "path": "des_adv"}] if fault else [])
    shipments()
    assert shipments.standing(number)[0] == stands
    before = len(posts(control))
    shipments(arrived=[number])
    shipments()
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    assert end_shipments(services, [number])[1].still_open == []
    assert len(posts(control)) == before


def test_after_a_lost_ledger_what_the_shop_shows_already_is_not_sent_again(
    shipments: Shipments, exported: list[str], control: SandboxControl, runs: Runs, ledger_folder: Path
) -> None:
    """As the runbook has it: the days again, then one run that is told what arrived before the loss."""
    services = shipments.services
    before = deliver(control, exported[0], "4", "4")
    shipments()
    for path in ledger_folder.glob("ledger.db*"):
        path.unlink()
    bring_to_head(services.ledger._engine)
    after = deliver(control, exported[1], "4", "4")
    run_day(services, DAY, runs("2026-11-22"))
    list_shipments(services)
    shipments(arrived=[before])
    shipments()
    assert [shipments.standing(number) for number in (before, after)] == [(ShipmentProgress.SENT, None)] * 2
    assert len(posts(control)) == 2


def test_what_a_person_had_sent_is_not_sent_again_by_the_tasks_next_try(
    shipments: Shipments, exported: list[str], services: Services, runs: Runs, control: SandboxControl
) -> None:
    """The word was about the message before: nobody has looked for this one."""
    number = put_in_doubt(shipments, control, exported[0])
    control.fault("reset_after_commit", path="des_adv")
    run = runs()
    for try_number in (1, 2, 3):
        send_shipments(
            services, [number], run.model_copy(update={"try_number": try_number}), OperatorDecision(send_now=[number])
        )
    assert shipments.standing(number) == (ShipmentProgress.IN_DOUBT, Reason.MESSAGE_IN_DOUBT)
    assert len(posts(control)) == 2
    shipments(arrived=[number])
    assert len(control.desadv_messages()) == 1


def test_what_certainly_did_not_leave_at_a_persons_word_is_sent_by_the_tasks_next_try(
    shipments: Shipments, exported: list[str], services: Services, runs: Runs, control: SandboxControl
) -> None:
    number = put_in_doubt(shipments, control, exported[0])
    control.fault("status", status=401, path="des_adv")
    run = runs()
    (first,) = send_shipments(services, [number], run, OperatorDecision(send_now=[number]))
    assert first.error
    assert first.progress is ShipmentProgress.OPEN
    send_shipments(services, [number], run.model_copy(update={"try_number": 2}), OperatorDecision(send_now=[number]))
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)


def test_a_correction_while_a_slip_is_in_doubt_is_told_once_the_doubt_is_over(
    shipments: Shipments, exported: list[str], services: Services, control: SandboxControl
) -> None:
    number = deliver(control, exported[0], "4", "4")
    control.fault("reset_after_commit", path="des_adv")
    shipments()
    deliver(control, exported[0], "3", "4", number=number)
    shipments()
    shipments(arrived=[number])
    assert shipments.standing(number) == (ShipmentProgress.SENT, Reason.SLIP_CHANGED)
    shipments(arrived=[number])
    assert shipments.standing(number) == (ShipmentProgress.SENT, None)
    assert end_shipments(services, [number])[1].still_open == []

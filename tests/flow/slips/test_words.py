"""What a person says about a packing slip: that the shop has it, or that it has not; each word counts once."""

from pathlib import Path
from typing import Any

import pytest

from clock import Clock
from flow.conftest import Runs
from flow.slips.conftest import DAY, Slips, deliver, posts, put_in_doubt
from orderflow.domain.packing_slip import SlipProgress
from orderflow.domain.reasons import Reason
from orderflow.flow.day import run_day
from orderflow.flow.parties import Parties
from orderflow.flow.send_slips import Word, send_slips
from orderflow.flow.slip_report import end_slips
from orderflow.flow.slips import list_slips
from orderflow.ledger.schema import bring_to_head
from sandbox.control import SandboxControl


def test_one_that_is_partly_unknown_waits_for_a_persons_word(
    slips: Slips, exported: list[str], parties: Parties, control: SandboxControl, clock: Clock
) -> None:
    number = deliver(control, exported[0], "4", "4")
    request = control.erp_orders()[0]["request"]
    foreign = control.add_erp_order({**request, "external_reference": "by phone"})["number"]
    deliver(control, foreign, "1", number=number)
    slips()
    assert slips.standing(number) == (SlipProgress.OPEN, Reason.SLIP_PARTLY_UNKNOWN)
    clock.advance(hours=25)
    slips()
    assert [cause.reason for cause in end_slips(parties, [number])[1].opened] == [Reason.SLIP_PARTLY_UNKNOWN]
    slips(send_now=[number])
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
    slips: Slips, exported: list[str], parties: Parties, control: SandboxControl, left: tuple[str, Any, Any]
) -> None:
    stands, edit, fault = left
    number = deliver(control, exported[0], "4", "4")
    control.edit_order(control.orders()[0]["id"], **edit)
    control.faults([{**fault, "path": "des_adv"}] if fault else [])
    slips()
    assert slips.standing(number)[0] == stands
    before = len(posts(control))
    slips(arrived=[number])
    slips()
    assert slips.standing(number) == (SlipProgress.SENT, None)
    assert end_slips(parties, [number])[1].still_open == []
    assert len(posts(control)) == before


def test_after_a_lost_ledger_what_the_shop_shows_already_is_not_sent_again(
    slips: Slips, exported: list[str], control: SandboxControl, runs: Runs, tmp_path: Path
) -> None:
    """As the runbook has it: the days again, then one run that is told what arrived before the loss."""
    parties = slips.parties
    before = deliver(control, exported[0], "4", "4")
    slips()
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()
    bring_to_head(parties.ledger._engine)
    after = deliver(control, exported[1], "4", "4")
    run_day(parties, DAY, runs("2026-11-22"))
    list_slips(parties)
    slips(arrived=[before])
    slips()
    assert [slips.standing(number) for number in (before, after)] == [(SlipProgress.SENT, None)] * 2
    assert len(posts(control)) == 2


def test_what_a_person_had_sent_is_not_sent_again_by_the_tasks_next_try(
    slips: Slips, exported: list[str], parties: Parties, runs: Runs, control: SandboxControl
) -> None:
    """The word was about the message before: nobody has looked for this one."""
    number = put_in_doubt(slips, control, exported[0])
    control.fault("reset_after_commit", path="des_adv")
    run = runs()
    for try_number in (1, 2, 3):
        send_slips(parties, [number], run.model_copy(update={"try_number": try_number}), Word(send_now=[number]))
    assert slips.standing(number) == (SlipProgress.IN_DOUBT, Reason.MESSAGE_IN_DOUBT)
    assert len(posts(control)) == 2
    slips(arrived=[number])
    assert len(control.desadv_messages()) == 1


def test_what_certainly_did_not_leave_at_a_persons_word_is_sent_by_the_tasks_next_try(
    slips: Slips, exported: list[str], parties: Parties, runs: Runs, control: SandboxControl
) -> None:
    number = put_in_doubt(slips, control, exported[0])
    control.fault("status", status=429, path="des_adv")
    run = runs()
    (first,) = send_slips(parties, [number], run, Word(send_now=[number]))
    assert first.error
    assert first.progress is SlipProgress.OPEN
    send_slips(parties, [number], run.model_copy(update={"try_number": 2}), Word(send_now=[number]))
    assert slips.standing(number) == (SlipProgress.SENT, None)


def test_a_correction_while_a_slip_is_in_doubt_is_told_once_the_doubt_is_over(
    slips: Slips, exported: list[str], parties: Parties, control: SandboxControl
) -> None:
    number = deliver(control, exported[0], "4", "4")
    control.fault("reset_after_commit", path="des_adv")
    slips()
    deliver(control, exported[0], "3", "4", number=number)
    slips()
    slips(arrived=[number])
    assert slips.standing(number) == (SlipProgress.SENT, Reason.SLIP_CHANGED)
    slips(arrived=[number])
    assert slips.standing(number) == (SlipProgress.SENT, None)
    assert end_slips(parties, [number])[1].still_open == []

"""A packing slip in doubt: a person says whether the shop has it."""

import pytest

from orderflow.domain.questions import Verb
from orderflow.domain.shipment import ShipmentProgress
from orderflow.errors import PermanentError
from orderflow.flow.questions.answering import carry_out
from orderflow.flow.questions.asking import ask, to_ask, why_none
from orderflow.flow.services import Services
from orderflow.flow.shipments.report import keep_alerts
from orderflow.ledger.models.questions import AskedQuestion
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs
from support.shipments import Shipments, deliver, posts, put_in_doubt


@pytest.fixture
def question(
    *, services: Services, shipments: Shipments, exported: list[str], control: SandboxControl, runs: Runs, clock: Clock
) -> AskedQuestion:
    """Return the question about the one slip, which the shop does not have."""
    number = put_in_doubt(shipments, control, exported[0])
    keep_alerts(services, [number], runs())
    clock.advance(seconds=1)
    (alert_id,) = to_ask(services.ledger)
    asked = ask(services, alert_id, runs())
    assert asked is not None
    assert f"packing slip {number}" in asked[1].subject
    return asked[0]


@pytest.mark.parametrize(("verb", "sent"), [(Verb.ARRIVED, 0), (Verb.SEND_NOW, 1)])
def test_the_answer_ends_the_doubt(
    *, services: Services, question: AskedQuestion, control: SandboxControl, runs: Runs, verb: Verb, sent: int
) -> None:
    before, run = len(posts(control)), runs()
    services.ledger.questions.answer(question, verb, text=verb, by="anna", remark="", run=run)
    assert carry_out(services, question.id, run) == "done: it is at sent now"
    assert len(posts(control)) - before == sent
    assert services.ledger.alerts.open() == []
    assert to_ask(services.ledger) == []


def test_an_answer_is_not_about_a_message_that_was_sent_since(
    *,
    services: Services,
    question: AskedQuestion,
    control: SandboxControl,
    shipments: Shipments,
    runs: Runs,
    clock: Clock,
) -> None:
    """Meanwhile somebody had it sent from the page, and the answer to that was lost, too."""
    clock.advance(seconds=1)
    control.fault("reset_after_commit", path="des_adv")
    shipments(send_now=[question.shipment])
    before, run = len(posts(control)), runs()
    services.ledger.questions.answer(question, Verb.SEND_NOW, text="send it", by="anna", remark="", run=run)
    with pytest.raises(PermanentError, match="look into the shop's admin again"):
        carry_out(services, question.id, run)
    assert len(posts(control)) == before
    assert to_ask(services.ledger) == [question.alert_id], "anew"


def test_a_slip_that_changes_stays_in_doubt_and_the_same_question(
    services: Services, question: AskedQuestion, control: SandboxControl, shipments: Shipments
) -> None:
    shipment = services.ledger.shipments.get_many([question.shipment])[question.shipment]
    deliver(control, shipment.content.order_numbers[0], "1", number=question.shipment)
    shipments()
    now = services.ledger.shipments.get_many([question.shipment])[question.shipment]
    assert (now.progress, now.content) == (ShipmentProgress.IN_DOUBT, shipment.content)
    assert why_none(services.ledger, question) is None

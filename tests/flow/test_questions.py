"""Decisions for people: asked once, carried out as answered, and never for an order that has changed since."""

from collections.abc import Callable
from typing import Any

import pytest

from orderflow.domain.questions import QUESTIONS, Verb
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import PermanentError
from orderflow.flow.orders.resolve import resolve
from orderflow.flow.orders.run import run_sweep
from orderflow.flow.questions.answering import carry_out
from orderflow.flow.questions.asking import OVER, Text, ask, to_ask, why_none
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef, Step
from orderflow.ledger.models.questions import AskedQuestion
from sandbox.control import SandboxControl
from support.clock import Clock
from support.flow_runs import Runs

ORDER = {"reference": "CS1", "confirm_date": "2026-11-22T12:00:00", "payment_status": "paid", "webshop": 1}
POST_FAILS = {"service": "erp", "action": "status", "status": 500, "method": "POST", "times": 0}

Asked = Callable[[], tuple[AskedQuestion, Text]]


@pytest.fixture
def asked(services: Services, runs: Runs) -> Asked:
    """Return a function that asks the one question there is."""

    def asked() -> tuple[AskedQuestion, Text]:
        (alert_id,) = to_ask(services.ledger)
        found = ask(services, alert_id, runs())
        assert found is not None
        assert to_ask(services.ledger) == [], "once"
        return found

    return asked


@pytest.fixture
def edited(services: Services, control: SandboxControl, runs: Runs) -> int:
    """Return an order that was changed in the shop after its export."""
    (order_id,) = control.add_orders(ORDER)
    run_sweep(services, runs())
    control.edit_order(order_id, customer_order_number="PO-NEW", state="confirmed")
    run_sweep(services, runs())
    return int(order_id)


def answer(services: Services, question: AskedQuestion, verb: Verb, run: RunRef) -> str:
    services.ledger.questions.answer(question, verb, text=verb, by="anna", remark="", run=run)
    return carry_out(services, question.id, run)


def reasons(services: Services) -> list[Reason]:
    return [alert.reason for alert in services.ledger.alerts.open()]


def test_an_edit_is_accepted_as_it_was_asked_about(
    services: Services, edited: int, asked: Asked, runs: Runs, control: SandboxControl
) -> None:
    question, text = asked()
    assert text.subject.startswith("1/CS1 was changed in the shop after it went to the ERP")
    assert text.options == [option.text for option in QUESTIONS[Reason.EDITED_AFTER_EXPORT].options]
    assert "Without an answer nothing happens" in text.body
    run = runs()
    assert answer(services, question, Verb.RESOLVE, run) == "done: it is at written_back now"
    assert reasons(services) == []
    seen = control.journal()[-1]["n"]
    assert carry_out(services, question.id, runs()) == "done: it is at written_back now", "a task that is cleared"
    assert control.journal(since=seen) == []
    assert [event.step for event in services.ledger.events(order_id=edited)][-2:] == [Step.ANSWER, Step.RESOLVE]


def test_an_edit_that_nobody_was_asked_about_is_not_accepted(
    services: Services, edited: int, asked: Asked, runs: Runs, control: SandboxControl
) -> None:
    """The shop's order changes once more between the question and its answer."""
    question, _ = asked()
    control.edit_order(edited, customer_order_number="PO-NEWER")
    with pytest.raises(PermanentError, match="changed it since"):
        answer(services, question, Verb.RESOLVE, runs())
    assert reasons(services) == [Reason.EDITED_AFTER_EXPORT]
    assert "not done" in str(services.ledger.questions.get(question.id).result)
    anew, _ = asked()
    assert answer(services, anew, Verb.RESOLVE, runs()) == "done: it is at written_back now"
    assert reasons(services) == []


def test_what_ends_otherwise_is_no_question_any_more_and_its_answer_does_nothing(
    services: Services, edited: int, asked: Asked, runs: Runs, control: SandboxControl
) -> None:
    question, _ = asked()
    assert why_none(services.ledger, question) is None
    resolve(services, [edited], runs())
    assert why_none(services.ledger, question) == OVER
    seen = control.journal()[-1]["n"]
    assert answer(services, question, Verb.RETRY, runs()) == "nothing was done: it is over"
    assert control.journal(since=seen) == []


def test_a_doubt_is_given_time_then_asked_about_and_never_sent_on_a_guess(
    services: Services, control: SandboxControl, asked: Asked, runs: Runs, clock: Clock
) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.faults([POST_FAILS])
    run_sweep(services, runs())
    assert reasons(services) == [Reason.ERP_IN_DOUBT]
    assert to_ask(services.ledger) == [], "the next sweeps may find out"
    clock.advance(minutes=31)
    question, text = asked()
    assert "sent again only where the ERP itself prevents a second one" in text.body
    assert answer(services, question, Verb.RETRY, runs()) == "done: it is at in_doubt now"
    again, _ = asked()
    assert answer(services, again, Verb.RESOLVE, runs()) == "done: it is at resolved now"
    control.clear_faults()
    run_sweep(services, runs(), order_ids=[order_id])
    assert control.erp_orders() == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"state": "cancel"}, Reason.CANCELLED_AFTER_EXPORT), ({"state": "quotation"}, Reason.WITHDRAWN_AFTER_EXPORT)],
)
def test_a_cancellation_or_withdrawal_is_closed_by_its_answer(
    *,
    services: Services,
    control: SandboxControl,
    asked: Asked,
    runs: Runs,
    change: dict[str, Any],
    reason: Reason,
) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.fault("status", service="shop", method="PATCH", status=400, times=0)
    run_sweep(services, runs())
    control.clear_faults()
    control.edit_order(order_id, **change)
    run_sweep(services, runs(), order_ids=[order_id])
    assert reasons(services) == [reason]
    question, _ = asked()
    assert answer(services, question, Verb.RESOLVE, runs()).startswith("done")
    assert reasons(services) == []
    assert services.ledger.get_many([order_id])[order_id].progress is Progress.RESOLVED


def test_a_reference_that_another_order_has_is_sent_under_a_new_one(
    services: Services, control: SandboxControl, asked: Asked, runs: Runs
) -> None:
    control.add_orders(ORDER)
    run_sweep(services, runs())
    (second,) = control.add_orders(ORDER)
    run_sweep(services, runs())
    assert reasons(services) == [Reason.REFERENCE_TAKEN]
    question, _ = asked()
    control.edit_order(second, reference="CS2")
    assert answer(services, question, Verb.RETRY, runs()) == "done: it is at written_back now"
    assert {made["external_reference"] for made in control.erp_orders()} == {"1/CS1", "1/CS2"}
    assert reasons(services) == []

"""The questions in the ledger: one per open alert, whoever asks; the answer is in the order's log."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from orderflow.domain.decision import Action, Decision
from orderflow.domain.questions import LONGEST_LOOK, Verb
from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Alert, Subject
from orderflow.ledger.models.orders import RunRef, Step
from support.clock import Clock
from support.orders import order


def run(run_id: str = "run1", index: int = 0) -> RunRef:
    return RunRef(dag_id="orderflow_decisions", run_id=run_id, task_id="decide.ask", map_index=index)


@pytest.fixture
def alert(ledger: Ledger) -> Alert:
    ledger.decide(order(order_id=7), Decision(action=Action.PROCESS, reason=Reason.PAID), run())
    ledger.alerts.see(Subject.of_order(7, "1/CS7"), Reason.ERP_IN_DOUBT, "sent", run=run())
    (alert,) = ledger.alerts.open()
    return alert


def test_one_task_asks_and_may_ask_again(ledger: Ledger, alert: Alert) -> None:
    first = ledger.questions.ask(alert, "now", run())
    assert first is not None
    assert ledger.questions.ask(alert, "now", run(index=1)) is None
    assert ledger.questions.ask(alert, "now", run("run2")) is None
    again = ledger.questions.ask(alert, "later", run())
    assert again is not None
    assert (again.id, again.facts) == (first.id, "now"), "Airflow shows the first question, too"
    assert ledger.questions.asked() == {alert.id}


def test_of_many_at_once_one_asks(ledger: Ledger, alert: Alert) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda n: ledger.questions.ask(alert, "", run(index=n)), range(8)))
    assert len([question for question in asked if question]) == 1


def test_one_whose_task_is_gone_is_asked_anew(ledger: Ledger, alert: Alert, clock: Clock) -> None:
    question = ledger.questions.ask(alert, "", run())
    assert question is not None
    clock.advance(seconds=LONGEST_LOOK.total_seconds())
    ledger.questions.saw(question.id)
    clock.advance(seconds=1.5 * LONGEST_LOOK.total_seconds())
    assert ledger.questions.asked() == {alert.id}
    assert ledger.questions.ask(alert, "", run("run2")) is None
    clock.advance(seconds=LONGEST_LOOK.total_seconds())
    assert ledger.questions.asked() == set()
    assert ledger.questions.ask(alert, "", run("run2")) is not None
    assert ledger.questions.of_task(run()) is None
    assert ledger.questions.get(question.id).closed_as == "lost"


def test_an_answer_is_in_the_log_of_the_order_and_not_asked_about_while_it_is_carried_out(
    ledger: Ledger, alert: Alert, clock: Clock
) -> None:
    question = ledger.questions.ask(alert, "", run())
    assert question is not None
    ledger.questions.answer(question, Verb.RETRY, text="Look again now", by="anna", remark="seen", run=run())
    said = [event for event in ledger.events(order_id=7) if event.step is Step.ANSWER]
    assert [event.message for event in said] == ["anna: Look again now. seen"]
    assert ledger.questions.asked() == {alert.id}
    clock.advance(minutes=61)
    assert ledger.questions.asked() == set(), "whoever was to carry it out has died"
    ledger.questions.end(question.id, "done")
    answered = ledger.questions.get(question.id)
    assert (answered.answer, answered.answered_by, answered.result) == (Verb.RETRY, "anna", "done")
    assert answered.answered_at is not None
    assert answered.answered_at < clock.now - timedelta(minutes=60)


def test_it_goes_with_its_order(ledger: Ledger, alert: Alert) -> None:
    question = ledger.questions.ask(alert, "", run())
    assert question is not None
    ledger.housekeeping.erase(7)
    assert ledger.questions.of_order(7) == []
    assert ledger.questions.of_task(run()) is None


def test_waiting_runs_are_counted_not_questions(ledger: Ledger) -> None:
    for number in range(3):
        ledger.alerts.see(Subject.of_order(number, str(number)), Reason.ERP_IN_DOUBT, "")
    for alert, name in zip(ledger.alerts.open(), ("run1", "run1", "run2"), strict=True):
        ledger.questions.ask(alert, "", run(name, alert.id))
    assert ledger.questions.waiting_runs() == 2

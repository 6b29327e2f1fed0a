"""A question in Airflow and its possible results: only a person's own choice is an answer."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

from orderflow.domain.decision import Action, Decision
from orderflow.domain.questions import QUESTIONS, Verb
from orderflow.domain.reasons import Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Alert, Subject
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.questions import AskedQuestion
from orderflow.orchestration.question_operator import QuestionOperator
from orderflow.orchestration.question_work import NOT_UNDERSTOOD
from orderflow.orchestration.run_context import RunContext
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment
from support.orders import order

RETRY, RESOLVE = (option.text for option in QUESTIONS[Reason.EDITED_AFTER_EXPORT].options[::-1])
DONE = "done: it is at resolved now"
ANNA = {"id": "7", "name": "anna"}
TIME_IS_UP = {"error": "timeout", "error_type": "timeout"}


@pytest.fixture
def context() -> Any:
    ti = SimpleNamespace(dag_id="orderflow_decisions", run_id="run1", task_id="decide.ask", map_index=3, try_number=1)
    return {"ti": ti, "params": {}}


@pytest.fixture
def alert(book: Ledger, sandbox: RunningSandbox, control: SandboxControl, monkeypatch: pytest.MonkeyPatch) -> Alert:
    """Return the alert of an order that the shop, which is empty, does not have any more."""
    del control
    for name, value in sandbox_environment(sandbox.url).items():
        monkeypatch.setenv(name, value)
    run = RunRef(dag_id="orderflow_sweep", run_id="sweep")
    book.decide(order(order_id=7, reference="CS7"), Decision(action=Action.PROCESS, reason=Reason.PAID), run)
    book.alerts.see(Subject.of_order(7, "1/CS7"), Reason.EDITED_AFTER_EXPORT, "ERP number 1")
    return book.alerts.open()[0]


@pytest.fixture
def question(book: Ledger, alert: Alert, context: Any) -> AskedQuestion:
    question = book.questions.ask(alert, "gone", RunContext(context).run)
    assert question is not None
    return question


def come_back(context: Any, event: dict[str, Any]) -> str:
    return QuestionOperator(task_id="ask", alert_id=1).execute_complete(context, event)


def answered(*chosen: str, user: dict[str, str] | None = ANNA, **params: Any) -> dict[str, Any]:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return {"chosen_options": list(chosen), "params_input": params, "responded_at": at, "responded_by_user": user}


@pytest.mark.parametrize(
    ("given", "kept"),
    [({}, ""), ({"remark": "by phone"}, "by phone"), ({"remark": None}, ""), ({"remark": 4}, "4"), ({"x": []}, "")],
)
def test_a_persons_answer_is_in_the_ledger_whatever_the_form_sent(
    *, book: Ledger, question: AskedQuestion, context: Any, given: dict[str, Any], kept: str
) -> None:
    assert come_back(context, answered(RESOLVE, **given)) == DONE
    now = book.questions.get(question.id)
    assert (now.answer, now.answered_by, now.remark) == (Verb.RESOLVE, "anna", kept)
    assert context["label"] == "1/CS7"


@pytest.mark.parametrize(
    "event",
    [answered(), answered("resolve"), answered(RETRY, RESOLVE), answered(RESOLVE, user=None)],
    ids=["nothing", "other words", "two", "nobody"],
)
def test_anything_else_is_no_answer(book: Ledger, question: AskedQuestion, context: Any, event: dict[str, Any]) -> None:
    with pytest.raises(AirflowSkipException):
        come_back(context, event)
    now = book.questions.get(question.id)
    assert (now.answer, now.closed_as) == (None, NOT_UNDERSTOOD)
    assert book.questions.asked() == set(), "it is asked anew"


def test_what_is_answered_is_done_by_another_try_and_not_asked_for_twice(
    book: Ledger, question: AskedQuestion, context: Any
) -> None:
    run = RunContext(context).run
    book.questions.answer(question, Verb.RESOLVE, text=RESOLVE, by="anna", remark="", run=run)
    assert QuestionOperator(task_id="ask", alert_id=1).execute(context) == DONE
    assert book.alerts.open() == []


def test_a_time_out_answers_nothing_and_it_waits_on(book: Ledger, question: AskedQuestion, context: Any) -> None:
    with pytest.raises(TaskAwaitingInput) as waits:
        come_back(context, TIME_IS_UP)
    assert waits.value.method_name == "execute_complete"
    assert waits.value.timeout >= timedelta(minutes=15)
    assert book.questions.get(question.id).closed_at is None


@pytest.mark.parametrize("event", [TIME_IS_UP, answered(RESOLVE)])
def test_what_is_over_is_closed_and_a_late_answer_is_none(
    book: Ledger, question: AskedQuestion, context: Any, event: dict[str, Any]
) -> None:
    book.alerts.close(Subject.of_order(7, "1/CS7"))
    with pytest.raises(AirflowSkipException):
        come_back(context, event)
    now = book.questions.get(question.id)
    assert (now.answer, now.closed_as) == (None, "over")
    with pytest.raises(AirflowSkipException):
        come_back(context, answered(RESOLVE))
    assert book.questions.get(question.id).answer is None


def test_with_many_runs_waiting_it_is_gathered_unless_it_is_just_answered(
    book: Ledger, question: AskedQuestion, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orderflow.flow.questions.asking.MANY_RUNS", 0)
    with pytest.raises(AirflowSkipException):
        come_back(context, TIME_IS_UP)
    assert book.questions.get(question.id).closed_as == "gathered"
    (alert,) = book.alerts.open()
    assert book.questions.ask(alert, "gone", RunContext(context).run) is not None
    assert come_back(context, answered(RESOLVE)) == DONE

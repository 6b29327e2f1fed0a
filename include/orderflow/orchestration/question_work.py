"""What the tasks of the questions do: find what to ask, record a question, take its answer and carry it out."""

import logging
from datetime import timedelta
from typing import Any, NamedTuple

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

from orderflow.domain.questions import chosen, next_look
from orderflow.errors import OrderflowError
from orderflow.flow.questions.answering import carry_out
from orderflow.flow.questions.asking import Text, ask, to_ask, why_none
from orderflow.ledger.hook import ledger_from_connection
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.questions import AskedQuestion
from orderflow.orchestration.announcing import announce_now
from orderflow.orchestration.connect import connect
from orderflow.orchestration.run_context import RunContext

NOT_UNDERSTOOD = "not understood"
_LONGEST_REMARK = 1_000

log = logging.getLogger(__name__)


class Shown(NamedTuple):
    """What people see of a question, and how long to wait before checking whether it is still needed."""

    text: Text
    look_again: timedelta


def list_questions() -> list[int]:
    """List the open alerts that only a person can resolve and that nobody was asked about yet."""
    found = to_ask(ledger_from_connection())
    log.info("%d questions to people", len(found))
    return found


def begin(context: Context, alert_id: int) -> Shown | str:
    """Record the question in the ledger; the result, if an earlier try of the task has received the answer."""
    here = RunContext(context)
    here.label(f"alert {alert_id}")
    answered = ledger_from_connection().questions.answered_by_task(here.run)
    if answered is not None:
        return _do(here, answered)
    try:
        services = connect(read_only=True)
        asked = ask(services, int(alert_id), here.run)
    except OrderflowError as error:
        raise AirflowSkipException(f"the next run asks: {error}") from error
    if asked is None:
        raise AirflowSkipException("it is over, or another run asks")
    question, text = asked
    here.label(question.name)
    return Shown(text, next_look(services.ledger.now() - question.asked_at))


def take(context: Context, event: dict[str, Any]) -> str:
    """Take the answer and carry it out; without one, TaskAwaitingInput while the question is still needed."""
    here, ledger = RunContext(context), ledger_from_connection()
    question = ledger.questions.of_task(here.run)
    if question is None:
        raise AirflowSkipException("it is asked by another run")
    here.label(question.name)
    _end_if_over(ledger, question, may_gather="error" in event)
    if "error" in event:
        ledger.questions.saw(question.id)
        pause = next_look(ledger.now() - question.asked_at)
        raise TaskAwaitingInput(method_name="execute_complete", timeout=pause)
    _keep(ledger, question, here, event)
    return _do(here, question)


def _end_if_over(ledger: Ledger, question: AskedQuestion, *, may_gather: bool) -> None:
    why = why_none(ledger, question, may_gather=may_gather)
    if why is not None:
        ledger.questions.close(question.id, why)
        raise AirflowSkipException(f"it is no question any more: {why}")


def _keep(ledger: Ledger, question: AskedQuestion, here: RunContext, event: dict[str, Any]) -> None:
    """Store the answer in the ledger before anything is done."""
    (text, *others), user = event["chosen_options"] or [""], event["responded_by_user"]
    option = chosen(question.reason, text)
    if option is None or others or not user:
        ledger.questions.close(question.id, NOT_UNDERSTOOD)
        raise AirflowSkipException(f"{text!r} is no answer to it, or nobody's; it is asked anew")
    remark = str((event["params_input"] or {}).get("remark") or "")[:_LONGEST_REMARK]
    by = str(user["name"] or user["id"])
    ledger.questions.answer(question, option.verb, text=option.text, by=by, remark=remark, run=here.run)


def _do(here: RunContext, question: AskedQuestion) -> str:
    """Carry out the answer, unless the matter is over or has changed."""
    here.label(question.name)
    services = connect()
    result = carry_out(services, question.id, here.run)
    announce_now(services.ledger, here)
    return result

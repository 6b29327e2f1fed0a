"""A question to people: a required action in Airflow that ends with an answer, or when the question is obsolete.

It waits without a process. From time to time it wakes up to check in the ledger whether it is still needed. No time-out
ever answers it.
"""

from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, Param
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

from orderflow.domain.questions import chosen, next_look
from orderflow.errors import OrderflowError
from orderflow.flow.questions.answering import carry_out
from orderflow.flow.questions.asking import ask, why_none
from orderflow.ledger.hook import ledger_from_connection
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.questions import AskedQuestion
from orderflow.orchestration.announcing import announce_now
from orderflow.orchestration.connect import connect
from orderflow.orchestration.edge import guarded
from orderflow.orchestration.run_context import RunContext

NOT_UNDERSTOOD = "not understood"
_LONGEST_REMARK = 1_000
_REMARK = Param("", type=["string", "null"], title="Remark", description="Kept in the order's log, with your name.")


class QuestionOperator(HITLOperator):
    """Asks about an alert, carries out the answer, and returns the result. Skipped if the question is obsolete."""

    template_fields = ("alert_id",)

    def __init__(self, *, alert_id: int, **given: Any) -> None:
        super().__init__(subject="", options=["-"], params={"remark": _REMARK}, **given)
        self.alert_id = alert_id

    @guarded
    def execute(self, context: Context) -> Any:
        """Record the question in the ledger, show it, and wait."""
        here = RunContext(context)
        here.label(f"alert {self.alert_id}")
        answered = ledger_from_connection().questions.answered_by_task(here.run)
        if answered is not None:  # an earlier try has received the answer: do not ask again
            return self._do(here, answered)
        try:
            services = connect(read_only=True)
            asked = ask(services, int(self.alert_id), here.run)
        except OrderflowError as error:
            raise AirflowSkipException(f"the next run asks: {error}") from error
        if asked is None:
            raise AirflowSkipException("it is over, or another run asks")
        question, text = asked
        here.label(question.name)
        self.subject, self.body, self.options = text
        self.response_timeout = next_look(services.ledger.now() - question.asked_at)
        return super().execute(context)

    @guarded
    def execute_complete(self, context: Context, event: dict[str, Any]) -> str:
        """Take the answer and carry it out; without one, keep waiting while the question is still needed."""
        here, ledger = RunContext(context), ledger_from_connection()
        question = ledger.questions.of_task(here.run)
        if question is None:
            raise AirflowSkipException("it is asked by another run")
        here.label(question.name)
        self._end_if_over(ledger, question, may_gather="error" in event)
        if "error" in event:
            ledger.questions.saw(question.id)
            pause = next_look(ledger.now() - question.asked_at)
            raise TaskAwaitingInput(method_name="execute_complete", timeout=pause)
        self._take(ledger, question, here, event)
        return self._do(here, question)

    def _end_if_over(self, ledger: Ledger, question: AskedQuestion, *, may_gather: bool) -> None:
        why = why_none(ledger, question, may_gather=may_gather)
        if why is not None:
            ledger.questions.close(question.id, why)
            raise AirflowSkipException(f"it is no question any more: {why}")

    def _take(self, ledger: Ledger, question: AskedQuestion, here: RunContext, event: dict[str, Any]) -> None:
        """Store the answer in the ledger before anything is done."""
        (text, *others), user = event["chosen_options"] or [""], event["responded_by_user"]
        option = chosen(question.reason, text)
        if option is None or others or not user:
            ledger.questions.close(question.id, NOT_UNDERSTOOD)
            raise AirflowSkipException(f"{text!r} is no answer to it, or nobody's; it is asked anew")
        remark = str((event["params_input"] or {}).get("remark") or "")[:_LONGEST_REMARK]
        by = str(user["name"] or user["id"])
        ledger.questions.answer(question, option.verb, text=option.text, by=by, remark=remark, run=here.run)

    def _do(self, here: RunContext, question: AskedQuestion) -> str:
        """Carry out the answer, unless the matter is over or has changed."""
        here.label(question.name)
        services = connect()
        result = carry_out(services, question.id, here.run)
        announce_now(services.ledger, here)
        return result

"""A question to people: a required action in Airflow that ends with an answer, or when the question is obsolete.

It waits without a process. From time to time it wakes up to check in the ledger whether it is still needed. No time-out
ever answers it. Like every task, it imports its work when it runs.
"""

from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, Param

from orderflow.orchestration.edge import guarded

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
        from orderflow.orchestration import question_work

        shown = question_work.begin(context, self.alert_id)
        if isinstance(shown, str):  # an earlier try has received the answer: do not ask again
            return shown
        self.subject, self.body, self.options = shown.text
        self.response_timeout = shown.look_again
        return super().execute(context)

    @guarded
    def execute_complete(self, context: Context, event: dict[str, Any]) -> str:
        """Take the answer and carry it out; without one, keep waiting while the question is still needed."""
        from orderflow.orchestration import question_work

        return question_work.take(context, event)

"""The tasks of the questions to people: find what to ask, and ask. One task each: Airflow pays for waiting tasks."""

from typing import Any

from airflow.sdk import task

from orderflow.environment import SHOP_POOL
from orderflow.orchestration.callbacks import alert_failed_report
from orderflow.orchestration.edge import guarded
from orderflow.orchestration.question_operator import QuestionOperator
from orderflow.orchestration.tasks import LABEL


@task(on_failure_callback=alert_failed_report)
@guarded
def list_questions() -> list[int]:
    """List the open alerts that only a person can resolve and that nobody was asked about yet."""
    from orderflow.orchestration import question_work

    return question_work.list_questions()


def ask_each(alert_ids: Any) -> None:
    """Ask about each alert, in the DAG being built; `alert_ids` is what `list_questions` returns."""
    QuestionOperator.partial(
        task_id="ask",
        pool=SHOP_POOL,
        map_index_template=LABEL,
        execution_timeout=None,  # otherwise it would include the wait for the answer
        on_failure_callback=alert_failed_report,
        doc_md="A required action in Airflow: it waits for an answer, or until it is over, and does what is answered.",
    ).expand(alert_id=alert_ids)

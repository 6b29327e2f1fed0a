"""The tasks around the questions to people: find what to ask, and do what was answered."""

import logging

from airflow.sdk import task, task_group

from orderflow.environment import SHOP_POOL
from orderflow.flow.questions.answering import carry_out as do_what_was_answered
from orderflow.flow.questions.asking import to_ask
from orderflow.ledger.hook import ledger_from_connection
from orderflow.orchestration.alerts import alert_failed_report
from orderflow.orchestration.announcing import announce_now, announces
from orderflow.orchestration.connect import connect
from orderflow.orchestration.edge import guarded
from orderflow.orchestration.question_operator import QuestionOperator
from orderflow.orchestration.run_context import RunContext
from orderflow.orchestration.tasks import LABEL

log = logging.getLogger(__name__)


@task(on_failure_callback=alert_failed_report)
@guarded
def list_questions() -> list[int]:
    """List the open alerts that only a person can end, and that nobody was asked about yet."""
    found = to_ask(ledger_from_connection())
    log.info("%d questions to people", len(found))
    return found


@task(map_index_template=LABEL, pool=SHOP_POOL, on_failure_callback=alert_failed_report)
@guarded
@announces
def carry_out(question_id: int) -> str:
    """Do what was answered, unless it is over or something else by now."""
    here, services = RunContext(), connect()
    here.label(services.ledger.questions.get(question_id).name)
    result = do_what_was_answered(services, question_id, here.run)
    announce_now(services.ledger, here)
    return result


@task_group
def decide(alert_id: int) -> None:
    """One question: asked, and what was answered is done."""
    ask = QuestionOperator(
        task_id="ask",
        alert_id=alert_id,
        map_index_template=LABEL,
        execution_timeout=None,
        doc_md="A required action in Airflow. It waits for an answer, or until it is over; no time-out answers it.",
    )
    carry_out(ask.output)  # type: ignore[arg-type]  # by XCom

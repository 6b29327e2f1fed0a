"""A DAG that runs all day long tells once what keeps a task of it from working, until that task works again."""

import logging
from collections.abc import Collection

from airflow.sdk import Context

from orderflow.errors import OrderflowError
from orderflow.ledger.hook import ledger_from_connection
from orderflow.ledger.ledger import Ledger
from orderflow.orchestration.alerts import alert_failed_run
from orderflow.orchestration.failed_tasks import BrokenTasksError, FailedTask
from orderflow.orchestration.run_context import RunContext

log = logging.getLogger(__name__)


def alert_failed_run_once(context: Context) -> None:
    """As alert_failed_run, for runs of every few minutes: an outage that people were told of is only logged."""
    error = context.get("exception")
    if isinstance(error, BrokenTasksError) and not _is_news(error, RunContext(context)):
        log.error("%s\nPeople were told of this before; no message is sent.", error.message)
        return
    alert_failed_run(context)


def close_outages(ledger: Ledger, here: RunContext, broken: Collection[FailedTask]) -> None:
    """Note that every task of this run but these works, if it was a run like all others."""
    if not here.is_manually_targeted:
        ledger.outages.close(here.run.dag_id, but={task.task_id for task in broken})


def _is_news(error: BrokenTasksError, here: RunContext) -> bool:
    """Note the outage, but for a run like no other; what is not noted is told."""
    if here.is_manually_targeted:
        return True
    try:
        outages = ledger_from_connection().outages
        new = [outages.see(*cause, here.run) for cause in sorted({(t.task_id, t.reason) for t in error.tasks})]
    except OrderflowError:
        log.exception("the outage could not be noted")
        return True
    return any(new)

"""The last task of every run: record what failed as a whole, announce, and turn the run red only for news."""

import logging
from collections.abc import Collection
from datetime import timedelta

from airflow.sdk.exceptions import AirflowRescheduleException

from orderflow.errors import PermanentError
from orderflow.flow.reporting.announce import NewsError, raise_news
from orderflow.flow.reporting.groups import TASK, counted
from orderflow.flow.services import Services
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Subject
from orderflow.orchestration.announcing import EVERY, announce_now, writer_of
from orderflow.orchestration.failed_tasks import FailedTask, raise_failed_tasks
from orderflow.orchestration.run_context import RunContext

log = logging.getLogger(__name__)

_WAITS = timedelta(minutes=12)
"""How long after its record a message that a channel refuses keeps its run open: not until the next sweep."""


def end_report(services: Services, here: RunContext, broken: Collection[FailedTask]) -> None:
    """Do both: announce, and raise what turns the run red."""
    announce_end(services.ledger, here, broken)
    raise_end(services, here, broken)


def announce_end(ledger: Ledger, here: RunContext, broken: Collection[FailedTask], *, is_patient: bool = False) -> None:
    """Record what failed as a whole; announce what is new and what is over.

    `is_patient`: if a channel refuses a young alert, the task holds no slot and starts again soon
    (AirflowRescheduleException). After some minutes it is left to the next run.
    """
    book = ledger.alerts
    if not here.is_manually_targeted:
        book.close_tasks(here.run.dag_id, but={task.task_id for task in broken})
        for task in broken:
            book.see(Subject.of_task(here.run.dag_id, task.task_id), task.reason, task.error or "", run=here.run)
    refused = announce_now(ledger, here)
    now = ledger.now()
    if is_patient and not here.is_manually_targeted and any(now - alert.opened_at < _WAITS for alert in refused):
        raise AirflowRescheduleException(now + EVERY)  # type: ignore[no-untyped-call]


def raise_end(services: Services, here: RunContext, broken: Collection[FailedTask]) -> None:
    """NewsError if this run was the first to announce something.

    If a person started the run for something specific and it could not do its work, that person must know at once:
    FailedTasksError. It says nothing about other runs.
    """
    if here.is_manually_targeted:
        raise_failed_tasks(list(broken))
    if not here.is_for_people:  # red only for problems with what was requested: see raise_for_who_asked
        raise_news(services.ledger, writer_of(services.ledger, here, services.settings.timezone), here.run)


def raise_unworked(broken: Collection[FailedTask]) -> None:
    """Turn a day's run red if a task failed as a whole, announced or not: nothing else does that day's work."""
    if broken:
        text = "\n".join(f"- {task}" for task in broken)
        raise NewsError(f"{counted(len(broken), TASK)} failed:\n{text}", reason=next(iter(broken)).reason)


def raise_for_who_asked(here: RunContext, error: PermanentError | None) -> None:
    """Turn a run red that somebody started for specific orders if some of them failed, even if that is no news."""
    if error is not None and here.is_manually_targeted:
        raise NewsError(error.message, reason=error.reason)

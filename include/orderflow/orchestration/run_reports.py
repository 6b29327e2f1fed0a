"""The last task of every run: record what failed as a whole, announce, and turn the run red only for news."""

import logging
from collections.abc import Collection

from orderflow.errors import PermanentError
from orderflow.flow.reporting.announce import NewsError, raise_news
from orderflow.flow.reporting.groups import TASK, counted
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Subject
from orderflow.orchestration.announcing import announce_now, writer_of
from orderflow.orchestration.failed_tasks import FailedTask, raise_failed_tasks
from orderflow.orchestration.run_context import RunContext

log = logging.getLogger(__name__)


def end_report(services: Services, here: RunContext, broken: Collection[FailedTask]) -> None:
    """Announce what is new and what is over; NewsError if this run was the first to announce something.

    If a person started the run for something specific and it could not do its work, that person must know at once:
    FailedTasksError. It says nothing about other runs.
    """
    book, ledger = services.ledger.alerts, services.ledger
    if not here.is_manually_targeted:
        book.close_tasks(here.run.dag_id, but={task.task_id for task in broken})
        for task in broken:
            book.see(Subject.of_task(here.run.dag_id, task.task_id), task.reason, task.error or "", run=here.run)
    announce_now(ledger, here)
    if here.is_manually_targeted:
        raise_failed_tasks(list(broken))
    if not here.is_for_people:  # red only for problems with what was requested: see raise_for_who_asked
        raise_news(ledger, writer_of(ledger, here, services.settings.timezone), here.run)


def raise_unworked(broken: Collection[FailedTask]) -> None:
    """Turn a day's run red if a task failed as a whole, announced or not: nothing else does that day's work."""
    if broken:
        text = "\n".join(f"- {task}" for task in broken)
        raise NewsError(f"{counted(len(broken), TASK)} failed:\n{text}", reason=next(iter(broken)).reason)


def raise_for_who_asked(here: RunContext, error: PermanentError | None) -> None:
    """Turn a run red that somebody started for specific orders if some of them failed, even if that is no news."""
    if error is not None and here.is_manually_targeted:
        raise NewsError(error.message, reason=error.reason)

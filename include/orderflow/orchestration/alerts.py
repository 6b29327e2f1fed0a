"""Report what kept a run from reporting: the callback of its last task, and messages from outside any run."""

import logging
from collections.abc import Mapping
from typing import Any

from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError
from orderflow.flow.reporting.announce import NewsError
from orderflow.flow.reporting.messages import Message, escaped
from orderflow.ledger.hook import ledger_from_connection
from orderflow.ledger.models.alerts import Subject
from orderflow.orchestration.alert_settings import alert_settings
from orderflow.orchestration.announcing import announce_now
from orderflow.orchestration.channels import channels
from orderflow.orchestration.failed_tasks import FailedTasksError
from orderflow.orchestration.links import links
from orderflow.orchestration.run_context import RunContext

log = logging.getLogger(__name__)


def alert_failed_report(context: Mapping[str, Any]) -> None:
    """Announce that a run could not be summed up. What it found was announced already.

    It is announced once, tracked in the ledger's book of alerts; but every time while the ledger cannot be written, or
    if a person started the run for something specific.
    """
    error = context.get("exception")
    if isinstance(error, NewsError):
        return
    here = RunContext(context)  # type: ignore[arg-type]
    reason = error.reason if isinstance(error, OrderflowError) else Reason.UNEXPECTED
    text = error.message if isinstance(error, OrderflowError) else str(error)
    if here.is_manually_targeted or isinstance(error, FailedTasksError):
        send(f"{here.title} failed", text, links(here).by_name)
        return
    try:
        ledger = ledger_from_connection()
        ledger.alerts.see(Subject.of_task(here.run.dag_id, here.run.task_id), reason, text, run=here.run)
        announce_now(ledger, here)
    except OrderflowError:
        log.exception("the ledger could not be written")
        send(f"{here.title} failed", text, links(here).by_name)


def send(subject: str, text: str, where: Mapping[str, str], *, level: int = logging.ERROR) -> None:
    """Send a message immediately through every channel to everyone; a failing channel is logged and stops nothing."""
    footer = "\n".join(f"{name}: {url}" for name, url in where.items())
    chat = f"*{escaped(subject)}*\n{escaped(text)}\n\n{footer}"
    try:
        ledger = ledger_from_connection()
    except (OrderflowError, PermissionError):
        ledger = None
    for channel in channels(alert_settings(ledger).alerts, level=level):
        try:
            channel.send(Message(subject, f"{text}\n\n{footer}", chat))
        except Exception:
            log.warning("the message could not be sent by %s", channel.name, exc_info=True)

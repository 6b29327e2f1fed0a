"""Tell people that a run failed: one message for the run, by every channel that is configured, and always in the log.

The text is the error of the run's last task, which names each failed order, its reason and who fixes it. It is sent as
it is: never through a template, for it may hold what a buyer has typed.
"""

import html
import logging
from collections.abc import Callable, Mapping
from typing import Any

from airflow.providers.http.notifications.http import HttpNotifier
from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from orderflow.errors import OrderflowError
from orderflow.orchestration.connect import read_settings
from orderflow.settings import AlertSettings

WEBHOOK_CONN_ID = "orderflow_alerts_webhook"
SMTP_CONN_ID = "smtp_default"
_LONGEST_TEXT = 3500  # what chat programs still show in one message
_TIMEOUT = 10

log = logging.getLogger(__name__)


def alert_failed_run(context: Mapping[str, Any]) -> None:
    """Send the summary of a failed run; the callback of its last task, so that a run sends one message."""
    ti = context["ti"]
    subject = f"{ti.dag_id} {context.get('partition_key') or ti.run_id} failed"
    error = context.get("exception")
    text = error.message if isinstance(error, OrderflowError) else str(error)
    send(subject, f"{text}\n\nLog: {ti.log_url}")


def send(subject: str, text: str) -> None:
    """Send a message by every configured channel; one that fails is logged and stops neither the others nor the run."""
    log.error("ALERT %s\n%s", subject, text)
    try:
        settings = read_settings().alerts
    except OrderflowError:
        log.exception("the alert could only be logged")
        return
    for channel in (_mail, _webhook):
        _try(channel, settings, subject, text[:_LONGEST_TEXT])


def _try(channel: Callable[[AlertSettings, str, str], None], settings: AlertSettings, subject: str, text: str) -> None:
    try:
        channel(settings, subject, text)
    except Exception:
        log.warning("the alert could not be sent by %s", channel.__name__.strip("_"), exc_info=True)


def _mail(settings: AlertSettings, subject: str, text: str) -> None:
    if settings.mail_to:
        SmtpNotifier(
            to=list(settings.mail_to),
            from_email=settings.mail_from,
            subject=f"[Orderflow] {subject}",
            html_content=f"<pre>{html.escape(text)}</pre>",
            smtp_conn_id=SMTP_CONN_ID,
        ).notify({})


def _webhook(settings: AlertSettings, subject: str, text: str) -> None:
    """Post `{"text": …}`, which Slack and Teams show as a message, if there is a connection for it."""
    del settings
    try:
        BaseHook.get_connection(WEBHOOK_CONN_ID)
    except AirflowNotFoundException:
        return
    message = HttpNotifier(
        http_conn_id=WEBHOOK_CONN_ID,
        endpoint="",
        json={"text": f"*{subject}*\n{text}"},
        headers={"Content-Type": "application/json"},
        extra_options={"timeout": _TIMEOUT},
    )
    message.notify({})

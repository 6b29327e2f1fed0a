"""Tell people that a run failed: one message for the run, by every channel that is configured, and always in the log.

The text is the error of the run's last task, which names each failed order, its reason and who fixes it. It is sent as
it is: never through a template, for it may hold what a buyer has typed.
"""

import html
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from airflow.providers.http.notifications.http import HttpNotifier
from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import BaseHook
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowNotFoundException

from orderflow.errors import OrderflowError
from orderflow.orchestration.connect import read_settings
from orderflow.settings import AlertSettings

WEBHOOK_CONN_ID = "orderflow_alerts_webhook"
SMTP_CONN_ID = "smtp_default"
_LONGEST_TEXT = 3500  # what chat programs still show in one message
_TIMEOUT = 10

log = logging.getLogger(__name__)


class Message(NamedTuple):
    """What is sent: its subject, its text, and where to look, each by its name."""

    subject: str
    text: str
    links: Mapping[str, str]


def alert_failed_run(context: Mapping[str, Any]) -> None:
    """Send the summary of a failed run; the callback of its last task, so that a run sends one message."""
    ti = context["ti"]
    subject = f"{ti.dag_id} {context.get('partition_key') or ti.run_id} failed"
    error = context.get("exception")
    text = error.message if isinstance(error, OrderflowError) else str(error)
    send(subject, text, {**run_links(ti.dag_id, ti.run_id), "Log": ti.log_url})


def run_links(dag_id: str, run_id: str) -> dict[str, str]:
    """Return where people see all orders, and those of a run."""
    run = f"dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"
    return {**page_link(), "Orders of this run": f"{_base_url()}/{run}/plugin/orders-of-run"}


def page_link() -> dict[str, str]:
    """Return where people see all orders."""
    return {"All orders": f"{_base_url()}/plugin/orders"}


def send(subject: str, text: str, links: Mapping[str, str], *, level: int = logging.ERROR) -> None:
    """Send a message by every configured channel; one that fails is logged and stops neither the others nor the run."""
    log.log(level, "ALERT %s\n%s\n%s", subject, text, _lines(links))
    try:
        settings = read_settings().alerts
    except (OrderflowError, PermissionError):  # the latter where Airflow lets a deadline's callback read no Variable
        log.exception("the alert could only be logged")
        return
    for channel in (_mail, _webhook):
        try:
            channel(settings, Message(subject, _cut(text), links))
        except Exception:
            log.warning("the alert could not be sent by %s", channel.__name__.strip("_"), exc_info=True)


def _mail(settings: AlertSettings, message: Message) -> None:
    if settings.mail_to:
        anchors = [
            f'<p>{html.escape(name)}: <a href="{html.escape(url)}">{html.escape(url)}</a></p>'
            for name, url in message.links.items()
        ]
        SmtpNotifier(
            to=list(settings.mail_to),
            from_email=settings.mail_from,
            subject=f"[Orderflow] {message.subject}",
            html_content=f"<pre>{html.escape(message.text)}</pre>{''.join(anchors)}",
            smtp_conn_id=SMTP_CONN_ID,
        ).notify({})


def _webhook(settings: AlertSettings, message: Message) -> None:
    """Post `{"text": …}`, which Slack and Teams show as a message, if there is a connection for it."""
    del settings
    try:
        BaseHook.get_connection(WEBHOOK_CONN_ID)
    except AirflowNotFoundException:
        return
    HttpNotifier(
        http_conn_id=WEBHOOK_CONN_ID,
        endpoint="",
        json={"text": f"*{message.subject}*\n{message.text}\n\n{_lines(message.links)}"},
        headers={"Content-Type": "application/json"},
        extra_options={"timeout": _TIMEOUT},
    ).notify({})


def _lines(links: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {url}" for name, url in links.items())


def _cut(text: str) -> str:
    """Leave out what no chat program shows, whole lines of it, and say so; the links come after it."""
    if len(text) <= _LONGEST_TEXT:
        return text
    kept = text[:_LONGEST_TEXT].rpartition("\n")[0] or text[:_LONGEST_TEXT]
    return f"{kept}\n… the rest is in the log and on the page"


def _base_url() -> str:
    return str(conf.get("api", "base_url", fallback="http://localhost:8080")).rstrip("/")

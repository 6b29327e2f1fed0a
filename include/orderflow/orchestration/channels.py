"""The channels: the log, a webhook, and mail to the owner of each cause. A refusal is raised, never swallowed.

A text is sent unchanged, never through a template, because it may contain what a buyer has typed.
"""

import html
import logging
from collections.abc import Collection, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from airflow.providers.http.notifications.http import HttpNotifier
from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from orderflow.domain.reasons import Owner
from orderflow.domain.recipients import AlertSettings
from orderflow.flow.reporting.announce import LOG, AlertChannel
from orderflow.flow.reporting.messages import Message
from orderflow.redaction import hide

WEBHOOK_CONN_ID = "orderflow_alerts_webhook"
SMTP_CONN_ID = "smtp_default"
_LONGEST_CHAT = 3500  # what chat programs still show as one message
_TIMEOUT = 10

log = logging.getLogger(__name__)


class LogChannel(NamedTuple):
    """The task's log: it accepts everything."""

    level: int = logging.ERROR
    name: str = LOG
    owners: Collection[Owner] = frozenset(Owner)

    def send(self, message: Message) -> None:
        """Write it down."""
        message = message.fit()
        log.log(self.level, "ALERT %s\n%s", message.subject, message.text)


class Webhook(NamedTuple):
    """`{"text": …}` to a URL, which Slack, Teams and Mattermost show as a message."""

    name: str = "webhook"
    owners: Collection[Owner] = frozenset(Owner)

    def send(self, message: Message) -> None:
        """Post it."""
        message = message.fit()
        HttpNotifier(
            http_conn_id=WEBHOOK_CONN_ID,
            endpoint="",
            json={"text": _cut(message.chat)},
            headers={"Content-Type": "application/json"},
            extra_options={"timeout": _TIMEOUT},
        ).notify({})


class Mail(NamedTuple):
    """Mail to some addresses: all of it, nothing left out."""

    name: str
    to: tuple[str, ...]
    sender: str | None
    owners: Collection[Owner]

    def send(self, message: Message) -> None:
        """Hand it to the mail server."""
        message = message.fit()
        SmtpNotifier(
            to=list(self.to),
            from_email=self.sender,
            subject=f"[Orderflow] {' '.join(message.subject.split())}",
            html_content=f'<div style="white-space: pre-wrap">{_with_links(message.text)}</div>',
            smtp_conn_id=SMTP_CONN_ID,
        ).notify({})


def channels(settings: AlertSettings, *, level: int = logging.ERROR) -> list[AlertChannel]:
    """Return the channels: always the log, and those that are configured."""
    return [LogChannel(level), *_webhook(), *_mails(settings)]


def _webhook() -> Iterator[Webhook]:
    try:
        _hide(BaseHook.get_connection(WEBHOOK_CONN_ID))
    except AirflowNotFoundException:
        return
    except PermissionError:  # Airflow does not let a deadline's callback read connections from its database
        log.warning("the connection `%s` may not be read here", WEBHOOK_CONN_ID)
        return
    yield Webhook()


def _hide(connection: Connection) -> None:
    """Anyone who knows a webhook's address may write there, so errors do not show its path or a password."""
    parts = urlsplit(connection.host or "")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    hide(mask_secret, connection.password or "", path, path.rpartition("/")[2], connection.schema or "")


def _mails(settings: AlertSettings) -> Iterator[Mail]:
    """Yield one channel for all, or one per group of owners with the same addresses."""
    by_address: dict[tuple[str, ...], list[Owner]] = {}
    for owner in Owner:
        by_address.setdefault(settings.addresses_of(owner), []).append(owner)
    for to, owners in by_address.items():
        if to:
            name = "mail" if len(by_address) == 1 else f"mail {', '.join(owners)}"
            yield Mail(name, to, settings.mail_from, frozenset(owners))


def _with_links(text: str) -> str:
    """Escape a text for HTML, with its addresses as links."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    before, found, url = line.rpartition("http")
    if found and " " not in url and "<" not in url and (not before or before.endswith(": ")):
        url = html.escape(f"{found}{url}")
        return f'{html.escape(before)}<a href="{url}">{url}</a>'
    return html.escape(line)


def _cut(text: str) -> str:
    """Leave out what chat programs do not show: whole lines before the last paragraph, which has the links. Say so."""
    if len(text) <= _LONGEST_CHAT:
        return text
    body, _, footer = text.rpartition("\n\n")
    kept = body[: _LONGEST_CHAT - len(footer)].rpartition("\n")[0] or body[:_LONGEST_CHAT]
    return f"{kept}\n… the rest is in the mail, in the log and on the page\n\n{footer}"

"""Announce: send every channel what it has not received yet. What a channel refuses is tried again."""

import logging
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Protocol

from orderflow.domain.reasons import Owner
from orderflow.errors import PermanentError
from orderflow.flow.reporting.groups import grouped
from orderflow.flow.reporting.messages import Message, Writer
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Alert
from orderflow.ledger.models.orders import RunRef

LOG = "log"
"""The channel that accepts everything: what it received counts as announced, whatever else is configured."""

log = logging.getLogger(__name__)


class AlertChannel(Protocol):
    """Where messages go."""

    @property
    def name(self) -> str:
        """Its name in the ledger."""

    @property
    def owners(self) -> Collection[Owner]:
        """The owners whose causes it receives."""

    def send(self, message: Message) -> None:
        """Send a message; any exception means that it was not accepted."""


class NewsError(PermanentError):
    """This run announced something new: it turns red, once."""


def announce(
    ledger: Ledger,
    channels: Iterable[AlertChannel],
    writer: Writer,
    run: RunRef,
    *,
    about: str,
    settled_for: timedelta = timedelta(),
) -> list[Alert]:
    """Send each channel one message about what is new to it and what is over, if there is anything.

    Returns the new alerts that a channel refused.
    """
    refused: list[Alert] = []
    for channel in channels:
        taken = ledger.outbox.take(channel.name, run, owners=channel.owners, settled_for=settled_for)
        if not (taken.opened or taken.closed):
            continue
        try:
            channel.send(writer.message(about, grouped(ledger, taken.opened), grouped(ledger, taken.closed)))
        except Exception:  # whatever a mail server or a webhook may raise
            log.warning("%s did not accept the message; it is tried again", channel.name, exc_info=True)
            ledger.outbox.give_back(channel.name, taken)
            refused += taken.opened
        else:
            ledger.outbox.sent(channel.name, taken)
    return refused


def raise_news(ledger: Ledger, writer: Writer, run: RunRef) -> None:
    """Raise NewsError naming every open cause that this run was the first to announce; do nothing without news."""
    news = [alert for alert in ledger.outbox.news_of(LOG, run) if alert.closed_at is None]
    if news:
        groups = grouped(ledger, news)
        blocks = "\n\n".join(writer.block(group) for group in groups)
        raise NewsError(f"{len(groups)} new:\n{blocks}", reason=groups[0].reason)

"""Announce: give every channel what it was not told yet. What a channel refuses stays for whatever runs next."""

import logging
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Protocol

from orderflow.domain.reasons import Owner
from orderflow.errors import PermanentError
from orderflow.flow.reporting.groups import grouped
from orderflow.flow.reporting.messages import Message, Writer
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import RunRef

LOG = "log"
"""The channel that takes everything: what it was told counts as told, whatever else is configured."""

log = logging.getLogger(__name__)


class Channel(Protocol):
    """Where messages go."""

    @property
    def name(self) -> str:
        """What the ledger calls it."""

    @property
    def owners(self) -> Collection[Owner]:
        """Whose causes it is told of."""

    def send(self, message: Message) -> None:
        """Send a message; any exception means that it was not taken."""


class NewsError(PermanentError):
    """People were told of something new by this run: it is red, once."""


def announce(
    ledger: Ledger,
    channels: Iterable[Channel],
    writer: Writer,
    run: RunRef,
    *,
    about: str,
    settled_for: timedelta = timedelta(),
) -> None:
    """Send each channel one message about what is news to it, and about what is over; nothing where nothing is."""
    for channel in channels:
        taken = ledger.outbox.take(channel.name, run, owners=channel.owners, settled_for=settled_for)
        if not (taken.opened or taken.closed):
            continue
        try:
            channel.send(writer.message(about, grouped(ledger, taken.opened), grouped(ledger, taken.closed)))
        except Exception:  # whatever a mail server or a webhook may come up with
            log.warning("%s has not taken the message; the next run tries again", channel.name, exc_info=True)
            ledger.outbox.give_back(channel.name, taken)
        else:
            ledger.outbox.sent(channel.name, taken)


def raise_news(ledger: Ledger, writer: Writer, run: RunRef) -> None:
    """NewsError naming every cause that this run was the first to tell of and that is open; nothing without news."""
    news = [alert for alert in ledger.outbox.news_of(LOG, run) if alert.closed_at is None]
    if news:
        groups = grouped(ledger, news)
        blocks = "\n\n".join(writer.block(group) for group in groups)
        raise NewsError(f"{len(groups)} new:\n{blocks}", reason=groups[0].reason)

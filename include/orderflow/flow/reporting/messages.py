"""The messages people read: one block per cause, as plain text for mail and log, short and escaped for chat."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orderflow.domain.reasons import Reason
from orderflow.domain.worklist import Worklist
from orderflow.flow.reporting.groups import NOT_COUNTED, ORDER, PACKING_SLIP, TASK, CauseGroup, counted
from orderflow.redaction import fit_to_show

CHAT_CAUSES = 8
CHAT_NAMES = 5


class Links(NamedTuple):
    """Where people look: the page, and where the message comes from."""

    page: str
    """The page of all orders."""
    others: dict[str, str]
    """By name: the run, its log."""

    @property
    def by_name(self) -> dict[str, str]:
        """All of them."""
        return {"All orders": self.page, **self.others}

    def of(self, group: CauseGroup) -> str:
        """Return the link that lists exactly the orders of a cause."""
        if group.reason is Reason.OVERDUE:
            return f"{self.page}/orderflow/?worklist={Worklist.OVERDUE}"
        if group.reason is Reason.BEFORE_GO_LIVE:
            return f"{self.page}/orderflow/?reason={Reason.BEFORE_GO_LIVE}"
        return f"{self.page}/orderflow/?cause={group.cause}" if group.is_about_orders else ""


class Message(NamedTuple):
    """What is sent: the subject, the whole text, and a short text for chat."""

    subject: str
    text: str
    chat: str

    def fit(self) -> "Message":
        """Return it ready to send: without secrets, and without anything that could forge a line."""
        return Message(*map(fit_to_show, self))


class Writer(NamedTuple):
    """How to write: in which time zone, as of when, with which links."""

    timezone: str
    now: datetime
    links: Links

    def message(self, about: str, opened: Sequence[CauseGroup], closed: Sequence[CauseGroup]) -> Message:
        """Write one message about new causes and causes that are gone."""
        subject = f"{about}: {_summary(opened, closed)}"
        blocks = [*map(self.block, opened), *map(self.fixed, closed)]
        chat = [*map(self._chat_block, opened[:CHAT_CAUSES]), *map(self._chat_fixed, closed[:CHAT_CAUSES])]
        left = max(len(opened) - CHAT_CAUSES, 0) + max(len(closed) - CHAT_CAUSES, 0)
        if left:
            chat.append(f"… and {left} more {'cause' if left == 1 else 'causes'}: see the mail or the page")
        footer = "\n".join(f"{name}: {url}" for name, url in self.links.by_name.items())
        return Message(subject, "\n\n".join([*blocks, footer]), "\n\n".join([f"*{escaped(subject)}*", *chat, footer]))

    def block(self, group: CauseGroup) -> str:
        """Describe a cause with everything that has it."""
        return self._block(group, str, group.said or ", ".join(group.names))

    def fixed(self, group: CauseGroup) -> str:
        """Say that a cause is gone."""
        return f"Fixed: {self._gone(group, str)}"

    def line(self, group: CauseGroup, quote: Callable[[str], str] = str) -> str:
        """Describe a cause in one line, for lists."""
        parts = [_head(group, quote), self._facts(group), f"owner: {group.owner}", self.links.of(group)]
        return " · ".join(part for part in parts if part)

    def _chat_block(self, group: CauseGroup) -> str:
        if group.said:
            return self._block(group, as_code, as_code(group.said))
        names = group.names[:CHAT_NAMES]
        more = f" … and {len(group.names) - CHAT_NAMES} more" if len(group.names) > CHAT_NAMES else ""
        return self._block(group, as_code, as_code(", ".join(names)) + more)

    def _chat_fixed(self, group: CauseGroup) -> str:
        return f"Fixed: {self._gone(group, as_code)}"

    def _block(self, group: CauseGroup, quote: Callable[[str], str], names: str) -> str:
        explanation = group.advice
        link = self.links.of(group)
        lines = [
            f"{_head(group, quote)} — {self._facts(group)}",
            f"{explanation.meaning} Owner: {group.owner}. Next step: {explanation.action}",
            names,
            *([link] if link else []),
        ]
        return "\n".join(lines)

    def _gone(self, group: CauseGroup, quote: Callable[[str], str]) -> str:
        lasted = f", lasted {duration((group.until or self.now) - group.since)}"
        return f"{_head(group, quote)} — {group.size}, since {self.at(group.since)}{lasted}"

    def _facts(self, group: CauseGroup) -> str:
        amounts = ", ".join(f"{amount:,.2f} {currency}".rstrip() for currency, amount in sorted(group.amounts.items()))
        parts = [group.size, *([amounts] if amounts else []), f"oldest {self.at(group.since)}"]
        return ", ".join(parts)

    def at(self, instant: datetime) -> str:
        """Write an instant with its zone."""
        return f"{instant.astimezone(ZoneInfo(self.timezone)):%a %Y-%m-%d %H:%M %Z}"


def duration(span: timedelta) -> str:
    """Write a time span the way people say it."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} days"  # noqa: PLR2004 - two days


def escaped(text: str) -> str:
    """Escape what Slack, Teams and Mattermost would read as a mention, a link or an entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_code(text: str) -> str:
    """Quote text from others, so that no chat program finds markup in it."""
    return f"`{escaped(' '.join(text.split())).replace('`', chr(39))}`"


def _head(group: CauseGroup, quote: Callable[[str], str]) -> str:
    return f"{group.reason}: {quote(group.title)}" if group.title else str(group.reason)


def _failing(tasks: Sequence[str], *, alone: bool) -> str:
    if len(tasks) > 1:
        return f"{len(tasks)} tasks fail"
    return f"{tasks[0]} fails" if alone else f"a task fails ({tasks[0]})"


def _summary(opened: Sequence[CauseGroup], closed: Sequence[CauseGroup]) -> str:
    parts = []
    for unit in (ORDER, PACKING_SLIP):
        number = sum(len(group.names) for group in opened if group.unit == unit)
        if number:
            parts.append(f"{counted(number, unit)} {'needs' if number == 1 else 'need'} attention")
    others = [group for group in opened if group.unit == TASK]
    if others:
        parts.append(_failing([group.names[0] for group in others], alone=not parts))
    parts += [str(group.reason) for group in opened if group.unit == NOT_COUNTED]
    if len(opened) > 1:
        parts.append(f"{len(opened)} causes")
    if closed:
        parts.append(f"{len(closed)} fixed" if opened or len(closed) > 1 else f"fixed: {closed[0].reason}")
    return ", ".join(parts)

"""When each cause was recorded, told and over: from the ledger's own times and those of the receivers."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Engine, select

from orderflow.domain.reasons import Reason
from orderflow.ledger.database.transactions import reading
from orderflow.ledger.models.alerts import Alert
from orderflow.ledger.tables.alerts import AlertRow
from support.receivers import Arrived

_HEAD = "| cause | has it | recorded | chat | mail | over | chat | mail |\n|---|---|---|---|---|---|---|---|"


class Told(NamedTuple):
    """One cause: how many have it, and the seconds until each receiver knew. None: it was never told."""

    cause: str
    size: int
    recorded: datetime
    chat: float | None
    mail: float | None
    over: datetime | None
    over_chat: float | None
    over_mail: float | None
    messages: int
    """How many chat messages have announced it."""


def told(engine: Engine, chat: Arrived, mail: Arrived, *, mail_is_back: datetime) -> list[Told]:
    """Return every cause, in the order in which it was recorded; mail counts from the return of the mail server.

    Trouble that passed before anybody had to know is left out.
    """
    with reading(engine) as session:
        rows = session.scalars(select(AlertRow).order_by(AlertRow.opened_at, AlertRow.id))
        alerts = [Alert.model_validate(row) for row in rows]
    by_cause: dict[str, list[Alert]] = {}
    for alert in filter(_was_to_be_told, alerts):
        by_cause.setdefault(f"{alert.cause} {alert.shipment and 'slip'}", []).append(alert)
    return [_told(some, chat, mail, mail_is_back) for some in by_cause.values()]


def table(rows: Sequence[Told], start: datetime) -> str:
    """Format it in Markdown: times since the start, and seconds from record to message."""
    return "\n".join([_HEAD, *(_line(row, start) for row in rows)]) + "\n"


def _was_to_be_told(alert: Alert) -> bool:
    """Whether it lasted long enough: what passes within its patience is told to nobody."""
    patience = alert.named_cause.patience
    return not patience or alert.closed_at is None or alert.closed_at - alert.opened_at >= patience


def _told(alerts: Sequence[Alert], chat: Arrived, mail: Arrived, mail_is_back: datetime) -> Told:
    first = alerts[0]
    closed = [alert.closed_at for alert in alerts if alert.closed_at is not None]
    over = max(closed) if len(closed) == len(alerts) else None
    opened = list(_opened(first, chat))
    told_by_mail = min(_opened(first, mail), default=None)
    return Told(
        cause=f"{first.reason}{f': {first.title}' if first.title else ''}",
        size=len(alerts),
        recorded=first.opened_at,
        chat=_seconds(first.opened_at, min(opened, default=None)),
        mail=_seconds(max(first.opened_at, mail_is_back), told_by_mail),
        over=over,
        over_chat=_seconds(over, _fixed(first.reason, chat, over)),
        over_mail=_seconds(over, _fixed(first.reason, mail, over)),
        messages=len(opened),
    )


def _opened(alert: Alert, arrived: Arrived) -> Iterator[datetime]:
    """Return when messages announced it: by the link to its orders, or the name of its task.

    The message that it is fixed names the task, too, and comes once it is closed.
    """
    sign = f"?cause={alert.cause}" if alert.order_id is not None else alert.order
    until = alert.closed_at or datetime.max.replace(tzinfo=UTC)
    return (at for at, text in arrived if sign in text and alert.opened_at <= at < until)


def _fixed(reason: Reason, arrived: Arrived, over: datetime | None) -> datetime | None:
    return min((at for at, text in arrived if over and at >= over and f"Fixed: {reason}" in text), default=None)


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    return (until - since).total_seconds() if since and until else None


def _line(row: Told, start: datetime) -> str:
    over = _clock(start, row.over) if row.over else "never"
    times = map(_shown, (row.chat, row.mail, row.over_chat, row.over_mail))
    chat, mail, over_chat, over_mail = times
    cells = (f"`{row.cause}`", row.size, _clock(start, row.recorded), chat, mail, over, over_chat, over_mail)
    return f"| {' | '.join(map(str, cells))} |"


def _clock(start: datetime, at: datetime) -> str:
    minutes, seconds = divmod(int((at - start).total_seconds()), 60)
    return f"{minutes}:{seconds:02}"


def _shown(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.0f} s"

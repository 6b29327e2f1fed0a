"""Which channel has received which alert. What a channel has not accepted is sent again by the next run."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orderflow.domain.reasons import Owner, Reason
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.alerts import Alert, Taken
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.tables.alerts import AlertRow, NoticeRow
from orderflow.ledger.tables.snoozes import SnoozeRow

OPENED, CLOSED = "opened", "closed"
EVERYONE = "*"
"""The channel for alerts that were open before notices existed: they are not announced again."""
_SENDING = timedelta(minutes=2)
"""How long a process may take to send before another one takes over."""
_NEVER_OVER = frozenset({Reason.ORDER_NOT_FOUND})
"""The end of these is not worth a message."""


class Outbox:
    """The notices of every channel. An alert counts as sent once the channel has accepted the message."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def take(self, channel: str, run: RunRef, *, owners: Collection[Owner], settled_for: timedelta) -> Taken:
        """Take what this channel should receive now; nobody else takes it until it is sent or given back.

        The channel receives the causes of these `owners`. Alerts younger than `settled_for` wait a moment, so that all
        orders of their cause can be found.
        """
        now = self._clock()
        with writing(self._engine) as session:
            alerts = _open(session)
            notices = _notices(session, channel, alerts)
            told = [alert for alert in alerts if alert.id in notices and notices[alert.id] is None]
            snoozed = set(session.scalars(select(SnoozeRow.cause).where(SnoozeRow.until > now)))
            awake = [alert for alert in alerts if alert.cause not in snoozed]
            waiting = [alert for alert in awake if alert.owner in owners and _is_free(notices, alert, now)]
            due = [alert for alert in waiting if alert.opened_at + max(settled_for, alert.named_cause.patience) <= now]
            news = [alert for alert in due if not any(alert.matter.is_known_by(other.matter) for other in told)]
            opened = [alert for alert in news if _take(session, alert, (channel, OPENED), run, now)]
            joined = [
                alert for alert in due if alert not in news and _take(session, alert, (channel, OPENED), run, now)
            ]
            _mark(session, joined, channel, OPENED, now, said=False)
            over = _over(session, channel, still_open={alert.cause for alert in alerts})
            return Taken(opened, [alert for alert in over if _take(session, alert, (channel, CLOSED), run, now)])

    def sent(self, channel: str, taken: Taken) -> None:
        """Record that the channel has accepted the message."""
        with writing(self._engine) as session:
            _mark(session, taken.opened, channel, OPENED, self._clock())
            _mark(session, taken.closed, channel, CLOSED, self._clock())

    def give_back(self, channel: str, taken: Taken) -> None:
        """Return what could not be sent, for the next run."""
        with writing(self._engine) as session:
            for phase, alerts in ((OPENED, taken.opened), (CLOSED, taken.closed)):
                session.execute(delete(NoticeRow).where(*_these(alerts, channel, phase), NoticeRow.sent_at.is_(None)))

    def news_of(self, channel: str, run: RunRef | None = None) -> list[Alert]:
        """Return the alerts that this run, or any run, was the first to send to the channel."""
        mine = [NoticeRow.run == run.name] if run else []
        return self._alerts(channel, NoticeRow.said.is_(True), NoticeRow.sent_at.is_not(None), *mine)

    def unsaid(self, channel: str) -> list[Alert]:
        """Return the open alerts that no message to the channel listed, because they joined a known cause."""
        return self._alerts(channel, NoticeRow.said.is_(False), AlertRow.closed_at.is_(None))

    def say(self, alerts: Sequence[Alert]) -> None:
        """Record that the digest has since listed, to all channels, the alerts that had joined."""
        ids = [alert.id for alert in alerts]
        with writing(self._engine) as session:
            session.execute(update(NoticeRow).where(NoticeRow.alert_id.in_(ids)).values(said=True))

    def _alerts(self, channel: str, *which: ColumnElement[bool]) -> list[Alert]:
        statement = select(AlertRow).join(NoticeRow, _of(channel, OPENED)).where(*which).order_by(AlertRow.id)
        with reading(self._engine) as session:
            return [Alert.model_validate(row) for row in session.scalars(statement)]


def _open(session: Session) -> list[Alert]:
    statement = select(AlertRow).where(AlertRow.closed_at.is_(None)).order_by(AlertRow.opened_at, AlertRow.id)
    return [Alert.model_validate(row) for row in session.scalars(statement)]


def _notices(session: Session, channel: str, alerts: Sequence[Alert]) -> dict[int, datetime | None]:
    """Return, per alert, until when it is taken for the channel; None if the channel already has it."""
    found = session.scalars(
        select(NoticeRow).where(
            NoticeRow.alert_id.in_([alert.id for alert in alerts]),
            NoticeRow.channel.in_([channel, EVERYONE]),
            NoticeRow.phase == OPENED,
        )
    )
    return {notice.alert_id: None if notice.sent_at else notice.taken_until for notice in found}


def _is_free(notices: dict[int, datetime | None], alert: Alert, now: datetime) -> bool:
    if alert.id not in notices:
        return True
    until = notices[alert.id]
    return until is not None and until < now


def _over(session: Session, channel: str, still_open: Collection[str]) -> list[Alert]:
    """Return the closed alerts that the channel knows but whose end it has not received."""
    told = select(NoticeRow.alert_id).where(
        NoticeRow.channel == channel, NoticeRow.phase == CLOSED, NoticeRow.sent_at.is_not(None)
    )
    statement = (
        select(AlertRow)
        .join(NoticeRow, _of(channel, OPENED))
        .where(NoticeRow.sent_at.is_not(None), AlertRow.closed_at.is_not(None), AlertRow.id.not_in(told))
        .where(AlertRow.cause.not_in(still_open), AlertRow.reason.not_in(_NEVER_OVER))
        .order_by(AlertRow.id)
    )
    return [Alert.model_validate(row) for row in session.scalars(statement)]


def _take(session: Session, alert: Alert, slot: tuple[str, str], run: RunRef, now: datetime) -> bool:
    """Store the notice; False if another process is sending it."""
    (channel, phase), until = slot, now + _SENDING
    left = (*_these([alert], channel, phase), NoticeRow.sent_at.is_(None), NoticeRow.taken_until < now)
    taken_over = update(NoticeRow).where(*left).values(taken_until=until, run=run.name).returning(NoticeRow.alert_id)
    if session.execute(taken_over.execution_options(synchronize_session=False)).all():
        return True
    notice = NoticeRow(
        alert_id=alert.id, channel=channel, phase=phase, run=run.name, said=True, taken_until=until, sent_at=None
    )
    try:
        with session.begin_nested():
            session.add(notice)
    except IntegrityError:
        return False
    return True


def _mark(
    session: Session, alerts: Sequence[Alert], channel: str, phase: str, now: datetime, *, said: bool = True
) -> None:
    if alerts:
        which = _these(alerts, channel, phase)
        values = {"sent_at": now, "said": said}
        session.execute(update(NoticeRow).where(*which).values(values).execution_options(synchronize_session=False))


def _these(alerts: Sequence[Alert], channel: str, phase: str) -> tuple[ColumnElement[bool], ...]:
    ids = [alert.id for alert in alerts]
    return NoticeRow.alert_id.in_(ids), NoticeRow.channel == channel, NoticeRow.phase == phase


def _of(channel: str, phase: str) -> ColumnElement[bool]:
    return and_(NoticeRow.alert_id == AlertRow.id, NoticeRow.channel == channel, NoticeRow.phase == phase)

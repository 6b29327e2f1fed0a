"""What needs a person: opened when a problem is recorded, counted while it lasts, closed when it is over."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from orderflow.domain.attention import attention, is_over
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.alerts import Alert, Subject
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.orders.alerting import close_alerts, raise_alert
from orderflow.ledger.tables.alerts import AlertRow
from orderflow.ledger.tables.orders import OrderRow

_TIME_TO_TELL = timedelta(minutes=5)


class AlertBook:
    """The book of alerts; at most one is open per subject and reason.

    Whoever changes an order updates its alerts in the same transaction. Alerts of packing slips, tasks and differences
    are updated by the code that checks those.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def see(
        self, subject: Subject, reason: Reason, message: str, *, run: RunRef | None = None, title: str | None = None
    ) -> bool:
        """Record an occurrence of a problem; True if that opened its alert. Its cause is `title`, or the message."""
        with writing(self._engine) as session:
            return raise_alert(session, subject, reason, message, run=run, now=self._clock(), title=title)

    def close(self, subject: Subject, *, but: Reason | None = None) -> int:
        """Close a subject's alerts, or all but one reason; return how many were open."""
        others = [AlertRow.reason != but] if but else []
        with writing(self._engine) as session:
            return close_alerts(session, [AlertRow.subject == subject.id, *others], self._clock())

    def close_tasks(self, dag_id: str, *, but: Collection[str]) -> int:
        """Close the alerts of a DAG's tasks, except for those that failed again."""
        failed = [Subject.of_task(dag_id, task_id).id for task_id in but]
        ours = [AlertRow.subject.startswith(f"task {dag_id}/", autoescape=True), AlertRow.subject.not_in(failed)]
        with writing(self._engine) as session:
            return close_alerts(session, ours, self._clock())

    def close_settled(self) -> int:
        """Close alerts of orders that no run will check again: gone from the ledger, or fine and finished since.

        An order that the shop does not know is finished at once, but must still be announced first.
        """
        told_before = self._clock() - _TIME_TO_TELL
        with writing(self._engine) as session:
            alerts = session.execute(
                select(AlertRow, OrderRow.progress, OrderRow.reason)
                .outerjoin(OrderRow, OrderRow.order_id == AlertRow.order_id)
                .where(AlertRow.closed_at.is_(None), AlertRow.subject.startswith("order "))
            ).all()
            over = [
                alert.id
                for alert, progress, reason in alerts
                if alert.last_seen_at < told_before and _is_settled(alert.reason, progress, reason)
            ]
            return close_alerts(session, [AlertRow.id.in_(over)], self._clock()) if over else 0

    def open(self) -> list[Alert]:
        """Return the open alerts, oldest first."""
        statement = select(AlertRow).where(AlertRow.closed_at.is_(None)).order_by(AlertRow.opened_at, AlertRow.id)
        with reading(self._engine) as session:
            return [Alert.model_validate(row) for row in session.scalars(statement)]


def _is_settled(alerted: Reason, progress: Progress | None, reason: Reason | None) -> bool:
    """Whether no run will find out that it is over: the order is gone (None) or finished."""
    return progress is None or (attention(progress, reason) is None and is_over(alerted, progress))

"""What people were told about: once per cause, counted while it lasts, closed when it is over."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, select, update
from sqlalchemy.exc import IntegrityError

from orderflow.domain.reasons import Reason
from orderflow.ledger.database.rows import truncate
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.alerts import Alert
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.tables.alerts import AlertRow


class AlertBook:
    """The book of alerts in the ledger; an open alert is unique per order, packing slip if any, and reason."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def see(
        self,
        order_id: int | None,
        order: str,
        reason: Reason,
        message: str,
        *,
        run: RunRef | None = None,
        shipment: str = "",
    ) -> bool:
        """Note that a cause was met; True when it is for this run to tell, False when another opened its alert.

        A run may die between this and the telling: when it tries again, what it has opened is news still. `order` is
        its name for people; with `slip` the cause is about that packing slip of the order.
        """
        now, opened_by = self._clock(), run.name if run else None
        with writing(self._engine) as session:
            again = session.execute(
                update(AlertRow)
                .where(*_of(order_id, shipment), AlertRow.reason == reason, AlertRow.closed_at.is_(None))
                .values(seen=AlertRow.seen + 1, last_seen_at=now, message=truncate(message))
                .returning(AlertRow.opened_by)
            ).all()
            if again:
                return opened_by is not None and again[0].opened_by == opened_by
            try:
                with session.begin_nested():
                    session.add(
                        AlertRow(
                            order_id=order_id,
                            shipment=shipment,
                            order=order,
                            reason=reason,
                            message=truncate(message),
                            opened_by=opened_by,
                            opened_at=now,
                            last_seen_at=now,
                        )
                    )
            except IntegrityError:
                return False
            return True

    def close(self, order_id: int | None, *, but: Reason | None = None) -> int:
        """Close an order's alerts, all or all but one reason; returns how many were open."""
        return self._close([*_of(order_id, ""), *([AlertRow.reason != but] if but else [])])

    def close_shipment(self, shipment: str, *, but: Reason | None = None) -> int:
        """Close a packing slip's alerts, all or all but one reason; returns how many were open."""
        return self._close([AlertRow.shipment == shipment, *([AlertRow.reason != but] if but else [])])

    def _close(self, which: Sequence[ColumnElement[bool]]) -> int:
        with writing(self._engine) as session:
            closed = session.execute(
                update(AlertRow)
                .where(*which, AlertRow.closed_at.is_(None))
                .values(closed_at=self._clock())
                .returning(AlertRow.id)
            ).all()
            return len(closed)

    def open(self) -> list[Alert]:
        """Return the open alerts, the oldest first."""
        statement = select(AlertRow).where(AlertRow.closed_at.is_(None)).order_by(AlertRow.opened_at, AlertRow.id)
        with reading(self._engine) as session:
            return [Alert.model_validate(row) for row in session.scalars(statement)]


def _of(order_id: int | None, shipment: str) -> tuple[ColumnElement[bool], ...]:
    """Say what an alert is about; a packing slip is one by its number, whatever is known of its orders by then."""
    if shipment:
        return (AlertRow.shipment == shipment,)
    about = AlertRow.order_id.is_(None) if order_id is None else AlertRow.order_id == order_id
    return about, AlertRow.shipment == ""

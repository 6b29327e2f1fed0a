"""A claim on a packing slip: the right to work on it for a while, and the only way to record that work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import UNCLEAR, ShipmentProgress, shipment_may_follow
from orderflow.errors import OrderflowError
from orderflow.ledger.database.rows import truncate
from orderflow.ledger.database.transactions import writing
from orderflow.ledger.models.orders import Outcome, RunRef, Step
from orderflow.ledger.models.shipments import LedgerShipment
from orderflow.ledger.orders.claim import outcome_of
from orderflow.ledger.orders.rows import IllegalTransitionError, log
from orderflow.ledger.tables import lease as leases
from orderflow.ledger.tables.orders import OrderRow
from orderflow.ledger.tables.shipments import ShipmentRow

CHANGED = "changed in the ERP after it was sent"


class ShipmentClaim:
    """Held on one slip; returned by `ShipmentBook.claim`. Each call is one transaction and renews the lease.

    Everything recorded is also written to the log of each order on the slip. ClaimedElsewhereError from any method: the
    lease ran out and another run took the slip; nothing was written.
    """

    def __init__(
        self,
        engine: Engine,
        shipment: LedgerShipment,
        token: str,
        run: RunRef,
        *,
        clock: Callable[[], datetime],
        lease: timedelta,
    ) -> None:
        self.shipment = shipment
        self._engine = engine
        self._token = token
        self.run = run
        self._clock = clock
        self._lease = lease

    def intend(self) -> None:
        """Record, before sending, that the message is about to be sent, and its content."""
        with self._recording(Outcome.INTENT, None, "") as row:
            _move(row, ShipmentProgress.SENDING)
            row.reason, row.detail = None, ""
            row.content, row.content_hash = (
                self.shipment.content.model_dump(mode="json"),
                self.shipment.content.content_hash,
            )

    def succeed(self, message: str = "") -> None:
        """Record that the shop has the message. Repeated, it also clears a flag that somebody has dealt with."""
        with self._recording(Outcome.DONE, None, message) as row:
            changed = row.progress in UNCLEAR and row.content_hash != self.shipment.content.content_hash
            _move(row, ShipmentProgress.SENT)
            row.sent_at = row.sent_at or self._clock()
            row.attempts = 0
            row.reason, row.detail = (Reason.SLIP_CHANGED, CHANGED) if changed else (None, "")

    def put(self, progress: ShipmentProgress, reason: Reason, detail: str) -> None:
        """Record why the slip is not sent; an unchanged reason is not written again."""
        if (self.shipment.progress, self.shipment.reason, self.shipment.detail) == (progress, reason, truncate(detail)):
            self._touch()
            return
        with self._recording(Outcome.DECIDED, reason, detail) as row:
            _move(row, progress)
            row.reason, row.detail = reason, truncate(detail)

    def fail(self, error: OrderflowError, progress: ShipmentProgress) -> None:
        """Record that sending failed, why, and the slip's resulting progress."""
        with self._recording(outcome_of(error), error.reason, error.message) as row:
            _move(row, progress)
            row.reason, row.detail = error.reason, truncate(error.message)

    def _touch(self) -> None:
        now = self._clock()
        with writing(self._engine) as session:
            self._held(session).updated_at = now

    @contextmanager
    def _recording(self, outcome: Outcome, reason: Reason | None, message: str) -> Iterator[ShipmentRow]:
        now = self._clock()
        with writing(self._engine) as session:
            row = self._held(session)
            yield row
            row.updated_at = now
            row.claimed_until = now + self._lease
            said = f"{self.shipment.number}: {message}" if message else self.shipment.number
            of_shipment = OrderRow.erp_number.in_(self.shipment.content.order_numbers)
            for order in session.scalars(select(OrderRow).where(of_shipment)):
                log(
                    session, order, self.run, now, step=Step.SEND_SHIPMENT, outcome=outcome, reason=reason, message=said
                )
        self.shipment = LedgerShipment.model_validate(row)

    def _held(self, session: Session) -> ShipmentRow:
        return leases.held(session, ShipmentRow, self.shipment.number, self._token, self.shipment.number)


def _move(row: ShipmentRow, progress: ShipmentProgress) -> None:
    if not shipment_may_follow(row.progress, progress):
        raise IllegalTransitionError(
            f"the ledger has it as {row.progress.value!r}, which {progress.value!r} cannot follow", order=row.number
        )
    row.progress = progress

"""A claim on a packing slip: the right to work on it for a while, and the only way to record that work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from orderflow.domain.packing_slip import UNCLEAR, SlipProgress, slip_may_follow
from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError
from orderflow.ledger import lease as leases
from orderflow.ledger.claim import outcome_of
from orderflow.ledger.models import Outcome, RunRef, Step
from orderflow.ledger.rows import IllegalTransitionError, brief, log
from orderflow.ledger.slip_models import LedgerSlip
from orderflow.ledger.slip_tables import SlipRow
from orderflow.ledger.tables import OrderRow
from orderflow.ledger.transactions import writing

CHANGED = "changed in the ERP after it was sent"


class SlipClaim:
    """Held on one slip; got from `SlipBook.claim`. Each call is one transaction and renews the lease.

    What is recorded is also told in the log of each order that the slip is about.
    ClaimedElsewhereError from any of them: the lease ran out and another run took the slip; nothing was written.
    """

    def __init__(
        self,
        engine: Engine,
        slip: LedgerSlip,
        token: str,
        run: RunRef,
        *,
        clock: Callable[[], datetime],
        lease: timedelta,
    ) -> None:
        self.slip = slip
        self._engine = engine
        self._token = token
        self.run = run
        self._clock = clock
        self._lease = lease

    def intend(self) -> None:
        """Write down, before it is done, that the message is about to leave, and what it says."""
        with self._recording(Outcome.INTENT, None, "") as row:
            _move(row, SlipProgress.SENDING)
            row.reason, row.detail = None, ""
            row.content, row.content_hash = self.slip.content.model_dump(mode="json"), self.slip.content.content_hash

    def succeed(self, message: str = "") -> None:
        """Record that the shop has the message; said again, it also ends a flag that somebody has seen to."""
        with self._recording(Outcome.DONE, None, message) as row:
            changed = row.progress in UNCLEAR and row.content_hash != self.slip.content.content_hash
            _move(row, SlipProgress.SENT)
            row.sent_at = row.sent_at or self._clock()
            row.attempts = 0
            row.reason, row.detail = (Reason.SLIP_CHANGED, CHANGED) if changed else (None, "")

    def put(self, progress: SlipProgress, reason: Reason, detail: str) -> None:
        """Record why the slip is not sent; said again, it is not written again."""
        if (self.slip.progress, self.slip.reason, self.slip.detail) == (progress, reason, brief(detail)):
            self._touch()
            return
        with self._recording(Outcome.DECIDED, reason, detail) as row:
            _move(row, progress)
            row.reason, row.detail = reason, brief(detail)

    def fail(self, error: OrderflowError, progress: SlipProgress) -> None:
        """Record that sending failed, why, and where that leaves the slip."""
        with self._recording(outcome_of(error), error.reason, error.message) as row:
            _move(row, progress)
            row.reason, row.detail = error.reason, brief(error.message)

    def _touch(self) -> None:
        now = self._clock()
        with writing(self._engine) as session:
            self._held(session).updated_at = now

    @contextmanager
    def _recording(self, outcome: Outcome, reason: Reason | None, message: str) -> Iterator[SlipRow]:
        now = self._clock()
        with writing(self._engine) as session:
            row = self._held(session)
            yield row
            row.updated_at = now
            row.claimed_until = now + self._lease
            said = f"{self.slip.number}: {message}" if message else self.slip.number
            of_slip = OrderRow.erp_number.in_(self.slip.content.order_numbers)
            for order in session.scalars(select(OrderRow).where(of_slip)):
                log(session, order, self.run, now, step=Step.SEND_SLIP, outcome=outcome, reason=reason, message=said)
        self.slip = LedgerSlip.model_validate(row)

    def _held(self, session: Session) -> SlipRow:
        return leases.held(session, SlipRow, self.slip.number, self._token, self.slip.number)


def _move(row: SlipRow, progress: SlipProgress) -> None:
    if not slip_may_follow(row.progress, progress):
        raise IllegalTransitionError(
            f"the ledger has it as {row.progress.value!r}, which {progress.value!r} cannot follow", order=row.number
        )
    row.progress = progress

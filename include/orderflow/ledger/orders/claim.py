"""A claim: the right to work on one order for a while, and the only way to record that work."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import object_session

from orderflow.domain.last_step import LastStep
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import InDoubtError, OrderflowError, PermanentError
from orderflow.ledger.database.rows import truncate
from orderflow.ledger.database.transactions import writing
from orderflow.ledger.models.orders import NOBODY, LedgerOrder, Outcome, RunRef, Step, Word
from orderflow.ledger.orders.alerting import keep_alert
from orderflow.ledger.orders.names import name_just_taken, refuse_taken
from orderflow.ledger.orders.resolutions import resolve_row, undo_row
from orderflow.ledger.orders.rows import log, move
from orderflow.ledger.tables import lease
from orderflow.ledger.tables.orders import OrderRow


class Learnt(TypedDict, total=False):
    """What a step may record about an order, by column."""

    external_reference: str
    idempotency_key: str
    payload_hash: str | None
    payload_version: int | None
    erp_number: str
    erp_lines: Mapping[int, int]
    line_ids: Mapping[int, int | None]
    sent_lines: Sequence[Mapping[str, Any]]
    customer_key: str | None
    customer_code: str | None
    ship_to_key: str | None
    bill_to_key: str | None
    pushed_at: datetime
    written_back_at: datetime
    shop_modified_at: datetime | None
    last_step: LastStep


class Claim:
    """Held on one order; returned by `Ledger.claim`. Each call is one transaction and renews the lease.

    ClaimedElsewhereError from any method: the lease ran out and another run took the order. Nothing was written, and
    nothing more may be done to the order.
    """

    def __init__(
        self,
        engine: Engine,
        order: LedgerOrder,
        token: str,
        run: RunRef,
        *,
        clock: Callable[[], datetime],
        lease: timedelta,
    ) -> None:
        self.order = order
        self.run = run
        self.is_released = False
        self._engine = engine
        self._token = token
        self._clock = clock
        self._lease = lease

    @property
    def order_id(self) -> int:
        """The order it is held on."""
        return self.order.order_id

    def intend(self, step: Step, *, message: str = "", **facts: Unpack[Learnt]) -> None:
        """Record what is about to be done, before doing it; an intended push sets the order to PUSHING.

        PermanentError(REFERENCE_TAKEN) if the name to be sent belongs to another order.
        """
        with self._recording(step, Outcome.INTENT, message=message) as row:
            if step is Step.PUSH:
                move(row, Progress.PUSHING, self._clock())
            _learn(row, facts)

    def succeed(
        self,
        step: Step,
        *,
        progress: Progress | None = None,
        outcome: Outcome = Outcome.DONE,
        message: str = "",
        last: bool = False,
        is_proved: bool = False,
        **facts: Unpack[Learnt],
    ) -> None:
        """Record that a step is done, and clear what was wrong before. `last`: the order is released with this record.

        PermanentError(REFERENCE_TAKEN) if its name belongs to another order, or (ERP_NUMBER_CONFLICT) its ERP number.
        `is_proved`: it is proved which ERP order this is, so that its number may be another order's, too.
        """
        with self._recording(step, outcome, message=message, last=last) as row:
            _learn(row, facts, is_proved=is_proved)  # before the move: it goes by what was known
            if progress is not None:
                move(row, progress, self._clock())
            row.attempts = 0
            if row.flagged_by in {None, step}:
                row.reason, row.detail, row.flagged_by = None, "", None

    def fail(self, step: Step, error: OrderflowError, *, progress: Progress | None = None) -> None:
        """Record that a step failed, and why.

        An order that is further along than this claim knows stays there: the earlier write succeeded, although the
        database's answer was lost.
        """
        known = self.order.progress
        with self._recording(step, outcome_of(error), reason=error.reason, message=error.message) as row:
            if progress is not None and row.progress is known:
                move(row, progress, self._clock())
            row.reason, row.detail, row.flagged_by = error.reason, truncate(error.message), None

    def flag(self, reason: Reason, message: str, step: Step) -> None:
        """Record something a person must know about an order that is otherwise fine; its progress stays."""
        with self._recording(step, Outcome.FLAGGED, reason=reason, message=message) as row:
            row.reason, row.detail, row.flagged_by = reason, truncate(message), step

    def resolve(self, shop_modified_at: datetime | None, payload_hash: str | None, word: Word = NOBODY) -> None:
        """Record that a person has dealt with a problem, and what the shop shows of the order now (None: gone).

        A flagged order continues from its current progress; a stuck order is finished.
        """
        was = f"{self.order.progress}: {self.order.reason} {self.order.detail}"
        with self._recording(Step.RESOLVE, Outcome.DONE, message=word.on(was)) as row:
            session = object_session(row)
            assert session is not None  # noqa: S101 - it is locked by one
            resolve_row(session, row, word, self._clock(), (shop_modified_at, payload_hash))

    def undo(self, word: Word) -> datetime:
        """Undo a resolution, and return when it was made; PermanentError if there is none, or it is too late."""
        with self._recording(Step.UNDO, Outcome.DONE, message=word.on("")) as row:
            session = object_session(row)
            assert session is not None  # noqa: S101 - it is locked by one
            return undo_row(session, row, word, self._clock())

    def note(self, step: Step, outcome: Outcome, *, reason: Reason | None = None, message: str = "") -> None:
        """Add a line to the order's log and change nothing else."""
        with self._recording(step, outcome, reason=reason, message=message):
            pass

    @contextmanager
    def _recording(
        self, step: Step, outcome: Outcome, *, reason: Reason | None = None, message: str = "", last: bool = False
    ) -> Iterator[OrderRow]:
        """Yield the row to change, locked and still ours; it is committed together with the event."""
        now, name = self._clock(), None
        try:
            with writing(self._engine) as session:
                row = lease.held(session, OrderRow, self.order_id, self._token, f"id {self.order_id}")
                before = row.progress, row.reason
                yield row
                name = row.external_reference
                row.updated_at = now
                row.claimed_until = None if last else now + self._lease
                if last:
                    row.claim_token = row.claimed_by = None
                log(session, row, self.run, now, step=step, outcome=outcome, reason=reason, message=message)
                if before != (row.progress, None) or row.reason is not None:  # else its alerts say it already
                    keep_alert(session, row, self.run, now)
        except IntegrityError as error:
            raise name_just_taken(self._engine, self.order_id, name) from error
        self.order, self.is_released = LedgerOrder.model_validate(row), last


def _learn(row: OrderRow, facts: Learnt, *, is_proved: bool = False) -> None:
    unknown = facts.keys() - Learnt.__annotations__.keys()
    if unknown:
        raise TypeError(f"the ledger keeps no {', '.join(sorted(unknown))}")
    session = object_session(row)
    if session is not None:
        number = None if is_proved else facts.get("erp_number")
        refuse_taken(session, row, name=facts.get("external_reference"), number=number)
    if new := facts.get("erp_number"):
        row.former_numbers = list(LedgerOrder.model_validate(row).numbers_before(new)) or row.former_numbers
    for name, value in facts.items():
        setattr(row, name, _by_text(value) if isinstance(value, Mapping) else value)


def _by_text(by_position: Mapping[int, int | None]) -> dict[str, int | None]:
    """Use text keys: JSON has no others."""
    return {str(position): number for position, number in by_position.items()}


def outcome_of(error: OrderflowError) -> Outcome:
    if isinstance(error, PermanentError):
        return Outcome.REJECTED
    return Outcome.IN_DOUBT if isinstance(error, InDoubtError) else Outcome.FAILED

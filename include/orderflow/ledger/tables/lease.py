"""A lease on a row: who may work on it, and when that ends if the process dies."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from orderflow.errors import ClaimedElsewhereError, PermanentError, TransientError
from orderflow.ledger.database.transactions import writing
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.ledger.models.shipments import LedgerShipment

_log = logging.getLogger(__name__)


class Leased:
    """The columns of a row that can be claimed."""

    attempts: Mapped[int] = mapped_column(default=0)
    """Claims taken since the last success."""
    claim_token: Mapped[str | None]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]


Row = TypeVar("Row", bound=Leased)


@contextmanager
def hold(
    engine: Engine,
    table: type[Row],
    of: ColumnElement[bool],
    *,
    name: str,
    run: object,
    clock: Callable[[], datetime],
    length: timedelta,
    check: Callable[[Row], None] = lambda _row: None,
    is_released: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Row, str]]:
    """Hold a row for the duration of the block; yield it and the claim's token. The lease expires if the process dies.

    ClaimedElsewhereError if another run holds it, PermanentError if the row does not exist. If `check` raises, the row
    stays as it was: unclaimed, and without an attempt. `is_released`: whether the last record has released it already.
    """
    now, token = clock(), uuid4().hex
    with writing(engine) as session:
        row = take(session, table, of, token=token, by=str(run), now=now, until=now + length)
        if row is None:
            other = session.scalars(select(table).where(of)).one_or_none()
            if other is None:
                raise PermanentError("the ledger does not know it; decide before claiming", order=name)
            raise taken_by_another(other, name, now)
        check(row)
    try:
        yield row, token
    finally:
        try:
            if not is_released():
                with writing(engine) as session:
                    release(session, table, of, token)
        except TransientError as error:
            _log.warning("%s: its claim could not be released and has to run out: %s", name, error)


def take(
    session: Session, table: type[Row], of: ColumnElement[bool], *, token: str, by: str, now: datetime, until: datetime
) -> Row | None:
    """Claim, in one statement, a row that is free or whose lease has expired; None if there is no such row."""
    return session.scalars(
        update(table)
        .where(of)
        .where(or_(table.claim_token.is_(None), table.claimed_until <= now))
        .values(claim_token=token, claimed_by=by, claimed_until=until, attempts=table.attempts + 1)
        .returning(table)
    ).one_or_none()


def held(session: Session, table: type[Row], key: Any, token: str, name: str) -> Row:
    """Return the row, locked and still ours; ClaimedElsewhereError if the lease expired and another run took it."""
    row = session.get(table, key, with_for_update=True)
    if row is None or row.claim_token != token:
        raise ClaimedElsewhereError("the claim ran out and another run took it", order=name)
    return row


def release(session: Session, table: type[Row], of: ColumnElement[bool], token: str) -> None:
    """Release a row; no effect if the claim was lost."""
    free: Mapping[str, None] = {"claim_token": None, "claimed_by": None, "claimed_until": None}
    session.execute(update(table).where(of, table.claim_token == token).values(free))


Claimable = Leased | LedgerOrder | LedgerShipment


def is_held(row: Claimable, now: datetime) -> bool:
    """Whether a task holds a claim that has not run out."""
    return row.claimed_until is not None and row.claimed_until > now


def require_free(row: Claimable, name: str, now: datetime) -> None:
    """ClaimedElsewhereError if a task holds it."""
    if is_held(row, now):
        raise taken_by_another(row, name, now)


def taken_by_another(row: Claimable, name: str, now: datetime) -> ClaimedElsewhereError:
    """Say who holds a row, and for how long (seconds)."""
    until = row.claimed_until or now
    wait = max((until - now).total_seconds(), 0.0)
    return ClaimedElsewhereError(f"held by {row.claimed_by} until {until.isoformat()}", order=name, retry_after=wait)

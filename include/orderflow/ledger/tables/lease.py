"""A lease on a row: who may work on it, and until when if that process dies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from orderflow.errors import ClaimedElsewhereError, PermanentError


class Leased:
    """The columns of a row that can be claimed."""

    attempts: Mapped[int] = mapped_column(default=0)
    """Claims taken since the last success."""
    claim_token: Mapped[str | None]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]


Row = TypeVar("Row", bound=Leased)


def take(
    session: Session, table: type[Row], of: ColumnElement[bool], *, token: str, by: str, now: datetime, until: datetime
) -> Row | None:
    """Claim a row that is free or whose lease has run out, in one statement; None when there is none such."""
    return session.scalars(
        update(table)
        .where(of)
        .where(or_(table.claim_token.is_(None), table.claimed_until <= now))
        .values(claim_token=token, claimed_by=by, claimed_until=until, attempts=table.attempts + 1)
        .returning(table)
    ).one_or_none()


def held(session: Session, table: type[Row], key: Any, token: str, name: str) -> Row:
    """Return the row, locked and still ours; ClaimedElsewhereError when the lease ran out and another took it."""
    row = session.get(table, key, with_for_update=True)
    if row is None or row.claim_token != token:
        raise ClaimedElsewhereError("the claim ran out and another run took it", order=name)
    return row


def release(session: Session, table: type[Row], of: ColumnElement[bool], token: str) -> None:
    """Give a row free; without effect when the claim was lost."""
    free: Mapping[str, None] = {"claim_token": None, "claimed_by": None, "claimed_until": None}
    session.execute(update(table).where(of, table.claim_token == token).values(free))


def taken_by_another(row: Leased, name: str, now: datetime) -> ClaimedElsewhereError:
    """Say who holds a row, and for how long (seconds)."""
    until = row.claimed_until or now
    wait = max((until - now).total_seconds(), 0.0)
    return ClaimedElsewhereError(f"held by {row.claimed_by} until {until.isoformat()}", order=name, retry_after=wait)


def not_taken(row: Leased | None, name: str, now: datetime) -> ClaimedElsewhereError | PermanentError:
    """Say why a row could not be claimed: another holds it, or there is none."""
    if row is None:
        return PermanentError("the ledger does not know it; decide before claiming", order=name)
    return taken_by_another(row, name, now)

"""What a person's resolution changes about an order, and how to undo it within a day."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from orderflow.domain.fingerprint import VERSION
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import PermanentError
from orderflow.ledger.database.rows import truncate
from orderflow.ledger.models.orders import Step, Word
from orderflow.ledger.orders.rows import is_stuck, move
from orderflow.ledger.tables.orders import OrderRow
from orderflow.ledger.tables.resolutions import ResolutionRow

UNDONE_WITHIN = timedelta(hours=24)


def resolve_row(
    session: Session, row: OrderRow, word: Word, now: datetime, shown: tuple[datetime | None, str | None]
) -> None:
    """Close what is open about an order: a flag is cleared, a stuck order is finished.

    `shown`: when the shop last changed it, and the hash of what it shows now.
    """
    before = _as_it_is(row)
    shop_modified_at, payload_hash = shown
    if is_stuck(row):
        move(row, Progress.RESOLVED, now)
        row.reason, row.shop_modified_at = Reason.RESOLVED, shop_modified_at
    else:
        row.reason = None
    if row.payload_hash and payload_hash:
        row.payload_hash, row.payload_version = payload_hash, VERSION
    row.detail, row.flagged_by, row.attempts = "", None, 0
    if (before["progress"], before["reason"]) == (row.progress, row.reason):
        return  # repeated by a retried task: the previous state is already stored
    session.add(ResolutionRow(order_id=row.order_id, at=now, by=word.by, comment=truncate(word.comment), before=before))


def undo_row(session: Session, row: OrderRow, word: Word, now: datetime) -> datetime:
    """Restore an order to its state before the resolution; return when it was resolved.

    PermanentError if nobody resolved it within a day, or if it has changed since. This is the only way to reopen a
    finished order, and only to its previous state.
    """
    of = select(ResolutionRow).where(ResolutionRow.order_id == row.order_id, ResolutionRow.undone_at.is_(None))
    last = session.scalars(of.order_by(ResolutionRow.id.desc()).limit(1)).first()
    if last is None or last.at < now - UNDONE_WITHIN:
        raise PermanentError("nobody has resolved it within the last 24 hours", reason=Reason.CONFIGURATION)
    if not may_be_undone(row.progress, row.reason, last.before):
        raise PermanentError(f"it has moved since, and is at {row.progress} now", reason=Reason.CONFIGURATION)
    before = last.before
    row.progress = Progress.stored(before["progress"])
    row.reason = Reason.stored(before["reason"]) if before["reason"] else None
    row.flagged_by = Step.stored(before["flagged_by"]) if before["flagged_by"] else None
    row.detail, row.payload_hash, row.payload_version = before["detail"], before["hash"], before["version"]
    changed = before["shop_modified_at"]
    row.shop_modified_at = datetime.fromisoformat(changed) if changed else None
    last.undone_at, last.undone_by = now, word.by
    return last.at


def may_be_undone(progress: Progress, reason: Reason | None, before: dict[str, Any]) -> bool:
    """Whether an order is still as its resolution left it."""
    if progress is Progress.RESOLVED:
        return reason is Reason.RESOLVED
    return reason is None and progress == before["progress"]


def _as_it_is(row: OrderRow) -> dict[str, Any]:
    return {
        "progress": str(row.progress),
        "reason": str(row.reason) if row.reason else None,
        "flagged_by": str(row.flagged_by) if row.flagged_by else None,
        "detail": row.detail,
        "hash": row.payload_hash,
        "version": row.payload_version,
        "shop_modified_at": row.shop_modified_at.isoformat() if row.shop_modified_at else None,
    }

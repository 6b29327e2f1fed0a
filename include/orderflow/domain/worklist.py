"""The lists of the page: the standings, with offline orders that were marked as sent kept apart from processed ones."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from orderflow.domain.reasons import Reason
from orderflow.domain.standing import Standing, standing
from orderflow.domain.states import Progress


class Worklist(StrEnum):
    """In the sequence in which they are shown, what is fine first."""

    PROCESSED = "processed"
    OFFLINE_SENT = "offline sent"
    SKIPPED = "skipped"
    WAITING = "waiting"
    OVERDUE = "overdue"
    HELD = "held"
    HALF_WRITTEN = "half written"
    IN_DOUBT = "in doubt"
    FAILED = "failed"


AT_AN_END = frozenset({Worklist.PROCESSED, Worklist.OFFLINE_SENT, Worklist.SKIPPED})
"""Nothing more happens to these orders by itself, and retrying them would change nothing."""

_PATIENCE = timedelta(days=1)
_SEEN = datetime(2026, 1, 1, tzinfo=UTC)


def worklist(progress: Progress, reason: Reason | None, *, pushed: bool, old: bool) -> Worklist:
    """Name the list of an order; `pushed` says whether it went to the ERP, `old` whether it is past its patience."""
    if progress is Progress.SHIPMENT_SENT and not pushed:
        return Worklist.OFFLINE_SENT
    now = _SEEN + 2 * _PATIENCE if old else _SEEN
    listed = standing(progress, reason, first_seen=_SEEN, now=now, give_up_after=_PATIENCE)
    return Worklist.PROCESSED if listed is Standing.DONE else Worklist(listed.value)

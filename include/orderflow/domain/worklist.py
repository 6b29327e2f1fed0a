"""In which list an order stands: every order is in exactly one, for the page, the digest, metrics and the command."""

from enum import StrEnum

from orderflow.domain.reasons import SKIPPED, STUCK, Reason
from orderflow.domain.states import HALF_WRITTEN, INTENT_OPEN, Progress


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

OPEN_LISTS = tuple(listed for listed in Worklist if listed not in AT_AN_END)

_OF: dict[Progress, Worklist] = {
    Progress.WAITING: Worklist.WAITING,
    Progress.HELD: Worklist.HELD,
    Progress.SKIPPED: Worklist.SKIPPED,
    Progress.RESOLVED: Worklist.SKIPPED,
    Progress.UNREAD: Worklist.FAILED,
    Progress.READY: Worklist.FAILED,
    Progress.REJECTED: Worklist.FAILED,
    **dict.fromkeys(INTENT_OPEN, Worklist.IN_DOUBT),
    **dict.fromkeys(HALF_WRITTEN, Worklist.HALF_WRITTEN),
    Progress.WRITTEN_BACK: Worklist.PROCESSED,
    Progress.SHIPMENT_SENT: Worklist.PROCESSED,
}


def worklist(progress: Progress, reason: Reason | None, *, pushed: bool, old: bool) -> Worklist:
    """Name the list of an order; `pushed` says whether it went to the ERP, `old` whether it is past its patience.

    An order that waits for too long is overdue, and is still looked at.
    """
    if progress is Progress.SHIPMENT_SENT and not pushed:
        return Worklist.OFFLINE_SENT
    listed = _OF.get(progress, Worklist.FAILED)  # of newer code: a person has to see it
    if listed is Worklist.WAITING and old:
        return Worklist.OVERDUE
    if listed is Worklist.HELD and reason in STUCK:
        return Worklist.FAILED
    if listed is Worklist.SKIPPED and reason is not None and reason not in SKIPPED:
        return Worklist.FAILED
    return listed

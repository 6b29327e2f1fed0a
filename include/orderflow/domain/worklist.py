"""The list an order is on: every order is on exactly one, for the page, the digest, metrics and the command."""

from enum import StrEnum

from orderflow.domain.reasons import SKIPPED, STUCK, Reason
from orderflow.domain.states import INTENT_OPEN, PARTLY_WRITTEN_BACK, Progress


class Worklist(StrEnum):
    """In the order in which they are shown, the finished ones first."""

    PROCESSED = "processed"
    OFFLINE_SENT = "offline sent"
    SKIPPED = "skipped"
    IN_PROGRESS = "in progress"
    WAITING = "waiting"
    OVERDUE = "overdue"
    HELD = "held"
    PARTLY_WRITTEN_BACK = "partly written back"
    IN_DOUBT = "in doubt"
    FAILED = "failed"

    @classmethod
    def _missing_(cls, value: object) -> "Worklist | None":
        """Accept the former name, which bookmarks of the page may contain."""
        return cls.PARTLY_WRITTEN_BACK if value == "half written" else None


AT_AN_END = frozenset({Worklist.PROCESSED, Worklist.OFFLINE_SENT, Worklist.SKIPPED})
"""Nothing more happens to these orders, and retrying them would change nothing."""

_ENDED_IN_THE_SHOP = frozenset({Worklist.WAITING, Worklist.OVERDUE, Worklist.SKIPPED})


def may_be_resolved(listed: Worklist) -> bool:
    """Whether a person may resolve such an order; otherwise it is paid or cancelled in the shop."""
    return listed not in _ENDED_IN_THE_SHOP


OPEN_LISTS = tuple(listed for listed in Worklist if listed not in AT_AN_END)

_OF: dict[Progress, Worklist] = {
    Progress.WAITING: Worklist.WAITING,
    Progress.HELD: Worklist.HELD,
    Progress.SKIPPED: Worklist.SKIPPED,
    Progress.RESOLVED: Worklist.SKIPPED,
    Progress.UNREAD: Worklist.FAILED,
    Progress.READY: Worklist.IN_PROGRESS,
    Progress.OFFLINE: Worklist.IN_PROGRESS,
    Progress.REJECTED: Worklist.FAILED,
    **dict.fromkeys(INTENT_OPEN, Worklist.IN_DOUBT),
    **dict.fromkeys(PARTLY_WRITTEN_BACK, Worklist.PARTLY_WRITTEN_BACK),
    Progress.WRITTEN_BACK: Worklist.PROCESSED,
    Progress.SHIPMENT_SENT: Worklist.PROCESSED,
}


def worklist(progress: Progress, reason: Reason | None, *, pushed: bool, old: bool) -> Worklist:
    """Return the list of an order; `pushed` says whether it went to the ERP, `old` whether it has waited too long.

    An order that has waited too long is overdue, and is still checked. One that is yet to be sent or marked is in
    progress until that fails.
    """
    if progress is Progress.SHIPMENT_SENT and not pushed:
        return Worklist.OFFLINE_SENT
    listed = _OF.get(progress, Worklist.FAILED)  # set by newer code: a person must look at it
    if listed is Worklist.WAITING and old:
        return Worklist.OVERDUE
    if listed is Worklist.IN_PROGRESS and reason is not None:
        return Worklist.FAILED
    if listed is Worklist.HELD and reason in STUCK:
        return Worklist.FAILED
    if listed is Worklist.SKIPPED and reason is not None and reason not in SKIPPED:
        return Worklist.FAILED
    return listed

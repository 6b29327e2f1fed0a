"""In which list an order stands: every order is in exactly one."""

from datetime import datetime, timedelta
from enum import StrEnum

from orderflow.domain.reasons import SKIPPED, STUCK, Reason
from orderflow.domain.states import HALF_WRITTEN, INTENT_OPEN, WRITTEN, Progress


class Standing(StrEnum):
    """The lists an operator looks at."""

    DONE = "done"
    SKIPPED = "skipped"
    WAITING = "waiting"
    OVERDUE = "overdue"
    HELD = "held"
    FAILED = "failed"
    IN_DOUBT = "in doubt"
    HALF_WRITTEN = "half written"


_OF: dict[Progress, Standing] = {
    Progress.WAITING: Standing.WAITING,
    Progress.HELD: Standing.HELD,
    Progress.SKIPPED: Standing.SKIPPED,
    Progress.RESOLVED: Standing.SKIPPED,
    Progress.UNREAD: Standing.FAILED,
    Progress.READY: Standing.FAILED,
    Progress.REJECTED: Standing.FAILED,
    **dict.fromkeys(INTENT_OPEN, Standing.IN_DOUBT),
    **dict.fromkeys(HALF_WRITTEN, Standing.HALF_WRITTEN),
    **dict.fromkeys(WRITTEN, Standing.DONE),
}


def standing(
    progress: Progress, reason: Reason | None, *, first_seen: datetime, now: datetime, give_up_after: timedelta
) -> Standing:
    """Name the list; an order that waits longer than `give_up_after` is overdue, and still looked at."""
    listed = _OF[progress]
    if listed is Standing.WAITING and now - first_seen > give_up_after:
        return Standing.OVERDUE
    if listed is Standing.HELD and reason in STUCK:
        return Standing.FAILED
    if listed is Standing.SKIPPED and reason is not None and reason not in SKIPPED:
        return Standing.FAILED
    return listed

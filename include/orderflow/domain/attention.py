"""Does an order need a person? Its progress and reason decide, no matter which run brought it there."""

from orderflow.domain.causes import OUTAGES
from orderflow.domain.reasons import SKIPPED, UNPAID, Reason
from orderflow.domain.states import IN_ERP, WRITTEN, Progress

_PATIENTLY_WAITING = UNPAID | {Reason.OVERDUE}
"""A buyer still has to pay; the digest has one line for all overdue payments."""

_AT_REST = WRITTEN | {Progress.WAITING, Progress.SKIPPED, Progress.RESOLVED}

ON_THE_ERP_SIDE = frozenset(
    {
        Reason.ERP_REJECTED,
        Reason.ERP_REFUSED,
        Reason.ERP_UNAVAILABLE,
        Reason.ERP_IN_DOUBT,
        Reason.ERP_ANSWER_INVALID,
        Reason.ORDER_INCOMPLETE,
    }
)
"""Over as soon as the ERP has the order, whatever the shop says by then."""


def attention(progress: Progress, reason: Reason | None) -> Reason | None:
    """Return why an order with this progress and reason needs a person or waits for an outage; None if it is fine."""
    if reason in {None, Reason.CLAIMED_ELSEWHERE, Reason.BEFORE_GO_LIVE}:  # the last has one alert for all its orders
        return None
    if progress is Progress.WAITING:
        return None if reason in _PATIENTLY_WAITING else reason
    if progress in {Progress.SKIPPED, Progress.RESOLVED} and reason in SKIPPED:
        return None
    return reason


def replaces(reason: Reason) -> bool:
    """Whether this cause takes the place of what was wrong before; an outage says nothing about that."""
    return reason not in OUTAGES


def is_over(alerted: Reason, progress: Progress) -> bool:
    """Whether an announced cause is over, for an order that has this progress and is fine."""
    return progress in _AT_REST or (progress in IN_ERP and alerted in ON_THE_ERP_SIDE)

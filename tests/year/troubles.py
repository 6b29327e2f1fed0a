"""What went wrong in the simulated world, and when: what people have to be told of."""

from datetime import datetime, timedelta
from typing import NamedTuple

from orderflow.domain.reasons import Reason

_DIFFERS = {Reason.SIDES_DIFFER, Reason.EDITED_AFTER_EXPORT, Reason.TOTAL_DIFFERS}

TOLD_AS: dict[str, set[Reason]] = {
    "unknown payment": {Reason.PAYMENT_UNKNOWN},
    "incomplete": {Reason.ORDER_INCOMPLETE},
    "unknown product": {Reason.ERP_REJECTED},
    "cancelled after export": {Reason.CANCELLED_AFTER_EXPORT},
    "edited after export": _DIFFERS,
    "discount in the ERP": _DIFFERS,
    "outage of the shop": {Reason.SHOP_UNAVAILABLE},
    "outage of the ERP": {Reason.ERP_UNAVAILABLE},
}
BY_COMPARISON = frozenset({"discount in the ERP"})
"""What no sweep can see: told by the comparison of the next morning."""


class Trouble(NamedTuple):
    """One of them; `order_id` None and `until` an instant: an outage."""

    kind: str
    at: datetime
    order_id: int | None = None
    until: datetime | None = None


class Told(NamedTuple):
    """That a message has named an alert, or that it joined a cause of which people knew."""

    order_id: int | None
    reason: Reason
    at: datetime
    recorded_at: datetime


class Delay(NamedTuple):
    """Minutes until people knew."""

    since_cause: float
    since_record: float


def delay_of(trouble: Trouble, told: list[Told]) -> Delay | None:
    """Return how long after it happened, and after the flow had recorded it, people knew; None if nobody was told."""
    found = [
        one
        for one in told
        if one.reason in TOLD_AS[trouble.kind]
        and one.at >= trouble.at
        and (one.order_id == trouble.order_id if trouble.until is None else one.at <= trouble.until)
    ]
    if not found:
        return None
    first = min(found, key=lambda one: one.at)
    return Delay(_minutes(first.at - trouble.at), _minutes(first.at - first.recorded_at))


def _minutes(time: timedelta) -> float:
    return time.total_seconds() / 60

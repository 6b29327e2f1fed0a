"""What counts as one cause: orders that fail for the same reason are one line for people, however many there are."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from orderflow.domain.reasons import PASSING, Reason

OUTAGES = PASSING | {Reason.CLAIMED_ELSEWHERE, Reason.UNFINISHED}
"""Trouble that usually passes within one or two sweeps: it is announced when it lasts."""

PATIENCE = timedelta(minutes=10)
"""How long an outage may last before it is announced."""

_ONE_FIX = OUTAGES - {Reason.UNFINISHED} | {
    Reason.ERP_REJECTED,
    Reason.ERP_REFUSED,
    Reason.ERP_ANSWER_INVALID,
    Reason.SHOP_REFUSED,
    Reason.SHOP_AUTH,
    Reason.SHOP_ANSWER_INVALID,
    Reason.MESSAGE_REJECTED,
    Reason.WEBSHOP_UNKNOWN,
    Reason.CONFIGURATION,
    Reason.UNEXPECTED,
}
"""One fix helps all orders with this cause, so an order that joins a known cause is not news."""

_WHATEVER_IT_SAYS = OUTAGES | {
    Reason.ERP_IN_DOUBT,
    Reason.MESSAGE_IN_DOUBT,
    Reason.EDITED_AFTER_EXPORT,
    Reason.CANCELLED_AFTER_EXPORT,
    Reason.TOTAL_DIFFERS,
    Reason.ERP_NOT_PROCESSED,
    Reason.ERP_ORDER_GONE,
    Reason.ORDER_NOT_FOUND,
    Reason.SLIP_CHANGED,
}
"""The message of these concerns only the order, not the cause."""

_LONGEST_TITLE = 200
_KEPT = (
    r"'[^']*'|\"[^\"]*\"|`[^`]*`|\b(?:product|customer|sku|item|article|webshop|task)s? [^\s,;:]+|\banswered \d{3}\b"
)
_VARIES = re.compile(
    rf"(?P<kept>{_KEPT})"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b"
    r"|\b0x[0-9a-f]+\b|(?<![\w.-])[+-]?\d+(?:[.,]\d+)*(?![\w-])",
    re.IGNORECASE,
)


class Cause(NamedTuple):
    """A cause: a short id for links, its reason, and what varies within the reason (which product, for instance)."""

    id: str
    reason: Reason
    title: str

    @property
    def patience(self) -> timedelta:
        """How long it may last before it is announced."""
        return PATIENCE if self.reason in OUTAGES else timedelta()


def cause_of(reason: Reason, message: str, *, own: Iterable[str] = ()) -> Cause:
    """Return the cause of a failure; `own` are the order's names and numbers, which are not part of the cause."""
    title = "" if reason in _WHATEVER_IT_SAYS else _without_what_varies(message, own)
    return Cause(hashlib.sha256(f"{reason}\n{title}".encode()).hexdigest()[:8], reason, title)


def _without_what_varies(message: str, own: Iterable[str]) -> str:
    """Replace the order's own names, ids, numbers and times; quoted texts and product keys stay."""
    text = message
    for name in sorted({name for name in own if name}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", text)
    text = _VARIES.sub(lambda found: found["kept"] or "…", text)
    return " ".join(text.split())[:_LONGEST_TITLE]


_SAME_MATTER = frozenset(
    {Reason.SIDES_DIFFER, Reason.EDITED_AFTER_EXPORT, Reason.TOTAL_DIFFERS, Reason.CANCELLED_AFTER_EXPORT}
)
"""An order that differs between shop and ERP is one matter, whether a run or the comparison finds it."""


_IN_DOUBT = frozenset({Reason.ERP_IN_DOUBT, Reason.MESSAGE_IN_DOUBT})
_ONE_INCIDENT = timedelta(hours=4)
"""Doubts that begin within this time of each other are one incident: an ERP that drops connections, for instance."""


class Matter(NamedTuple):
    """What decides whether people already know of an alert: its cause, reason and order, and when it was opened."""

    cause: str
    reason: Reason
    order_id: int | None
    opened_at: datetime

    def is_known_by(self, other: "Matter") -> bool:
        """Whether people who know the other alert know this one: one fix helps both, or it concerns the same order."""
        same_order = self.order_id is not None and self.order_id == other.order_id
        if same_order and {self.reason, other.reason} <= _SAME_MATTER:
            return True
        if self.cause != other.cause:
            return False
        return self.reason in _ONE_FIX or (
            self.reason in _IN_DOUBT and self.opened_at - other.opened_at < _ONE_INCIDENT
        )

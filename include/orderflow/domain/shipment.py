"""A packing slip of the ERP, and its progress on the way to the shop, which takes each one only once."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from orderflow.domain.backoff import EAGER, PATIENT, SPARING, Pace
from orderflow.domain.open_enum import OpenEnum


class ShipmentItem(BaseModel):
    """What was delivered of one line of one order, both by the ERP's numbers."""

    model_config = ConfigDict(frozen=True)

    order_number: str
    line_number: int
    quantity: Decimal
    product_key: str


_WHOSE = ("shop_order_ids", "external_references")


class Shipment(BaseModel):
    """Goods that left together, of one order or several."""

    model_config = ConfigDict(frozen=True)

    number: str
    slip_date: date
    planned_delivery_date: date | None
    carrier: str | None
    tracking_code: str | None
    comment: str | None
    order_numbers: tuple[str, ...]
    """ERP numbers of its orders, sorted, each once; including orders without a line in it."""
    items: tuple[ShipmentItem, ...]
    shop_order_ids: Mapping[str, int] = {}
    external_references: Mapping[str, str] = {}
    """By the number of an order: the shop order it was created from, and its name, if the ERP says so."""

    @property
    def content_hash(self) -> str:
        """A fingerprint of everything the slip says about the goods."""
        return hashlib.sha256(self.model_dump_json(exclude={*_WHOSE}).encode()).hexdigest()

    def completed_by(self, before: "Shipment") -> "Shipment":
        """Add the items of orders that only an earlier reading showed: the ERP lists a slip by order."""
        shown = set(self.order_numbers)
        hidden = [item for item in before.items if item.order_number not in shown]
        numbers = tuple(sorted({*shown, *before.order_numbers}))
        whose = {name: {**getattr(before, name), **getattr(self, name)} for name in _WHOSE}
        return self.model_copy(update={"order_numbers": numbers, "items": _sorted([*self.items, *hidden]), **whose})

    def missing(self) -> list[str]:
        """Name everything that a message to the shop needs and the slip lacks; empty if the slip is complete."""
        gaps = [] if self.items else ["lines"]
        for item in self.items:
            where = f"line {item.line_number} of {item.order_number}"
            if item.quantity <= 0:
                gaps.append(f"a quantity above zero on {where}")
            if not item.product_key:
                gaps.append(f"the product of {where}")
        return gaps


def merged(items: Iterable[ShipmentItem]) -> tuple[ShipmentItem, ...]:
    """Sort items and add up those of the same line and product, because a slip names a line once per lot."""
    sums: dict[tuple[str, int, str], ShipmentItem] = {}
    for item in items:
        name = (item.order_number, item.line_number, item.product_key)
        before = sums.get(name)
        sums[name] = item.model_copy(update={"quantity": before.quantity + item.quantity}) if before else item
    return _sorted(sums.values())


def _sorted(items: Iterable[ShipmentItem]) -> tuple[ShipmentItem, ...]:
    return tuple(sorted(items, key=lambda item: (item.order_number, item.line_number, item.product_key)))


class ShipmentProgress(OpenEnum):
    """How far a packing slip has come. If it is stuck, a reason code says why."""

    OPEN = "open"
    """To be sent as soon as the shop has the numbers of its orders."""
    SENDING = "sending"
    """An intent is recorded. If nobody is working on it, it is unknown whether the shop has the message."""
    IN_DOUBT = "in_doubt"
    SENT = "sent"
    REJECTED = "rejected"
    """The shop has refused it, and so does not have it."""
    HELD = "held"
    SKIPPED = "skipped"


_NOT_SENT = frozenset(
    {ShipmentProgress.OPEN, ShipmentProgress.REJECTED, ShipmentProgress.HELD, ShipmentProgress.SKIPPED}
)

SHIPMENT_TRANSITIONS: dict[ShipmentProgress, frozenset[ShipmentProgress]] = {
    # SENT without having been sent by us: a person says that the shop has it.
    **dict.fromkeys(
        _NOT_SENT, (_NOT_SENT - {ShipmentProgress.REJECTED}) | {ShipmentProgress.SENDING, ShipmentProgress.SENT}
    ),
    ShipmentProgress.SENDING: frozenset(
        {ShipmentProgress.SENT, ShipmentProgress.REJECTED, ShipmentProgress.IN_DOUBT, ShipmentProgress.OPEN}
    ),
    # Out of doubt by a person's decision, or if the shop is known to refuse a number that it already has.
    ShipmentProgress.IN_DOUBT: frozenset({ShipmentProgress.SENT, ShipmentProgress.SENDING}),
    ShipmentProgress.SENT: frozenset(),
}
"""Which progress may follow which; staying the same is always allowed."""

UNCLEAR = frozenset({ShipmentProgress.SENDING, ShipmentProgress.IN_DOUBT})
"""Sending was started and its outcome is unknown: the shop may have the message."""

SHIPMENT_PACES: dict[ShipmentProgress, Sequence[Pace]] = {
    ShipmentProgress.OPEN: EAGER,
    ShipmentProgress.SENDING: EAGER,
    ShipmentProgress.IN_DOUBT: PATIENT,
    ShipmentProgress.HELD: PATIENT,
    ShipmentProgress.REJECTED: SPARING,
}
"""How often an open slip is checked again."""


def shipment_may_follow(before: ShipmentProgress, after: ShipmentProgress) -> bool:
    """Whether a slip may move from `before` to `after`."""
    return before == after or after in SHIPMENT_TRANSITIONS.get(before, frozenset())


class OperatorDecision(NamedTuple):
    """What a person has found out about slips, by number."""

    arrived: Collection[str] = ()
    """The shop has them, or somebody has entered them there: they count as sent."""
    send_now: Collection[str] = ()
    """The shop does not have them, or only some of their orders are the shop's: they are sent now."""
    made_at: datetime | None = None
    """When it was found out; it says nothing about a message that was begun later."""
    by: str = ""
    """Who has found it out, if that is known."""

    @property
    def numbers(self) -> list[str]:
        """All slips that it is about, each once."""
        return list(dict.fromkeys([*self.arrived, *self.send_now]))

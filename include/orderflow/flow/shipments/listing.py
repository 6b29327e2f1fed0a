"""A run's packing slips: what the ERP shows since the last reading, and what is still open."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from orderflow.domain.backoff import paced
from orderflow.domain.shipment import SHIPMENT_PACES, Shipment, ShipmentItem, merged
from orderflow.erp.models import Delivery
from orderflow.erp.port import UnreadableRow
from orderflow.errors import OrderflowError, TransientError
from orderflow.flow.batch import isolated
from orderflow.flow.services import Services
from orderflow.ledger.books.shipments import Noted
from orderflow.ledger.models.shipments import LedgerShipment

log = logging.getLogger(__name__)

_FIRST_LOOK = timedelta(days=30)
"""How far back the very first reading goes by default: there were orders before this was switched on."""


class Shown(NamedTuple):
    """What the ERP shows: packing slips, and the errors of unreadable ones, by number."""

    shipments: Sequence[Shipment]
    unreadable: Mapping[str, OrderflowError]


class Listed(NamedTuple):
    """The numbers of the slips to check now, and the errors of unreadable ones, by number."""

    numbers: list[str]
    unreadable: Mapping[str, OrderflowError]


def list_shipments(services: Services, asked: datetime | None = None) -> Listed:
    """Read the ERP's slips into the ledger; return those to check now, the longest known first.

    `asked` is the start of the run's window. What was missed since the last reading is read, too. While a slip is
    unreadable, the next reading starts no later than this one: nothing else would show the slip again.
    """
    began = services.now()
    book = services.ledger.shipments
    shown = read_shipments(services, read_from(services, asked))
    noted, refused = _noted(services, shown.shipments)
    unreadable = {**shown.unreadable, **refused}
    if not unreadable:
        book.was_read(began)
    shipments = book.open()
    found = to_look_at(shipments, [*noted.new, *noted.changed], book.skipped_and_known(), began)
    log.info("%d new packing slips, %d open, %d of all to look at", len(noted.new), len(shipments), len(found))
    return Listed(found, unreadable)


def _noted(services: Services, shipments: Sequence[Shipment]) -> tuple[Noted, dict[str, OrderflowError]]:
    """Store the slips in the ledger: all at once or, if it refuses one, each separately."""
    note = services.ledger.shipments.note
    together = isolated(partial(note, shipments), "packing slips")
    if not isinstance(together, OrderflowError):
        return together, {}
    if isinstance(together, TransientError):
        raise together
    noted, refused = Noted([], []), {}
    for shipment in shipments:
        alone = isolated(partial(note, [shipment]), f"packing slip {shipment.number}")
        if isinstance(alone, OrderflowError):
            refused[shipment.number] = alone
        else:
            noted.new.extend(alone.new)
            noted.changed.extend(alone.changed)
    return noted, refused


def to_look_at(
    shipments: Iterable[LedgerShipment], noted: Iterable[str], known_again: Iterable[str], now: datetime
) -> list[str]:
    """Return the numbers of the slips to check now: those due of the open ones, those new or changed, and others.

    The others are slips of nobody's orders, of which the ledger has met one since.
    """
    due = [shipment.number for shipment in shipments if _is_due(shipment, now)]
    return list(dict.fromkeys([*due, *noted, *known_again]))


def _is_due(shipment: LedgerShipment, now: datetime) -> bool:
    return paced(SHIPMENT_PACES[shipment.progress], shipment.first_seen_at, shipment.updated_at, now)


def read_from(services: Services, asked: datetime | None) -> datetime:
    """Return from when to read the ERP: without a gap since the last reading, and no later than asked."""
    until = services.ledger.shipments.read_until()
    if until is None:
        return asked or services.now() - _FIRST_LOOK
    overlapping = until - timedelta(minutes=services.settings.limits.slip_overlap_minutes)
    return min(asked or overlapping, overlapping)


def read_shipments(services: Services, since: datetime) -> Shown:
    """Return the ERP's slips made since an instant; the ERP lists a slip for several orders once per order.

    If one part of a slip is unreadable, so is the whole slip: half of it must not be sent.
    """
    parts: dict[str, list[Delivery]] = defaultdict(list)
    unreadable: dict[str, OrderflowError] = {}
    for row in services.erp.deliveries_since(since):
        if isinstance(row, UnreadableRow):
            unreadable[row.name] = row.error
        else:
            parts[row.number].append(row)
    shipments: list[Shipment] = []
    for number, some in parts.items():
        whole = isolated(partial(_whole, some), f"packing slip {number}")
        if isinstance(whole, OrderflowError):
            unreadable[number] = whole
        elif number not in unreadable:
            shipments.append(whole)
    for number, error in unreadable.items():
        error.order = error.order or f"packing slip {number}"
        log.warning("%s", error)
    return Shown(shipments, unreadable)


def _whole(parts: Sequence[Delivery]) -> Shipment:
    head = parts[0].model_dump(exclude={"order_number", "external_reference", "shop_order_id", "lines"})
    head["tracking_code"] = next((part.tracking_code for part in parts if part.tracking_code), None)
    items = (ShipmentItem(order_number=part.order_number, **line.model_dump()) for part in parts for line in part.lines)
    numbers = tuple(sorted({part.order_number for part in parts}))
    return Shipment(
        order_numbers=numbers,
        items=merged(items),
        shop_order_ids={part.order_number: part.shop_order_id for part in parts if part.shop_order_id},
        external_references={part.order_number: part.external_reference for part in parts if part.external_reference},
        **head,
    )

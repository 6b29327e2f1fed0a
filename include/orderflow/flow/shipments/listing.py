"""Which packing slips a run is about: what the ERP shows since the last reading, and what is still open."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from orderflow.domain.backoff import paced
from orderflow.domain.shipment import SHIPMENT_PACES, Shipment, ShipmentItem, merged
from orderflow.erp.models import Delivery
from orderflow.flow.services import Services
from orderflow.ledger.models.shipments import LedgerShipment

log = logging.getLogger(__name__)

_FIRST_LOOK = timedelta(days=30)
"""How far back the very first reading goes, when nobody says otherwise: there were orders before it was switched on."""


def list_shipments(services: Services, asked: datetime | None = None) -> list[str]:
    """Read the ERP's slips into the ledger; return the numbers of those to look at now, the longest known first.

    `asked` is the start of the run's window; what was missed since the last reading is read, too.
    """
    began = services.now()
    book = services.ledger.shipments
    noted = book.note(read_shipments(services, read_from(services, asked)))
    book.was_read(began)
    shipments = book.open()
    due = [shipment.number for shipment in shipments if _is_due(shipment, began)]
    found = list(dict.fromkeys([*due, *noted.new, *noted.changed, *book.skipped_and_known()]))
    log.info("%d new packing slips, %d open, %d of all to look at", len(noted.new), len(shipments), len(found))
    return found


def _is_due(shipment: LedgerShipment, now: datetime) -> bool:
    return paced(SHIPMENT_PACES[shipment.progress], shipment.first_seen_at, shipment.updated_at, now)


def read_from(services: Services, asked: datetime | None) -> datetime:
    """Return since when the ERP is to be read: no gap to the last reading, and no later than asked."""
    until = services.ledger.shipments.read_until()
    if until is None:
        return asked or services.now() - _FIRST_LOOK
    overlapping = until - timedelta(minutes=services.settings.limits.slip_overlap_minutes)
    return min(asked or overlapping, overlapping)


def read_shipments(services: Services, since: datetime) -> list[Shipment]:
    """Return the ERP's slips made since an instant; it shows a slip for several orders once per order."""
    parts: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in services.erp.deliveries_since(since):
        parts[delivery.number].append(delivery)
    return [_whole(some) for some in parts.values()]


def _whole(parts: Sequence[Delivery]) -> Shipment:
    head = parts[0].model_dump(exclude={"order_number", "lines"})
    items = (ShipmentItem(order_number=part.order_number, **line.model_dump()) for part in parts for line in part.lines)
    numbers = tuple(sorted({part.order_number for part in parts}))
    return Shipment(order_numbers=numbers, items=merged(items), **head)

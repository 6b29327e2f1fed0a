"""Which packing slips a run is about: what the ERP shows since the last reading, and what is still open."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from orderflow.domain.backoff import paced
from orderflow.domain.packing_slip import SLIP_PACES, PackingSlip, SlipItem, merged
from orderflow.erp.models import Delivery
from orderflow.flow.parties import Parties
from orderflow.ledger.slip_models import LedgerSlip

log = logging.getLogger(__name__)

_FIRST_LOOK = timedelta(days=30)
"""How far back the very first reading goes, when nobody says otherwise: there were orders before it was switched on."""


def list_slips(parties: Parties, asked: datetime | None = None) -> list[str]:
    """Read the ERP's slips into the ledger; return the numbers of those to look at now, the longest known first.

    `asked` is the start of the run's window; what was missed since the last reading is read, too.
    """
    began = parties.now()
    book = parties.ledger.slips
    noted = book.note(read_slips(parties, read_from(parties, asked)))
    book.was_read(began)
    slips = book.open()
    due = [slip.number for slip in slips if _is_due(slip, began)]
    found = list(dict.fromkeys([*due, *noted.new, *noted.changed, *book.skipped_and_known()]))
    log.info("%d new packing slips, %d open, %d of all to look at", len(noted.new), len(slips), len(found))
    return found


def _is_due(slip: LedgerSlip, now: datetime) -> bool:
    return paced(SLIP_PACES[slip.progress], slip.first_seen_at, slip.updated_at, now)


def read_from(parties: Parties, asked: datetime | None) -> datetime:
    """Return since when the ERP is to be read: no gap to the last reading, and no later than asked."""
    until = parties.ledger.slips.read_until()
    if until is None:
        return asked or parties.now() - _FIRST_LOOK
    overlapping = until - timedelta(minutes=parties.settings.limits.slip_overlap_minutes)
    return min(asked or overlapping, overlapping)


def read_slips(parties: Parties, since: datetime) -> list[PackingSlip]:
    """Return the ERP's slips made since an instant; it shows a slip for several orders once per order."""
    parts: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in parties.erp.deliveries_since(since):
        parts[delivery.number].append(delivery)
    return [_whole(some) for some in parts.values()]


def _whole(parts: Sequence[Delivery]) -> PackingSlip:
    head = parts[0].model_dump(exclude={"order_number", "lines"})
    items = (SlipItem(order_number=part.order_number, **line.model_dump()) for part in parts for line in part.lines)
    numbers = tuple(sorted({part.order_number for part in parts}))
    return PackingSlip(order_numbers=numbers, items=merged(items), **head)

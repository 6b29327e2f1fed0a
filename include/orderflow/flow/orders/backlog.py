"""The sweep: everything open is checked again, from any day, so that no window, clock or zone can hide it."""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from orderflow.cloudsuite.mapper import to_instant
from orderflow.cloudsuite.models import ListedOrder
from orderflow.domain.backoff import OPEN
from orderflow.domain.reasons import Reason
from orderflow.domain.states import WRITTEN, Progress
from orderflow.errors import OrderflowError
from orderflow.flow.batch import isolated
from orderflow.flow.orders.confirmed import list_confirmed
from orderflow.flow.orders.go_live import go_live, hold_back
from orderflow.flow.orders.withdrawals import list_perhaps_returned, list_withdrawn
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, RunRef

log = logging.getLogger(__name__)


def list_open(services: Services, run: RunRef | None = None) -> list[int | OrderflowError]:
    """Return the ids of the orders to check now, the longest known first.

    First the open orders in the ledger, less often as they age; then every `confirmed` order of the shop that is new to
    the ledger, or has changed since it was last read; then orders cancelled or sent back after their export, and at
    times those that were, in case they are back. This takes a few listings and reads no details. A listing known to be
    incomplete ends with the error that says so. New orders from before go-live are held; without a `run` the ledger is
    left alone.
    """
    now, live = services.now(), go_live(services, by_person=False)
    due = services.ledger.due_orders(now, live)
    remember = run is not None
    confirmed = list_confirmed(services, remember=remember)
    fresh = _not_read_yet(services, confirmed.rows, live, run)
    withdrawn = list_withdrawn(services, remember=remember)
    log.info(
        "%d due of what is open in the ledger; %d new or changed in the shop; %d withdrawn",
        len(due),
        len(fresh),
        len(withdrawn),
    )
    found = dict.fromkeys([*due, *fresh, *withdrawn, *list_perhaps_returned(services)])
    return [*found, *([confirmed.short] if confirmed.short else [])]


def _not_read_yet(
    services: Services, rows: Iterable[ListedOrder], live: datetime | None, run: RunRef | None
) -> list[int]:
    """Return the ids of rows that the ledger does not know in their current state."""
    listed = {row.id: row for row in rows}
    known = services.ledger.get_many(listed)
    new = hold_back(services, [row for row in listed.values() if row.id not in known], live, run)
    zone = services.settings.api_timezone

    def has_news(order: LedgerOrder) -> bool:
        return _has_news(order, to_instant(listed[order.order_id].modified_date, zone))

    # A row that cannot be read (an error, which is true) is treated like a new one: its details decide.
    changed = [i for i, order in known.items() if isolated(partial(has_news, order), f"id {i}")]
    return sorted([*(row.id for row in new), *changed])


def _has_news(known: LedgerOrder, modified_at: datetime | None) -> bool:
    """Whether a confirmed order may have changed since its decision.

    An order that could not be read is checked when it is due: a shop that refuses it is not asked in every sweep.
    """
    if known.progress is Progress.UNREAD:
        return False
    if modified_at is not None and modified_at != known.shop_modified_at:
        return True
    is_belied = known.reason in _BELIED or (known.progress in WRITTEN and known.reason is None)
    return known.progress not in OPEN and is_belied


_BELIED = frozenset({Reason.OUTSIDE_WINDOW, Reason.ORDER_NOT_FOUND, Reason.NOT_CONFIRMED, Reason.CANCELLED})
"""What a list that shows the order as confirmed belies, as it does that an order is written back.

"Not of this day" came from a run of another day.
"""

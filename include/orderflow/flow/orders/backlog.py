"""The sweep: whatever is open is looked at again, whatever its day, so that no window, clock or zone can hide it."""

import logging
from collections.abc import Iterable
from datetime import datetime

from orderflow.cloudsuite.filters import OrderFilter
from orderflow.cloudsuite.mapper import to_instant
from orderflow.cloudsuite.models import OrderRow
from orderflow.domain.backoff import OPEN, is_due
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ShopState
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder

log = logging.getLogger(__name__)


def list_open(services: Services) -> list[int]:
    """Return the ids of the orders to look at now, the longest known first.

    First what the ledger holds as open, at a pace that slows as an order ages; then every `confirmed` order of the
    shop that is new to the ledger, or that has changed since it was last read. One listing, and no detail read.
    """
    now = services.now()
    backlog = sorted(services.ledger.open_orders(), key=lambda order: order.first_seen_at)
    due = [order.key.order_id for order in backlog if _is_due(order, now)]
    rows = [
        row
        for row in services.shop.list_orders(OrderFilter(state=ShopState.CONFIRMED, offline=False))
        if row.state == ShopState.CONFIRMED
    ]
    fresh = _not_read_yet(services, rows)
    log.info(
        "%d open in the ledger, %d of them due; %d confirmed in the shop, %d of them new or changed",
        len(backlog),
        len(due),
        len(rows),
        len(fresh),
    )
    return list(dict.fromkeys([*due, *fresh]))


def _is_due(order: LedgerOrder, now: datetime) -> bool:
    """Whether to look now; an offline order that could not be marked is the finish's to look at, and not this one's."""
    return order.progress in OPEN and is_due(
        order.progress, first_seen=order.first_seen_at, last_look=order.updated_at, now=now
    )


def _not_read_yet(services: Services, rows: Iterable[OrderRow]) -> list[int]:
    """Return the ids of rows the ledger does not know as they are now."""
    listed = {row.id: to_instant(row.modified_date, services.settings.api_timezone) for row in rows}
    known = services.ledger.by_order_id(listed)
    return sorted(
        order_id
        for order_id, modified_at in listed.items()
        if order_id not in known or _has_news(known[order_id], modified_at)
    )


def _has_news(known: LedgerOrder, modified_at: datetime | None) -> bool:
    """Whether a confirmed order may be something else than what was decided about it."""
    if modified_at is not None and modified_at != known.shop_modified_at:
        return True
    # "Not of this day" was said by another day's run: in a sweep there are no days. And here it is, after all.
    return known.progress not in OPEN and known.reason in {Reason.OUTSIDE_WINDOW, Reason.ORDER_NOT_FOUND}

"""The shop's list of confirmed orders: read completely while it is short, otherwise only its changes.

An order that nobody pays stays on this list for ever.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.models import ListedOrder
from orderflow.domain.states import ShopState
from orderflow.errors import OrderflowError
from orderflow.flow.services import Services

_MEMO = "confirmed_read"
_SHORT = 5
"""Pages; a list up to this length is always read completely."""
_WHOLE_EVERY = timedelta(hours=6)
"""How often a longer list is read completely, in case the shop's clock or filter is not as assumed."""
_OVERLAP = timedelta(hours=2)
"""The shop's clock may differ, it may commit late, and a sweep may crash before reading what it listed."""

log = logging.getLogger(__name__)


class Confirmed(NamedTuple):
    """The rows, and what they are known to lack."""

    rows: list[ListedOrder]
    short: OrderflowError | None


def list_confirmed(services: Services, *, remember: bool) -> Confirmed:
    """List the confirmed online orders that may have changed; `remember` stores when this was done.

    ASSUMED: the shop filters by `modified_date__gte`. A shop that ignores it lists everything, which does no harm.
    """
    began, memo = services.now(), services.ledger.memos.read(_MEMO) or {}
    since = _since(services, memo, began)
    asked = ShopOrderFilter(state=ShopState.CONFIRMED, offline=False, modified_date__gte=_naive(since, services))
    listing = services.shop.list_orders(asked)
    rows = [row for row in listing if row.may_be(ShopState.CONFIRMED)]
    if remember and listing.short is None:
        whole = {"whole_at": began.isoformat(), "rows": len(rows)} if since is None else memo
        services.ledger.memos.leave(_MEMO, {**whole, "until": began.isoformat()})
    log.info("%d confirmed in the shop%s", len(rows), f", changed since {since}" if since else "")
    return Confirmed(rows, listing.short)


def _since(services: Services, memo: dict[str, Any], now: datetime) -> datetime | None:
    """Return from when to request changes; None: read the whole list."""
    if memo.get("rows", 0) <= _SHORT * services.settings.limits.page_size:
        return None
    if now - datetime.fromisoformat(memo["whole_at"]) >= _WHOLE_EVERY:
        return None
    return datetime.fromisoformat(memo["until"]) - _OVERLAP


def _naive(since: datetime | None, services: Services) -> datetime | None:
    zone = ZoneInfo(services.settings.api_timezone)
    return since and since.astimezone(zone).replace(tzinfo=None)

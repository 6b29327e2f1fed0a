"""Cancellations after the export, found by the next sweep: it asks the shop what was cancelled since last time."""

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.mapper import to_instant
from orderflow.cloudsuite.models import ListedOrder
from orderflow.domain.reasons import Reason
from orderflow.domain.states import IN_ERP, Progress, ShopState
from orderflow.errors import CallDeferredError, OrderflowError
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder

_MEMO = "cancellations_read"
_FIRST_LOOK = timedelta(days=7)
_OVERLAP = timedelta(hours=2)
"""The shop's clock may differ, and it may commit late."""
_WITHOUT_FILTER = timedelta(hours=1)
"""How often to ask a shop that ignores the filter, and so lists all its cancelled orders."""

log = logging.getLogger(__name__)


def list_cancelled(services: Services) -> list[int]:
    """Return the ids of exported orders that were newly cancelled: usually one call.

    ASSUMED: the shop filters by `modified_date__gte`. A shop that ignores it is asked less often. If it refuses the
    call, only this check is lost; the morning's comparison finds cancellations, too.
    """
    began = services.now()
    memo = services.ledger.memos.read(_MEMO) or {}
    until = datetime.fromisoformat(memo["until"]) if "until" in memo else began - _FIRST_LOOK
    if memo.get("filter_is_ignored") and began - until < _WITHOUT_FILTER:
        return []
    since = until - _OVERLAP
    zone = services.settings.api_timezone
    asked = since.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    try:
        rows = list(services.shop.list_orders(ShopOrderFilter(state=ShopState.CANCEL, modified_date__gte=asked)))
    except CallDeferredError:
        raise  # our own limits say nothing about the shop
    except OrderflowError as error:
        log.warning("the shop does not list what was cancelled: %s", error)
        return []
    services.ledger.memos.leave(_MEMO, _memo(began, rows, since, zone))
    cancelled = [row.id for row in rows if row.may_be(ShopState.CANCEL)]
    known = services.ledger.get_many(cancelled)
    return sorted(order_id for order_id, order in known.items() if is_unheard_of(order))


def is_unheard_of(known: LedgerOrder) -> bool:
    """Whether an order cancelled in the shop is in the ERP, and the cancellation is new."""
    exported = known.progress in IN_ERP - {Progress.RESOLVED}
    return exported and known.reason is not Reason.CANCELLED_AFTER_EXPORT


def _memo(began: datetime, rows: list[ListedOrder], since: datetime, zone: str) -> dict[str, Any]:
    changed = [to_instant(row.modified_date, zone) for row in rows]
    ignored = any(instant is not None and instant < since for instant in changed)
    return {"until": began.isoformat(), "filter_is_ignored": ignored}

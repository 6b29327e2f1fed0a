"""Orders cancelled or sent back after their export, found by the next sweep, and those of them that return."""

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.mapper import to_instant
from orderflow.domain.backoff import Pace, paced
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ALIVE, IN_ERP, WRITTEN, Progress, ShopState
from orderflow.errors import CallDeferredError, OrderflowError
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder

WITHDRAWN: dict[str | None, Reason] = {
    ShopState.CANCEL: Reason.CANCELLED_AFTER_EXPORT,
    ShopState.DRAFT: Reason.WITHDRAWN_AFTER_EXPORT,
    ShopState.QUOTATION: Reason.WITHDRAWN_AFTER_EXPORT,
}
"""The states in which an exported order is no longer wanted, and the reason to report."""
_MEMO = "cancellations_read"
_FIRST_LOOK = timedelta(days=7)
_OVERLAP = timedelta(hours=2)
"""The shop's clock may differ, and it may commit late."""
_WITHOUT_FILTER = timedelta(hours=1)
"""How often to ask a shop that ignores the filter, and so lists all its cancelled orders."""

_LOOK_AGAIN = (Pace(timedelta(days=7), timedelta(hours=1)), Pace(timedelta.max, timedelta(days=1)))
"""How often to read a withdrawn order again, by the time since it was withdrawn."""

log = logging.getLogger(__name__)


class _Withdrawn(NamedTuple):
    order_ids: list[int]
    filter_is_ignored: bool


def list_withdrawn(services: Services, *, remember: bool) -> list[int]:
    """Return the ids of exported orders that were newly withdrawn: usually one call per state.

    `remember` stores when this was done, so that the next listing starts there; a dry run must not.

    ASSUMED: the shop filters by `modified_date__gte`. A shop that ignores it is asked less often, and for cancelled
    orders only: its drafts may be all customers' carts. If it refuses the call, only this check is lost. The morning's
    comparison finds such orders, too.
    """
    began = services.now()
    memo = services.ledger.memos.read(_MEMO) or {}
    until = datetime.fromisoformat(memo["until"]) if "until" in memo else began - _FIRST_LOOK
    if memo.get("filter_is_ignored") and began - until < _WITHOUT_FILTER:
        return []
    since, found = until - _OVERLAP, list[int]()
    for state in (ShopState.CANCEL, ShopState.DRAFT, ShopState.QUOTATION):
        try:
            listed = _listed(services, state, since)
        except CallDeferredError:
            raise  # our own limits say nothing about the shop
        except OrderflowError as error:
            log.warning("the shop does not list what became %s: %s", state, error)
            return found
        found += listed.order_ids
        if listed.filter_is_ignored:
            break
    if remember:
        services.ledger.memos.leave(_MEMO, _memo(began, ignored=listed.filter_is_ignored))
    return sorted(found)


def filter_is_ignored(services: Services) -> bool:
    """Whether the shop ignored the filter by time when it was last asked."""
    return bool((services.ledger.memos.read(_MEMO) or {}).get("filter_is_ignored"))


def list_perhaps_returned(services: Services) -> list[int]:
    """Return the ids of withdrawn orders with an open alert to read again: no list of the shop shows that one returned.

    A withdrawn order that was not written back completely is open anyway.
    """
    alerts = [alert for alert in services.ledger.alerts.open() if alert.reason in WITHDRAWN.values()]
    known = services.ledger.get_many({alert.order_id for alert in alerts if alert.order_id is not None})
    now = services.now()
    return [
        order.order_id
        for order in known.values()
        if order.progress in WRITTEN and paced(_LOOK_AGAIN, order.updated_at, order.last_look, now)
    ]


def is_returned(known: LedgerOrder, state: str | None) -> bool:
    """Whether an exported order that was withdrawn is in one of its usual states again."""
    return known.progress in WRITTEN and known.reason in WITHDRAWN.values() and state in ALIVE


def is_unheard_of(known: LedgerOrder, state: str | None) -> bool:
    """Whether an order in this state is in the ERP, and its withdrawal is new; an offline order never went there."""
    exported = known.erp_number is not None and known.progress in IN_ERP - {Progress.RESOLVED}
    return exported and state in WITHDRAWN and known.reason is not WITHDRAWN[state]


def _listed(services: Services, state: ShopState, since: datetime) -> _Withdrawn:
    """List the orders that entered a state; if the shop ignores the time filter, only cancelled ones."""
    zone = services.settings.api_timezone
    asked = since.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    ids, ignored = list[int](), False
    for row in services.shop.list_orders(ShopOrderFilter(state=state, modified_date__gte=asked)):
        changed = to_instant(row.modified_date, zone)
        ignored = ignored or (changed is not None and changed < since)
        if ignored and state is not ShopState.CANCEL:
            return _Withdrawn([], filter_is_ignored=True)
        ids += [row.id] if row.may_be(state) else []
    known = services.ledger.get_many(ids)
    return _Withdrawn([i for i, order in known.items() if is_unheard_of(order, state)], ignored)


def _memo(began: datetime, *, ignored: bool) -> dict[str, Any]:
    return {"until": began.isoformat(), "filter_is_ignored": ignored}

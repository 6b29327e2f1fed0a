"""Orders edited in the shop after their export, found by the next sweep: it asks the shop what changed."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.mapper import to_instant
from orderflow.domain.reasons import Reason
from orderflow.domain.states import WRITTEN, ShopState
from orderflow.errors import OrderflowError
from orderflow.flow.batch import errors, isolated
from orderflow.flow.orders.after_export import flag_if_edited, is_edited
from orderflow.flow.orders.withdrawals import filter_is_ignored
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, RunRef, Step

_MEMO = "edits_read"
_LOOKS_BACK = timedelta(hours=3)
"""The shop's clock may differ, it may commit late, and some sweeps may fail. What is older is the morning's to find."""
_MOST = 100
"""The most orders that one sweep reads; the next sweep reads others."""

log = logging.getLogger(__name__)


def find_edits(services: Services, run: RunRef) -> None:
    """Flag orders that were edited since they were written back: one listing, and one call per order that changed.

    An order that is still `processing` says only that something changed, so its details are read, once per change. Our
    own write-back does not count; a packing slip does. A failure costs this look alone: the morning's comparison finds
    every edit.

    ASSUMED: the shop filters by `modified_date__gte`. One that ignores it is not asked.
    """
    if filter_is_ignored(services):
        return
    failed = isolated(partial(_find, services, run), "edited orders")
    if isinstance(failed, OrderflowError):
        log.warning("the shop does not list what changed: %s", failed)


def _find(services: Services, run: RunRef) -> None:
    changed = _changed(services)
    known = services.ledger.get_many(changed)
    seen: Mapping[str, str] = services.ledger.memos.read(_MEMO) or {}
    looked = {i for i in known if seen.get(str(i)) == changed[i].isoformat()}
    todo = sorted((i for i in known.keys() - looked if _may_be_edited(known[i], changed[i])), key=lambda i: changed[i])
    todo = todo[:_MOST]
    results = services.each(lambda order_id: _look(services, known[order_id], run), todo, lambda i: f"id {i}")
    for error in errors(results):
        log.warning("not looked at: %s", error)
    looked |= {i for i, result in zip(todo, results, strict=True) if not isinstance(result, OrderflowError)}
    services.ledger.memos.leave(_MEMO, {str(i): changed[i].isoformat() for i in sorted(looked)})


def _changed(services: Services) -> dict[int, datetime]:
    """Return when each order that is being processed was changed; of the last hours only, and none without a time."""
    zone = services.settings.api_timezone
    since = services.now() - _LOOKS_BACK
    asked = since.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    found = dict[int, datetime]()
    for row in services.shop.list_orders(ShopOrderFilter(state=ShopState.PROCESSING, modified_date__gte=asked)):
        at = to_instant(row.modified_date, zone)
        if at is not None and at < since:
            return {}  # the filter is ignored: that would be all orders there are
        if at is not None:
            found[row.id] = at
    return found


def _may_be_edited(known: LedgerOrder, changed: datetime) -> bool:
    """Whether somebody other than this flow changed an order that is done, and nobody has been told yet."""
    is_told = known.reason is Reason.EDITED_AFTER_EXPORT
    return known.progress in WRITTEN and bool(known.payload_hash) and not is_told and changed != known.shop_modified_at


def _look(services: Services, known: LedgerOrder, run: RunRef) -> None:
    _, order = services.read(known.order_id)
    if order.state is not ShopState.PROCESSING or not is_edited(known, order):
        return
    with services.ledger.claim(known.order_id, run) as claim:
        if claim.order.payload_hash == known.payload_hash:  # otherwise it was sent or resolved since it was read
            flag_if_edited(claim, order, Step.PUSH)

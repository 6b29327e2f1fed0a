"""Is an order online if it does not say so? The shop's lists decide before it is exported."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from orderflow.cloudsuite.client import CloudSuiteClient
from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason

_SECOND = timedelta(seconds=1)


def proved_online(shop: CloudSuiteClient, order: Order, *, api_timezone: str) -> Decision | None:
    """Return why an order is not exported if the shop's lists do not prove it online; None if they do.

    The list of online orders must contain it and that of offline orders must not: a shop that ignores the filter shows
    it in both.
    """
    online, offline = (_lists(shop, order, api_timezone, offline=offline) for offline in (False, True))
    if online and not offline:
        return None
    if offline and not online:
        return Decision(action=Action.SKIP, reason=Reason.OFFLINE)
    said = "both" if online else "neither"
    return Decision(
        action=Action.HOLD,
        reason=Reason.OFFLINE_UNKNOWN,
        detail=f"the shop lists it among {said} of online and offline orders",
    )


def _lists(shop: CloudSuiteClient, order: Order, api_timezone: str, *, offline: bool) -> bool:
    asked = ShopOrderFilter(reference=order.reference, offline=offline)
    if order.confirmed_at is not None:  # so that a shop that ignores `reference` does not list all its orders
        local = order.confirmed_at.astimezone(ZoneInfo(api_timezone)).replace(tzinfo=None)
        bounds = {
            "confirm_date__gte": (local - _SECOND).isoformat(),
            "confirm_date__lte": (local + _SECOND).isoformat(),
        }
        asked = asked.model_copy(update=bounds)
    rows = shop.list_orders(asked)
    listed = any(row.id == order.order_id for row in rows)
    if rows.short and not listed:  # the list may lack it: that proves nothing
        raise rows.short
    return listed

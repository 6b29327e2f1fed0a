"""Is an order that does not say so an offline one? The shop's lists decide."""

from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orderflow.cloudsuite.client import CloudSuiteClient
from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ALIVE
from orderflow.ledger.models.orders import LedgerOrder

_SECOND = timedelta(seconds=1)
_NOT_OURS_SO_FAR = frozenset({None, Action.SKIP, Action.MARK})


class Listed(NamedTuple):
    """In which of the shop's two lists an order is: one that is in both, or in neither, may be either."""

    online: bool
    offline: bool

    @property
    def is_online(self) -> bool:
        """Whether it certainly is."""
        return self.online and not self.offline

    @property
    def is_offline(self) -> bool:
        """Whether it certainly is."""
        return self.offline and not self.online


def is_in_question(order: Order, decision: Decision, known: LedgerOrder | None) -> bool:
    """Whether it matters what an order is that does not say so: before it is sent, or when it is not ours so far."""
    if order.offline is not None:
        return False
    if is_export(decision):
        return True
    new = known is None or known.decision in _NOT_OURS_SO_FAR
    return new and order.state in ALIVE and decision.reason is not Reason.OUTSIDE_WINDOW


def is_export(decision: Decision) -> bool:
    """Whether an order is to be sent that nobody has begun to send."""
    return decision.action is Action.PROCESS and decision.reason is not Reason.RESUMED


def offline_unknown(listed: Listed) -> Decision:
    """Hold an order of which the lists do not say what it is."""
    said = "both" if listed.online else "neither"
    detail = f"the shop lists it among {said} of online and offline orders"
    return Decision(action=Action.HOLD, reason=Reason.OFFLINE_UNKNOWN, detail=detail)


def listed_as(shop: CloudSuiteClient, order: Order, *, api_timezone: str) -> Listed:
    """Ask both lists for an order; a shop that ignores the filter has it in both.

    OrderflowError when a list may lack it.
    """
    online, offline = (_lists(shop, order, api_timezone, offline=offline) for offline in (False, True))
    return Listed(online, offline)


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

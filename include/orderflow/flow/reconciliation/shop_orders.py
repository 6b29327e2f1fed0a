"""The shop's side of a comparison: the orders confirmed in a window, each read once. Reads only."""

import logging
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from orderflow.cloudsuite.filters import OrderFilter
from orderflow.cloudsuite.mapper import to_instant
from orderflow.cloudsuite.models import OrderRow
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError, TransientError
from orderflow.flow.services import Services

log = logging.getLogger(__name__)


class ShopSide(NamedTuple):
    """The orders, the ids of those that are offline orders, and what could not be read."""

    orders: Sequence[Order]
    offline: Collection[int]
    errors: Sequence[OrderflowError]


def read_shop(services: Services, window: Window, also: Collection[int], webshop: int | None) -> ShopSide:
    """Read the window's online and offline orders, and those of the ids `also`, of one webshop or of all.

    A shop that ignores the filter `offline` lists all orders both times; then only an order itself can say what it is.
    """
    online = _list(services, window, webshop, offline=False)
    offline = _list(services, window, webshop, offline=True)
    read = services.in_parallel(lambda order_id: read_order(services, order_id), sorted({*online, *offline, *also}))
    orders = [
        order
        for order in read
        if isinstance(order, Order)
        and webshop in {None, order.key.webshop}
        and (order.confirmed_at is None or order.confirmed_at in window or order.key.order_id in also)
    ]
    log.info("shop: %d orders listed, %d of them confirmed in %s", len(online | offline), len(orders), window.key)
    return ShopSide(
        orders=orders,
        offline={order.key.order_id for order in orders if _is_offline(order, offline - online)},
        errors=[error for error in read if isinstance(error, OrderflowError)],
    )


def read_order(services: Services, order_id: int) -> Order | OrderflowError | None:
    """Read an order; None when the shop has none, the error when only this order is the matter."""
    return _isolated(lambda: services.read(order_id)[1])


def find_order(services: Services, external_reference: str) -> Order | OrderflowError | None:
    """Find an order by its name in the ERP; else the same."""
    webshop, _, reference = external_reference.partition("/")
    return _isolated(lambda: services.understand(services.shop.find_order(reference, webshop=int(webshop))))


def _isolated(read: Callable[[], Order]) -> Order | OrderflowError | None:
    """Read one order in isolation: TransientError still ends everything."""
    try:
        return read()
    except TransientError:
        raise
    except OrderflowError as error:
        return None if error.reason is Reason.ORDER_NOT_FOUND else error


def _list(services: Services, window: Window, webshop: int | None, *, offline: bool) -> set[int]:
    zone = services.settings.api_timezone
    first, last = window.api_bounds(zone)
    rows = services.shop.list_orders(
        OrderFilter(confirm_date__gte=first, confirm_date__lte=last, offline=offline, webshop=webshop)
    )
    return {row.id for row in rows if _may_be_of(row, window, zone)}


def _may_be_of(row: OrderRow, window: Window, zone: str) -> bool:
    """Whether it can have been confirmed in the window, for that changes it: a shop may ignore the filters."""
    modified = to_instant(row.modified_date, zone)
    return modified is None or modified >= window.start


def _is_offline(order: Order, listed_as_offline_only: Collection[int]) -> bool:
    return bool(order.offline) or (order.offline is None and order.key.order_id in listed_as_offline_only)

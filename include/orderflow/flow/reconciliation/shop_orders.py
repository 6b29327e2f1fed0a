"""The shop's side of a comparison: the orders confirmed in a window, each read once. Only reads."""

import logging
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import NamedTuple

from orderflow.cloudsuite.mapper import to_instant
from orderflow.cloudsuite.models import ListedOrder
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError
from orderflow.flow.batch import errors, isolated, values
from orderflow.flow.services import Services

log = logging.getLogger(__name__)


class ShopSide(NamedTuple):
    """The orders, the ids of the offline ones, and what could not be read."""

    orders: Sequence[Order]
    offline: Collection[int]
    errors: Sequence[OrderflowError]


def read_shop(services: Services, window: Window, also: Collection[int], webshop: int | None) -> ShopSide:
    """Read the window's online and offline orders, and those with the ids `also`, of one webshop or all.

    A shop that ignores the filter `offline` lists all orders both times; then only the order itself can tell.
    """
    online, short_online = _list(services, window, webshop, offline=False)
    offline, short_offline = _list(services, window, webshop, offline=True)
    ids = sorted({*online, *offline, *also})
    read = services.each(lambda order_id: read_order(services, order_id), ids, lambda order_id: f"id {order_id}")
    orders = [
        order
        for order in values(read)
        if order is not None
        and webshop in {None, order.webshop}
        and (order.confirmed_at is None or order.confirmed_at in window or order.order_id in also)
    ]
    log.info("shop: %d orders listed, %d of them confirmed in %s", len(online | offline), len(orders), window.key)
    return ShopSide(
        orders=orders,
        offline={order.order_id for order in orders if _is_offline(order, offline - online)},
        errors=[*errors(read), *errors([short_online, short_offline])],
    )


def read_order(services: Services, order_id: int) -> Order | None:
    """Read an order; None if the shop does not have it."""
    return _unless_gone(lambda: services.read(order_id)[1])


def find_order(services: Services, external_reference: str) -> Order | None:
    """Find an order by its name in the ERP; otherwise the same."""
    webshop, _, reference = external_reference.partition("/")
    return _unless_gone(lambda: services.understand(services.shop.find_order(reference, webshop=int(webshop))))


def _unless_gone(read: Callable[[], Order]) -> Order | None:
    try:
        return read()
    except OrderflowError as error:
        if error.reason is Reason.ORDER_NOT_FOUND:
            return None
        raise


def _list(
    services: Services, window: Window, webshop: int | None, *, offline: bool
) -> tuple[set[int], OrderflowError | None]:
    """Return the ids, and what the list is known to lack."""
    zone = services.settings.api_timezone
    rows = services.list_window(window, offline=offline, webshop=webshop)
    # An unreadable row (an error, which is true) may belong to any window: its details decide.
    ids = {row.id for row in rows if isolated(partial(_may_be_of, row, window, zone), f"id {row.id}")}
    return ids, rows.short


def _may_be_of(row: ListedOrder, window: Window, zone: str) -> bool:
    """Whether it can have been confirmed in the window, judged by its last change: a shop may ignore the filters."""
    modified = to_instant(row.modified_date, zone)
    return modified is None or modified >= window.start


def _is_offline(order: Order, listed_as_offline_only: Collection[int]) -> bool:
    return bool(order.offline) or (order.offline is None and order.order_id in listed_as_offline_only)

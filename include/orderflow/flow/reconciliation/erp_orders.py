"""The ERP's side of a comparison: its orders by their name in the ERP. Only reads."""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderflow.domain.order import Order
from orderflow.domain.reconciliation import ErpOrder
from orderflow.erp.models import ListedSalesOrder, SalesOrder
from orderflow.erp.port import UnreadableRow
from orderflow.errors import OrderflowError
from orderflow.flow.services import Services
from orderflow.ledger.orders.conditions import is_order_id

log = logging.getLogger(__name__)


class ErpSide(NamedTuple):
    """What the ERP lists."""

    by_name: dict[str, list[ErpOrder]]
    """By external reference, in order of creation."""
    foreign_numbers: Collection[str]
    """Numbers of orders without a shop's reference: somebody entered them in the ERP by hand."""
    unreadable: Mapping[str, OrderflowError]
    """Errors of unreadable rows, by reference as far as it can be read."""


def read_erp(services: Services, since: datetime, webshop: int | None) -> ErpSide:
    """List the orders created since then that have a reference of one webshop, or of any."""
    rows = list(services.erp.orders_since(since))
    listed = [row for row in rows if not isinstance(row, UnreadableRow)]
    unreadable = {row.name: row.error for row in rows if isinstance(row, UnreadableRow)}
    for name, error in unreadable.items():
        error.order = name
    by_name: dict[str, list[ErpOrder]] = {}
    for order in sorted(listed, key=lambda order: (order.created_at, order.number)):
        shop = webshop_of(order.external_reference)
        if shop is not None and webshop in {None, shop}:
            by_name.setdefault(order.external_reference, []).append(_listed(order))
    log.info("ERP: %d orders listed, under %d references of the shop", len(listed), len(by_name))
    foreign = {order.number for order in listed if webshop_of(order.external_reference) is None}
    return ErpSide(by_name, foreign, unreadable)


def find_erp_orders(services: Services, names: Collection[str]) -> tuple[ErpOrder, ...]:
    """Look orders up by name, because an unlisted order may be older than the listing; without amounts."""
    return tuple(_found(order) for name in names if (order := services.erp.find(name)))


def not_anothers(services: Services, order: Order, found: Sequence[ErpOrder]) -> tuple[ErpOrder, ...]:
    """Leave out orders created from, or assigned in the ledger to, another order of the shop: names repeat."""
    unsaid = [one.number for one in found if one.shop_order_id is None]
    known = services.ledger.by_erp_number(*unsaid) if unsaid else []

    def is_anothers(one: ErpOrder) -> bool:
        owners = {owner.order_id for owner in known if owner.erp_number == one.number} | {one.shop_order_id} - {None}
        return bool(owners) and order.order_id not in owners

    return tuple(one for one in found if not is_anothers(one))


def webshop_of(external_reference: str) -> int | None:
    """Return the webshop in a reference; None if this flow cannot have made it."""
    webshop, slash, reference = external_reference.partition("/")
    return int(webshop) if slash and reference and is_order_id(webshop) else None


def _listed(order: ListedSalesOrder) -> ErpOrder:
    facts = {
        "corrections": order.corrections,
        "total": order.total,
        "currency": order.currency,
        "created_at": order.created_at,
    }
    return _found(order).model_copy(update=facts)


def _found(order: SalesOrder) -> ErpOrder:
    numbers = tuple(line.line_number for line in order.lines)
    return ErpOrder(
        number=order.number,
        shop_order_id=order.shop_order_id,
        status=order.status,
        line_numbers=numbers,
        customer_code=order.buyer.code if order.buyer else None,
        ship_to=order.ship_to.ref if order.ship_to else None,
    )

"""Whose packing slip is it? A slip names its orders by their ERP numbers, and an ERP may change or repeat a number."""

from collections.abc import Sequence
from typing import NamedTuple

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import Shipment, ShipmentProgress
from orderflow.flow.services import Services
from orderflow.flow.shipments.eligibility import Eligibility
from orderflow.ledger.models.orders import LedgerOrder


class Whose(NamedTuple):
    """The orders of a slip that the ledger knows, by the slip's number; `unclear` if a number is of one of several."""

    orders: dict[str, LedgerOrder]
    unclear: Eligibility | None = None


def whose(services: Services, shipment: Shipment) -> Whose:
    """Return the slip's orders: those that the ERP names, otherwise by number.

    Of several with one number it is the only one that has the delivered lines. The shop gets the number and the
    webshop: two orders of one webshop with one number it cannot tell apart.
    """
    orders = dict[str, LedgerOrder]()
    for number in shipment.order_numbers:
        named = _named(services, shipment, number)
        some = _sharing(services, named) if named else _numbered(services, shipment, number)
        fitting = some if len(some) == 1 or named else _fitting(services, shipment, number, some)
        if some and len(fitting) != 1:
            called = " and ".join(f"order id {order.order_id} ({order.name})" for order in some)
            detail = f"ERP order {number} is {called}: the slip may be of either"
            return Whose({}, Eligibility(ShipmentProgress.HELD, Reason.ERP_NUMBER_CONFLICT, detail))
        if fitting:
            orders[number] = fitting[0]
    return Whose(orders)


def _named(services: Services, shipment: Shipment, number: str) -> LedgerOrder | None:
    """Return the order that the ERP says it is: by the shop's id, otherwise by name; None if the ledger has none."""
    order_id, name = shipment.shop_order_ids.get(number), shipment.external_references.get(number)
    if order_id is not None:
        return services.ledger.get(order_id)
    return services.ledger.by_external_reference([name]).get(name) if name else None


def _sharing(services: Services, named: LedgerOrder) -> Sequence[LedgerOrder]:
    """Return an order, with the others of its webshop that have its number: the shop cannot tell these apart."""
    others = services.ledger.by_erp_number(named.erp_number) if named.erp_number else []
    return [named, *(o for o in others if o.order_id != named.order_id and o.webshop == named.webshop)]


def _numbered(services: Services, shipment: Shipment, number: str) -> Sequence[LedgerOrder]:
    """Return the orders that have this number, otherwise those that had it before the ERP gave them another one.

    None if the ERP says that it is of an order that the ledger does not know.
    """
    if number in shipment.shop_order_ids:
        return []
    return services.ledger.by_erp_number(number) or services.ledger.by_former_number(number)


def _fitting(services: Services, shipment: Shipment, number: str, some: Sequence[LedgerOrder]) -> Sequence[LedgerOrder]:
    """Return those that have every delivered line, with its product; all of them if the shop cannot tell them apart."""
    if len({order.webshop for order in some}) < len(some):
        return some
    delivered = {(item.line_number, item.product_key) for item in shipment.items if item.order_number == number}
    return [order for order in some if delivered and delivered <= _lines(services, order)]


def _lines(services: Services, order: LedgerOrder) -> set[tuple[int | None, str | None]]:
    """Return the ERP line number and product key of each line, as the shop shows them."""
    shown = services.understand(services.shop.get_order(order.order_id)).lines
    return {(line.erp_line_number, line.product.key if line.product else None) for line in shown}

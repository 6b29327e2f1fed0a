"""Whose packing slip is it? A slip names its orders by their ERP numbers, and an ERP may use a number again."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import Shipment, ShipmentProgress
from orderflow.flow.services import Services
from orderflow.flow.shipments.eligibility import Eligibility
from orderflow.ledger.models.orders import LedgerOrder


class Whose(NamedTuple):
    """The orders of a slip that the ledger knows, by ERP number; `unclear` if a number could be either of several."""

    orders: dict[str, LedgerOrder]
    unclear: Eligibility | None = None


def whose(services: Services, shipment: Shipment) -> Whose:
    """Return the slip's orders; of several with one number, the only one that has the delivered lines.

    The shop gets the number and the webshop: two orders of one webshop with one number it cannot tell apart.
    """
    having: dict[str, list[LedgerOrder]] = defaultdict(list)
    for order in services.ledger.by_erp_number(*shipment.order_numbers):
        having[order.erp_number or ""].append(order)
    orders = dict[str, LedgerOrder]()
    for number, some in having.items():
        fitting = some if len(some) == 1 else _fitting(services, shipment, number, some)
        if len(fitting) != 1:
            named = " and ".join(f"order id {order.order_id} ({order.name})" for order in some)
            detail = f"ERP order {number} is {named}: the slip may be of either"
            return Whose({}, Eligibility(ShipmentProgress.HELD, Reason.ERP_NUMBER_CONFLICT, detail))
        orders[number] = fitting[0]
    return Whose(orders)


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

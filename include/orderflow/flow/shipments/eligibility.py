"""May this packing slip be sent to the shop now? A message can be sent only once, so nothing is guessed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.last_step import FINISHED_HERE
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import Shipment, ShipmentItem, ShipmentProgress
from orderflow.domain.states import ShopState
from orderflow.errors import PermanentError
from orderflow.flow.exported import Exported, line_numbers
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder


class Eligibility(NamedTuple):
    """Why a slip is not sent now, and its resulting progress."""

    progress: ShipmentProgress
    reason: Reason
    detail: str


def check_eligibility(
    services: Services,
    shipment: Shipment,
    orders: Mapping[str, LedgerOrder],
    *,
    known_since: datetime,
    forced: bool = False,
) -> Eligibility | Mapping[str, LedgerOrder]:
    """Return why a slip may not be sent now or, if it may, its orders with the webshop that each has now.

    Reads its orders afresh from the shop.

    `orders` are those of its orders that the ledger knows, by ERP number. `forced`: a person says that the others are
    not the shop's, and that the slip must be sent now.
    """
    if not orders:
        return Eligibility(
            ShipmentProgress.SKIPPED, Reason.NOT_A_SHOP_ORDER, f"orders {', '.join(shipment.order_numbers)}"
        )
    if apart := _of_two_webshops(orders):
        return apart
    if all(services.last_step(order) in FINISHED_HERE for order in orders.values()):
        detail = f"webshop {', '.join(_webshops(orders))}"
        return Eligibility(ShipmentProgress.SKIPPED, Reason.NO_DELIVERY_MESSAGES, detail)
    gaps = shipment.missing()
    if gaps:
        return Eligibility(ShipmentProgress.HELD, Reason.SLIP_INCOMPLETE, f"missing: {', '.join(gaps)}")
    unknown = [number for number in shipment.order_numbers if number not in orders]
    if unknown and not forced:
        return Eligibility(ShipmentProgress.OPEN, Reason.SLIP_PARTLY_UNKNOWN, f"unknown: {', '.join(unknown)}")
    wait = None if forced else _awaits_tracking(services, shipment, known_since)
    return wait or _as_shown(services, shipment, orders)


def _webshops(orders: Mapping[str, LedgerOrder]) -> list[str]:
    return [str(webshop) for webshop in sorted({o.webshop for o in orders.values() if o.webshop is not None})]


def _of_two_webshops(orders: Mapping[str, LedgerOrder]) -> Eligibility | None:
    webshops = _webshops(orders)
    if len(webshops) <= 1:
        return None
    return Eligibility(ShipmentProgress.HELD, Reason.SLIP_OF_TWO_WEBSHOPS, f"webshops {', '.join(webshops)}")


def _awaits_tracking(services: Services, shipment: Shipment, known_since: datetime) -> Eligibility | None:
    """Wait for a tracking code that may still come: the shop accepts a slip once, so a later code would be lost."""
    patience = timedelta(hours=services.settings.limits.slip_tracking_hours)
    if not shipment.carrier or shipment.tracking_code or services.now() - known_since >= patience:
        return None
    return Eligibility(ShipmentProgress.OPEN, Reason.TRACKING_AWAITED, f"by {shipment.carrier}, without a code")


def _as_shown(
    services: Services, shipment: Shipment, orders: Mapping[str, LedgerOrder]
) -> Eligibility | Mapping[str, LedgerOrder]:
    """Return the first problem that one of the orders has, otherwise the orders as the shop shows them.

    One may have moved to another webshop. The message names it by the number that the shop knows.
    """
    shown = dict[str, LedgerOrder]()
    for number, order in orders.items():
        shop_order = services.shop.get_order(order.order_id)
        items = [item for item in shipment.items if item.order_number == number]
        shown_order = services.understand(shop_order)
        verdict = _of_order(shop_order, {number, order.erp_number}, shipment) or _of_lines(shown_order, order, items)
        same_products = _same_products(items, shown_order)
        if verdict is None and (order.erp_number != number or not same_products):
            verdict = _in_erp(services, order, number, {number, order.erp_number if same_products else number})
        if verdict:
            return verdict._replace(detail=f"{order.name}: {verdict.detail}")
        webshop = order.webshop if shop_order.webshop is None else shop_order.webshop
        shown[number] = order.model_copy(update={"webshop": webshop, "erp_number": shop_order.erp_order_number})
    return _of_two_webshops(shown) or shown


def _of_order(shop_order: ShopOrder, numbers: Collection[str | None], shipment: Shipment) -> Eligibility | None:
    """Check one order: the shop matches a message by ERP number and line numbers, so it must have them first."""
    if shop_order.state == ShopState.CANCEL:
        return Eligibility(ShipmentProgress.HELD, Reason.CANCELLED_AFTER_EXPORT, f"delivered by {shipment.number}")
    if shop_order.erp_order_number is None or shop_order.erp_order_number not in numbers:
        known = " or ".join(sorted(number for number in numbers if number))
        has = f"the shop has ERP number {shop_order.erp_order_number}, the slip {known}"
        return Eligibility(ShipmentProgress.OPEN, Reason.NUMBERS_NOT_IN_SHOP, has)
    return None


def _in_erp(services: Services, known: LedgerOrder, number: str, allowed: Collection[str | None]) -> Eligibility | None:
    """Ask the ERP about an order that it may have renumbered: the slip may be another's, or its lines may be others.

    `allowed` are the numbers of which it must have one now.
    """
    found = services.erp.find(known.external_reference or known.name, known.order_id)
    if found is None or found.shop_order_id not in {None, known.order_id}:
        doubt = "and the ERP does not find it"
    elif found.number not in allowed:
        doubt = f"and {found.number} in the ERP"
    elif known.erp_lines and found.line_numbers != known.erp_lines:
        doubt = "with other line numbers or products"
    else:
        return None
    detail = f"it is ERP order {known.erp_number} in the ledger and {number} on the slip, {doubt}"
    return Eligibility(ShipmentProgress.HELD, Reason.SLIP_LINE_UNKNOWN, detail)


def _same_products(items: Sequence[ShipmentItem], order: Order) -> bool:
    """Whether slip and shop call the products alike. An ERP may have names of its own: then only it can say."""
    products = {line.erp_line_number: line.product.key if line.product else None for line in order.lines}
    return all(products.get(item.line_number) == item.product_key for item in items)


def _of_lines(order: Order, known: LedgerOrder, items: Sequence[ShipmentItem]) -> Eligibility | None:
    """Check the lines: a message is only sent if its lines are proved to be those that were delivered."""
    given = {line.erp_line_number: line for line in order.lines}
    if None in given:
        return Eligibility(ShipmentProgress.OPEN, Reason.NUMBERS_NOT_IN_SHOP, "lines without an ERP line number")
    strange = sorted({item.line_number for item in items} - given.keys())
    if strange:
        return Eligibility(ShipmentProgress.HELD, Reason.SLIP_LINE_UNKNOWN, f"line {', '.join(map(str, strange))}")
    mixed_up = sorted({item.line_number for item in items if not _is_proved(item, order, known)})
    if mixed_up:
        what = f"line {', '.join(map(str, mixed_up))} of the ERP is on another line in the shop"
        return Eligibility(ShipmentProgress.HELD, Reason.SLIP_LINE_UNKNOWN, what)
    return None


def _is_proved(item: ShipmentItem, order: Order, known: LedgerOrder) -> bool:
    """Whether the line with this number is the one the ERP gave it to: by the ledger, otherwise by its product."""
    shown = next(line for line in order.lines if line.erp_line_number == item.line_number)
    if known.erp_lines:
        try:
            return line_numbers(order, Exported.of(known))[shown.position] == item.line_number
        except PermanentError:
            return False
    return shown.product is not None and shown.product.key == item.product_key

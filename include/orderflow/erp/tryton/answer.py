"""A Tryton sale as an order of the port."""

from collections.abc import Mapping, Sequence
from typing import Any

from orderflow.domain.order import ProductKey
from orderflow.erp.models import AcceptedLine, ListedSalesOrder, SalesOrder
from orderflow.erp.tryton.line_key import LineKey, originals
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.sale import Sale, SaleLine


def to_sales_order(sale: Sale, options: TrytonOptions) -> SalesOrder:
    """Translate a sale. Line numbers are the ids of its lines: those stay when lines are reordered."""
    return SalesOrder.model_validate(_values(sale, options))


def to_listed(sale: Sale, options: TrytonOptions, corrections: Sequence[str] = ()) -> ListedSalesOrder:
    """Translate a sale for a listing."""
    facts = {"currency": sale.currency.code, "created_at": sale.create_date, "corrections": corrections}
    return ListedSalesOrder.model_validate({**_values(sale, options), **facts})


def ordered_product(key: LineKey, code: str | None, options: TrytonOptions) -> ProductKey:
    """Return the product with this code: the one ordered, unless somebody has replaced it."""
    return key.product if options.code_of_product(key.product) == code else ProductKey(origin="", key=code or "")


def missing_effects(sale: Sale) -> str:
    """Describe what a sale in processing should have led to by its methods, but has not."""
    if sale.state not in {"processing", "done"}:
        return ""
    goods = any(line.movable and (line.quantity or 0) > 0 for line in sale.lines)
    found = []
    if sale.shipment_method == "order" and goods and sale.shipment_state == "none":
        found.append("no shipment")
    if sale.invoice_method == "order" and any(line.quantity for line in sale.lines) and sale.invoice_state == "none":
        found.append("no invoice")
    return f"it is {sale.state} and has {' and '.join(found)}" if found else ""


def _values(sale: Sale, options: TrytonOptions) -> dict[str, Any]:
    lines = originals(sale.lines)
    keys = {line.key for line in lines.values() if line.key}
    customers = {options.customer_of(identifier.code) for identifier in sale.party.identifiers} - {None}
    place = sale.shipment_address
    tied = place.identifiers if place and place.active else ()  # a deactivated address has lost some of its identifiers
    addresses = {options.address_of(identifier.code) for identifier in tied} - {None}
    return {
        "number": sale.number or "",
        "external_reference": sale.web_id,
        "shop_order_id": min((key.order_id for key in keys), default=None),
        "customer": customers.pop() if len(customers) == 1 else None,
        "buyer": {"code": sale.party.code},
        "ship_to": {"id": addresses.pop()} if len(addresses) == 1 else None,
        "status": sale.state,
        "total": sale.untaxed_amount,
        "missing_effects": missing_effects(sale),
        "lines": _keyed(lines, options) if lines else _by_sequence(sale),
    }


def _keyed(lines: Mapping[int, SaleLine], options: TrytonOptions) -> tuple[AcceptedLine, ...]:
    return tuple(
        AcceptedLine.model_validate(
            {
                "position": position,
                "line_number": line.id,
                "product": ordered_product(line.key, line.product.code if line.product else None, options),
                "quantity": line.quantity,
                "unit_price": line.unit_price,
            }
        )
        for position, line in lines.items()
        if line.key
    )


def _by_sequence(sale: Sale) -> tuple[AcceptedLine, ...]:
    """Return the lines of a sale from before lines had keys: their position was their sequence."""
    return tuple(
        AcceptedLine(position=line.sequence, line_number=line.id)
        for line in sorted(sale.lines, key=lambda line: line.sequence or 0)
        if line.type == "line" and line.sequence is not None
    )

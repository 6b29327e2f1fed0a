"""An order as the field values of a sale."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from orderflow.erp.models import SalesOrderLine, SalesOrderRequest
from orderflow.erp.tryton.line_key import LineKey
from orderflow.erp.tryton.master_data import MasterData
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.products import Product
from orderflow.erp.tryton.sale import Sale
from orderflow.erp.tryton.texts import placed_texts

PRICE_DIGITS = Decimal("0.0001")
"""Tryton refuses a unit price with more decimals, even if they are zeros."""
NAMES = ("company", "web_shop", "web_id")
"""What identifies an order's sale. Everything else from an earlier attempt may be rewritten."""


def to_values(request: SalesOrderRequest, data: MasterData, options: TrytonOptions) -> dict[str, Any]:
    """Translate an order into the values of a new sale.

    Nothing is sent that Tryton fills in itself. The taxes are the product's; `form` applies the party's tax rules.
    """
    values: dict[str, Any] = {
        "company": data.web_shop.company,
        "currency": data.web_shop.currency.id,
        "web_shop": data.web_shop.id,
        "web_id": request.external_reference,
        "reference": reference_of(request),
        "description": described(request, options),
        "comment": request.remarks,
        "sale_date": request.order_date,
        "party": data.customer.party,
        "invoice_address": data.customer.invoice.address,
        "shipment_address": data.customer.shipment.address,
        **data.terms,
        "lines": [["create", _to_lines(request, data, options)]],
    }
    if data.customer.contact is not None:
        values["contact"] = data.customer.contact
    if data.customer.invoice.party != data.customer.party:
        values["invoice_party"] = data.customer.invoice.party
    if data.customer.shipment.party != data.customer.party:
        values["shipment_party"] = data.customer.shipment.party
    if data.web_shop.warehouses:
        values["warehouse"] = data.web_shop.warehouses[0]
    wish = request.requested_delivery_date
    if wish and wish >= request.order_date:
        days = timedelta(days=options.delivery_days)
        values["shipping_date"] = max(wish - days, request.order_date)  # Tryton refuses a date before the sale's own
    return values


def to_changes(sale: Sale, request: SalesOrderRequest, data: MasterData, options: TrytonOptions) -> dict[str, Any]:
    """Translate an order into the changes to its draft. Its lines are replaced in one request."""
    values = to_values(request, data, options)
    lines = [["delete", [line.id for line in sale.lines]], *values["lines"]]
    cleared = dict.fromkeys(("contact", "invoice_party", "shipment_party", "shipping_date"))
    return {**cleared, **{name: value for name, value in values.items() if name not in NAMES}, "lines": lines}


def reference_of(request: SalesOrderRequest) -> str:
    """Return the name that customer and shop use. Tryton prints it on shipments and invoices and searches by it.

    It refuses line breaks and tabs there, which people paste.
    """
    names = (" ".join((name or "").split()) for name in (request.customer_order_number, request.shop_reference))
    return " / ".join(dict.fromkeys(filter(None, names)))


def described(request: SalesOrderRequest, options: TrytonOptions) -> str:
    """Describe the sale by the shop's reference and how it is paid, which people see in every list of sales."""
    paid = options.terms_for(request.payment_status).text or request.payment_status
    return ", ".join(filter(None, (request.shop_reference, paid)))


def _to_lines(request: SalesOrderRequest, data: MasterData, options: TrytonOptions) -> list[dict[str, Any]]:
    """Return all lines of the sale: what was ordered, and each text in its place."""
    texts = placed_texts(request)
    sequences = sorted({*range(1, len(request.lines) + len(texts) + 1)} - texts.keys())
    ordered = [
        _to_line(request, line, sequence, data, options)
        for line, sequence in zip(request.lines, sequences, strict=True)
    ]
    return ordered + [{"sequence": sequence, **text._asdict()} for sequence, text in texts.items()]


def _to_line(
    request: SalesOrderRequest, line: SalesOrderLine, sequence: int, data: MasterData, options: TrytonOptions
) -> dict[str, Any]:
    product = data.products[line.product]
    return {
        "sequence": sequence,
        "product": product.id,
        "unit": _unit(product, options),
        "quantity": float(line.quantity),
        "unit_price": _price(line.unit_price),
        "description": line.description,
        "note": LineKey(request.shop_order_id, line.position, line.product).note,
        "taxes": [["add", list(product.taxes)]] if options.taxes == "form" else [],
    }


def _unit(product: Product, options: TrytonOptions) -> int:
    template = product.template
    wanted = template.sale_uom if options.unit == "sale" else None
    return (wanted or template.default_uom).id


def _price(price: Decimal) -> Decimal:
    short = price.quantize(PRICE_DIGITS)
    return short if short == price else price

"""A sale in Tryton: written from an order, and read back as one."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from orderflow.erp.models import AcceptedLine, ListedSalesOrder, SalesOrder, SalesOrderLine, SalesOrderRequest
from orderflow.erp.tryton.master_data import MasterData, Product
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.wire import Record

SALE = "sale.sale"
PRICE_DIGITS = Decimal("0.0001")
"""Tryton refuses a unit price with more decimals, also when they are zeros."""


NAMES = ("company", "web_shop", "web_id")
"""What makes a sale the sale of an order; the rest of an earlier attempt may be rewritten."""


class _Line(Record):
    type: str
    sequence: int | None
    product: int | None
    quantity: Decimal | None
    unit_price: Decimal | None


class _Currency(Record):
    code: str


class Sale(Record):
    """A sale as read; `number` is empty until it is quoted."""

    number: str | None
    web_id: str
    state: str
    party: int
    currency: _Currency
    untaxed_amount: Decimal
    lines: tuple[_Line, ...]
    create_date: datetime
    create_uid: int
    write_uid: int | None


FIELDS = (
    *(
        "number",
        "web_id",
        "state",
        "party",
        "currency.code",
        "untaxed_amount",
        "create_date",
        "create_uid",
        "write_uid",
    ),
    *("lines.type", "lines.sequence", "lines.product", "lines.quantity", "lines.unit_price"),
)


def to_values(request: SalesOrderRequest, data: MasterData, options: TrytonOptions) -> dict[str, Any]:
    """Translate an order into the values of a new sale.

    What Tryton's own forms fill in by themselves (unit, taxes, payment term) is not filled in over REST: it is sent.
    """
    values = {
        "company": data.web_shop.company,
        "currency": data.web_shop.currency.id,
        "web_shop": data.web_shop.id,
        "web_id": request.external_reference,
        "reference": request.customer_order_number or request.shop_reference,
        "description": request.shop_reference,
        "comment": request.remarks,
        "sale_date": request.order_date,
        "party": data.party,
        "payment_term": data.payment_term,
        "invoice_address": data.invoice.address,
        "shipment_address": data.shipment.address,
        "lines": [["create", [_to_line(line, data, options) for line in request.lines]]],
    }
    if data.invoice.party != data.party:
        values["invoice_party"] = data.invoice.party
    if data.shipment.party != data.party:
        values["shipment_party"] = data.shipment.party
    if data.web_shop.warehouses:
        values["warehouse"] = data.web_shop.warehouses[0]
    wish = request.requested_delivery_date
    if wish and wish >= request.order_date:  # Tryton refuses a day before the sale's own
        values["shipping_date"] = wish
    return values


def to_changes(sale: Sale, request: SalesOrderRequest, data: MasterData, options: TrytonOptions) -> dict[str, Any]:
    """Translate an order into what a draft of it has to be changed to; its lines are replaced, in one go."""
    values = to_values(request, data, options)
    lines = [["delete", [line.id for line in sale.lines]], *values["lines"]]
    cleared = dict.fromkeys(("invoice_party", "shipment_party", "shipping_date"))
    return {**cleared, **{name: value for name, value in values.items() if name not in NAMES}, "lines": lines}


def _to_line(line: SalesOrderLine, data: MasterData, options: TrytonOptions) -> dict[str, Any]:
    product = data.products[line.product]
    return {
        "sequence": line.position,
        "product": product.id,
        "unit": _unit(product, options),
        "quantity": float(line.quantity),
        "unit_price": _price(line.unit_price),
        "description": line.description,
        "taxes": [["add", list(product.taxes)]] if options.taxes == "product" else [],
    }


def _unit(product: Product, options: TrytonOptions) -> int:
    template = product.template
    wanted = template.sale_uom if options.unit == "sale" else None
    return (wanted or template.default_uom).id


def _price(price: Decimal) -> Decimal:
    short = price.quantize(PRICE_DIGITS)
    return short if short == price else price


def is_begun_only(sale: Sale, options: TrytonOptions) -> bool:
    """Whether this adapter made the sale and has not brought it to where it is wanted, and nobody else went on with it.

    A crash between two requests leaves such a sale; `create` takes it up again. One that was quoted and then put back
    to be rewritten is a draft with a number.
    """
    if not sale.number:
        return sale.state != "cancelled"
    before_the_end = {"draft", "quotation"} if options.confirm else {"draft"}
    return sale.state in before_the_end and is_untouched(sale)


def is_untouched(sale: Sale) -> bool:
    """Whether nobody but its creator has written to it."""
    return sale.write_uid in {None, sale.create_uid}


def same_content(sale: Sale, request: SalesOrderRequest, data: MasterData) -> bool:
    """Whether a sale holds what the order says now."""
    wanted = {line.position: (data.products[line.product].id, line.quantity, line.unit_price) for line in request.lines}
    held = {line.sequence: (line.product, line.quantity, line.unit_price) for line in sale.lines}
    return sale.party == data.party and len(sale.lines) == len(request.lines) and held == wanted


def to_sales_order(sale: Sale) -> SalesOrder:
    """Translate a numbered sale. Its line numbers are the ids of its lines: those stay when lines are moved about."""
    return SalesOrder(
        number=sale.number or "",
        external_reference=sale.web_id,
        status=sale.state,
        total=sale.untaxed_amount,
        lines=_accepted(sale),
    )


def to_listed(sale: Sale) -> ListedSalesOrder:
    """Translate a numbered sale for a listing."""
    return ListedSalesOrder(
        number=sale.number or "",
        external_reference=sale.web_id,
        status=sale.state,
        total=sale.untaxed_amount,
        currency=sale.currency.code,
        created_at=sale.create_date,
        lines=_accepted(sale),
    )


def _accepted(sale: Sale) -> tuple[AcceptedLine, ...]:
    """Return the lines by position, which is their sequence; a line that people add in Tryton has none."""
    return tuple(
        AcceptedLine(position=line.sequence, line_number=line.id)
        for line in sorted(sale.lines, key=lambda line: line.sequence or 0)
        if line.type == "line" and line.sequence is not None
    )

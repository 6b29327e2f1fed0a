"""CloudSuite's words stop here: a wire order becomes a domain order."""

from datetime import datetime
from zoneinfo import ZoneInfo

from orderflow.cloudsuite.models import ShopOrder, ShopOrderLine, ShopProduct
from orderflow.domain.order import Order, OrderKey, OrderLine, ProductKey
from orderflow.domain.states import ShopState

GOODS_LINE = "line"
"""Lines of another type (subtotals, titles, remarks) are not goods and are not exported."""


def to_order(wire: ShopOrder, *, api_timezone: str, default_webshop: int) -> Order:
    """Translate an order as read; naive instants are read in `api_timezone`."""
    return Order(
        key=OrderKey(wire.webshop if wire.webshop is not None else default_webshop, wire.id),
        reference=wire.reference,
        state=_state(wire.state),
        payment_status=wire.payment_status,
        shipment_state=wire.shipment_state,
        offline=wire.offline,
        confirmed_at=to_instant(wire.confirm_date, api_timezone),
        modified_at=to_instant(wire.modified_date, api_timezone),
        order_date=wire.order_date,
        requested_delivery_date=wire.requested_delivery_date,
        customer_order_number=wire.customer_order_number or None,
        erp_order_number=wire.erp_order_number or None,
        currency=wire.currency or None,
        customer=wire.customer,
        shipment_address=wire.shipment_address,
        invoice_address=wire.invoice_address,
        remarks=wire.description or None,
        lines=tuple(_line(n, line) for n, line in enumerate(goods_lines(wire), start=1)),
    )


def goods_lines(wire: ShopOrder) -> list[ShopOrderLine]:
    """Return the lines that are goods, in the shop's sequence: line n of these is position n everywhere."""
    return [line for line in wire.order_lines if line.type in {GOODS_LINE, None}]


def _state(text: str | None) -> ShopState | None:
    return ShopState(text) if text in set(ShopState) else None


def to_instant(instant: datetime | None, api_timezone: str) -> datetime | None:
    """Return the instant that a naive timestamp of the API means."""
    if instant is None or instant.tzinfo is not None:
        return instant
    return instant.replace(tzinfo=ZoneInfo(api_timezone))


def _line(position: int, wire: ShopOrderLine) -> OrderLine:
    return OrderLine(
        position=position,
        line_id=wire.id,
        product=_product(wire.product),
        description=wire.description,
        quantity=wire.quantity,
        unit_price=wire.unit_price,
        erp_line_number=wire.erp_line_number,
    )


def _product(wire: ShopProduct | None) -> ProductKey | None:
    if wire is None or not wire.key:
        return None
    return ProductKey(origin=wire.origin or "", key=wire.key)

"""CloudSuite's words stop here: a wire order becomes a domain order."""

from datetime import datetime
from zoneinfo import ZoneInfo

from orderflow.cloudsuite.models import ShopOrder
from orderflow.cloudsuite.placing import NO_RULES, ChargeRules, ExportedLine, exported_lines, place
from orderflow.domain import charges as domain_charges
from orderflow.domain.order import Order, OrderKey, OrderLine
from orderflow.domain.states import ShopState

GOODS_LINE, goods_lines = domain_charges.GOODS_LINE, exported_lines


def to_order(wire: ShopOrder, *, api_timezone: str, default_webshop: int, charges: ChargeRules = NO_RULES) -> Order:
    """Translate an order as read; naive instants are read in `api_timezone`, `charges` place what is not goods."""
    placed = place(wire, charges)
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
        lines=tuple(_line(n, line) for n, line in enumerate(placed.lines, start=1)),
        charges=placed.charges,
        unplaced=placed.unplaced,
        paid_amount=wire.paid_amount,
    )


def _state(text: str | None) -> ShopState | None:
    return ShopState(text) if text in set(ShopState) else None


def to_instant(instant: datetime | None, api_timezone: str) -> datetime | None:
    """Return the instant that a naive timestamp of the API means."""
    if instant is None or instant.tzinfo is not None:
        return instant
    return instant.replace(tzinfo=ZoneInfo(api_timezone))


def _line(position: int, exported: ExportedLine) -> OrderLine:
    wire = exported.line
    return OrderLine(
        position=position,
        line_id=wire.id,
        product=exported.product,
        description=wire.description,
        quantity=wire.quantity,
        unit_price=wire.unit_price,
        erp_line_number=wire.erp_line_number,
    )

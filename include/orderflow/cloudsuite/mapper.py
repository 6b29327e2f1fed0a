"""Translates a shop order into a domain order. No CloudSuite terms pass beyond this module."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from orderflow.cloudsuite.extra import Extra, line_extra, order_extra
from orderflow.cloudsuite.models import ShopOrder
from orderflow.cloudsuite.placing import NO_RULES, ExportedLine, place
from orderflow.domain.charges import ChargeRules
from orderflow.domain.order import Order, OrderLine
from orderflow.domain.people import RecordKey, RecordRef, Role
from orderflow.domain.states import ShopState
from orderflow.transport.fields import Name

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_FIELDS = {
    Role.BUYER: "customer",
    Role.CONTACT: "user",
    Role.SHIP_TO: "shipment_address",
    Role.BILL_TO: "invoice_address",
}


def to_order(
    shop_order: ShopOrder,
    *,
    api_timezone: str,
    default_webshop: int,
    charges: ChargeRules = NO_RULES,
    fields: Sequence[str] = (),
) -> Order:
    """Translate an order as read.

    Naive instants are read in `api_timezone`, `charges` places the amounts that are not goods, and `fields` are passed
    on unchanged.
    """
    placed = place(shop_order, charges)
    extra = order_extra(shop_order.document, fields)
    of_lines = [line_extra(shop_order.document, exported.number, fields) for exported in placed.lines]
    return Order(
        order_id=shop_order.id,
        webshop=shop_order.webshop if shop_order.webshop is not None else default_webshop,
        reference=shop_order.reference,
        state=_state(shop_order.state),
        state_text=shop_order.state,
        payment_status=shop_order.payment_status,
        shipment_state=shop_order.shipment_state,
        offline=shop_order.offline,
        confirmed_at=to_instant(shop_order.confirm_date, api_timezone),
        modified_at=to_instant(shop_order.modified_date, api_timezone),
        order_date=shop_order.order_date,
        requested_delivery_date=shop_order.requested_delivery_date,
        customer_order_number=shop_order.customer_order_number or None,
        erp_order_number=shop_order.erp_order_number or None,
        currency=shop_order.currency or None,
        customer=shop_order.customer,
        shipment_address=shop_order.shipment_address,
        invoice_address=shop_order.invoice_address,
        remarks=shop_order.description or None,
        lines=tuple(map(_line, count(1), placed.lines, of_lines)),
        texts=placed.texts,
        charges=placed.charges,
        unplaced=placed.unplaced,
        paid_amount=shop_order.paid_amount,
        people=_people(shop_order),
        extra=extra.values,
        fields_missing=(*extra.problems, *(problem for own in of_lines for problem in own.problems)),
    )


def _people(shop_order: ShopOrder) -> dict[Role, RecordRef]:
    """Read the people on the order. `…_key` beside an id is DOCUMENTED for POST and ASSUMED for GET."""
    named = {
        role: (getattr(shop_order, field), _key(shop_order.document.get(f"{field}_key")))
        for role, field in _FIELDS.items()
    }
    return {role: RecordRef(*found) for role, found in named.items() if any(part is not None for part in found)}


def _key(twin: object) -> RecordKey | None:
    """Read a key. An invalid one counts as missing; the id beside it still leads to the record."""
    if not isinstance(twin, Mapping):
        return None
    try:
        return RecordKey(_NAME.validate_python(twin.get("origin")), _NAME.validate_python(twin.get("key")))
    except ValidationError:
        return None


def _state(text: str | None) -> ShopState | None:
    return ShopState(text) if text in set(ShopState) else None


def to_instant(instant: datetime | None, api_timezone: str) -> datetime | None:
    """Return the instant that a naive timestamp of the API means."""
    if instant is None or instant.tzinfo is not None:
        return instant
    return instant.replace(tzinfo=ZoneInfo(api_timezone))


def _line(position: int, exported: ExportedLine, extra: Extra) -> OrderLine:
    shop_order = exported.line
    return OrderLine(
        position=position,
        line_id=shop_order.id,
        product=exported.product,
        description=shop_order.description,
        quantity=shop_order.quantity,
        unit_price=shop_order.unit_price,
        erp_line_number=shop_order.erp_line_number,
        extra=extra.values,
    )

"""CloudSuite's words stop here: a wire order becomes a domain order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from orderflow.cloudsuite.extra import Extra, line_extra, order_extra
from orderflow.cloudsuite.models import ShopOrder
from orderflow.cloudsuite.placing import NO_RULES, ExportedLine, place
from orderflow.domain.charges import ChargeRules
from orderflow.domain.order import Order, OrderLine
from orderflow.domain.people import RecordKey, RecordRef, Role
from orderflow.domain.states import ShopState

_FIELDS = {
    Role.BUYER: "customer",
    Role.CONTACT: "user",
    Role.SHIP_TO: "shipment_address",
    Role.BILL_TO: "invoice_address",
}


def to_order(
    wire: ShopOrder,
    *,
    api_timezone: str,
    default_webshop: int,
    charges: ChargeRules = NO_RULES,
    fields: Sequence[str] = (),
) -> Order:
    """Translate an order as read.

    Naive instants are read in `api_timezone`, `charges` place what is not goods, `fields` go along as they are.
    """
    placed = place(wire, charges)
    extra = order_extra(wire.document, fields)
    of_lines = [line_extra(wire.document, exported.number, fields) for exported in placed.lines]
    return Order(
        order_id=wire.id,
        webshop=wire.webshop if wire.webshop is not None else default_webshop,
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
        lines=tuple(map(_line, count(1), placed.lines, of_lines)),
        charges=placed.charges,
        unplaced=placed.unplaced,
        paid_amount=wire.paid_amount,
        people=_people(wire),
        extra=extra.values,
        fields_missing=(*extra.problems, *(problem for own in of_lines for problem in own.problems)),
    )


def _people(wire: ShopOrder) -> dict[Role, RecordRef]:
    """Read whom the order names; `…_key` beside an id is DOCUMENTED for POST and ASSUMED for GET."""
    named = {role: (getattr(wire, field), _key(wire.document.get(f"{field}_key"))) for role, field in _FIELDS.items()}
    return {role: RecordRef(*found) for role, found in named.items() if any(part is not None for part in found)}


def _key(twin: object) -> RecordKey | None:
    if not isinstance(twin, Mapping) or not twin.get("origin") or not twin.get("key"):
        return None
    return RecordKey(str(twin["origin"]), str(twin["key"]))


def _state(text: str | None) -> ShopState | None:
    return ShopState(text) if text in set(ShopState) else None


def to_instant(instant: datetime | None, api_timezone: str) -> datetime | None:
    """Return the instant that a naive timestamp of the API means."""
    if instant is None or instant.tzinfo is not None:
        return instant
    return instant.replace(tzinfo=ZoneInfo(api_timezone))


def _line(position: int, exported: ExportedLine, extra: Extra) -> OrderLine:
    wire = exported.line
    return OrderLine(
        position=position,
        line_id=wire.id,
        product=exported.product,
        description=wire.description,
        quantity=wire.quantity,
        unit_price=wire.unit_price,
        erp_line_number=wire.erp_line_number,
        extra=extra.values,
    )

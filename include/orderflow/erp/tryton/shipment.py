"""Customer shipments in Tryton, read as packing slips."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from orderflow.erp.models import Delivery, DeliveryLine
from orderflow.erp.tryton.wire import Record, TrytonRest

SHIPMENT = "stock.shipment.out"
LEFT = ("shipped", "done")
"""States in which the goods are on their way."""


class _Product(Record):
    code: str | None


class _Sale(Record):
    number: str | None
    web_shop: int | None


class _Move(Record):
    quantity: Decimal
    product: _Product
    origin: str | None
    """`sale.line,12` for a move that a sale asked for."""
    sale: _Sale | None


class _Shipment(Record):
    number: str
    reference: str | None
    effective_date: date | None
    planned_date: date | None
    last_modified_at: datetime
    outgoing_moves: tuple[_Move, ...]


_FIELDS = ("number", "reference", "effective_date", "planned_date", "last_modified_at")
_MOVES = ("quantity", "product.code", "origin", "sale.number", "sale.web_shop")


def read_deliveries(rest: TrytonRest, since: datetime, *, web_shops: Sequence[int], company: int) -> Iterator[Delivery]:
    """Yield the shipments that left and were last changed at or after an instant, one for each of our sales in them."""
    domain = [["state", "in", LEFT], ["last_modified_at", ">=", since], ["company", "=", company]]
    fields = (*_FIELDS, *(f"outgoing_moves.{field}" for field in _MOVES))
    for shipment in rest.search_all(_Shipment, SHIPMENT, domain, fields, company=company):
        of_sale: dict[str, list[_Move]] = defaultdict(list)
        for move in shipment.outgoing_moves:
            if move.sale and move.sale.number and move.sale.web_shop in web_shops and move.quantity:
                of_sale[move.sale.number].append(move)
        for number, moves in of_sale.items():
            yield _delivery(shipment, number, moves)


def _delivery(shipment: _Shipment, order_number: str, moves: Sequence[_Move]) -> Delivery:
    """Translate; the base modules know no carrier, and keep what the carrier says in `reference`."""
    return Delivery(
        number=shipment.number,
        date=shipment.effective_date or shipment.last_modified_at.date(),
        planned_delivery_date=shipment.planned_date,
        carrier=None,
        tracking_code=shipment.reference,
        comment=None,
        order_number=order_number,
        lines=tuple(
            DeliveryLine(
                line_number=int((move.origin or "").rpartition(",")[2]),
                quantity=move.quantity,
                product_key=move.product.code or "",
            )
            for move in moves
        ),
    )

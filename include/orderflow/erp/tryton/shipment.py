"""Customer shipments in Tryton, read as packing slips."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from orderflow.domain.reasons import Reason
from orderflow.erp.models import Delivery, DeliveryLine
from orderflow.erp.port import UnreadableRow
from orderflow.erp.tryton.answer import ordered_product
from orderflow.erp.tryton.client import TrytonRecord, TrytonRest
from orderflow.erp.tryton.line_key import LineKey, originals
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.errors import PermanentError

SHIPMENT = "stock.shipment.out"
LEFT = ("shipped", "done")
"""States in which the goods are on their way."""


class _Unit(TrytonRecord):
    factor: Decimal
    digits: int


class _Product(TrytonRecord):
    code: str | None


class _Sale(TrytonRecord):
    number: str | None
    web_shop: int | None
    web_id: str | None


class _Move(TrytonRecord):
    quantity: Decimal
    unit: _Unit
    product: _Product
    origin: str | None
    """`sale.line,12` for a move created by a sale."""
    sale: _Sale | None

    @property
    def line(self) -> int:
        """The id of the sale's line."""
        return int((self.origin or "").rpartition(",")[2])


class _Shipment(TrytonRecord):
    number: str
    reference: str | None
    effective_date: date | None
    planned_date: date | None
    last_modified_at: datetime
    outgoing_moves: tuple[_Move, ...]


class _Line(TrytonRecord):
    sale: int
    note: str | None
    unit: _Unit | None

    @property
    def key(self) -> LineKey | None:
        """Where it came from."""
        return LineKey.read(self.note)


_FIELDS = ("number", "reference", "effective_date", "planned_date", "last_modified_at")
_UNIT = ("unit.factor", "unit.digits")
_MOVES = ("quantity", *_UNIT, "product.code", "origin", "sale.number", "sale.web_shop", "sale.web_id")
_SALES_AT_ONCE = 50


def read_deliveries(
    rest: TrytonRest, options: TrytonOptions, since: datetime, *, web_shops: Sequence[int], companies: Sequence[int]
) -> Iterator[Delivery | UnreadableRow]:
    """Yield the shipments that left and last changed at or after an instant, once per sale of ours in them."""
    domain = [["state", "in", LEFT], ["last_modified_at", ">=", since], ["company", "in", companies]]
    fields = (*_FIELDS, *(f"outgoing_moves.{field}" for field in _MOVES))
    for page in rest.pages(_Shipment, SHIPMENT, domain, fields, company=companies[0]):
        ours = [(shipment, _by_sale(shipment, web_shops)) for shipment in page]
        sales = {move.sale.id for _, of_sale in ours for moves in of_sale.values() for move in moves if move.sale}
        lines = _lines(rest, sorted(sales), company=companies[0])
        for shipment, of_sale in ours:
            for number, moves in of_sale.items():
                try:
                    yield _delivery(shipment, number, moves, [_to_line(move, lines, options) for move in moves])
                except (ValueError, ArithmeticError) as error:
                    yield _unreadable(shipment, number, error)


def _unreadable(shipment: _Shipment, order_number: str, error: Exception) -> UnreadableRow:
    message = f"shipment {shipment.number}: its moves for order {order_number} cannot be read ({type(error).__name__})"
    return UnreadableRow(shipment.number, PermanentError(message, reason=Reason.ERP_ANSWER_INVALID))


def _by_sale(shipment: _Shipment, web_shops: Sequence[int]) -> dict[str, list[_Move]]:
    of_sale: dict[str, list[_Move]] = defaultdict(list)
    for move in shipment.outgoing_moves:
        if move.sale and move.sale.number and move.sale.web_shop in web_shops and move.quantity:
            of_sale[move.sale.number].append(move)
    return of_sale


def _lines(rest: TrytonRest, sales: Sequence[int], *, company: int) -> dict[int, tuple[_Line, int]]:
    """Return every line of these sales, and for each part or copy the id of its original line."""
    found: dict[int, tuple[_Line, int]] = {}
    for first in range(0, len(sales), _SALES_AT_ONCE):
        some = ["sale", "in", list(sales[first : first + _SALES_AT_ONCE])]
        by_sale: dict[int, list[_Line]] = defaultdict(list)
        for line in rest.search_all(_Line, "sale.line", [some], ("sale", "note", *_UNIT), company=company):
            by_sale[line.sale].append(line)
        for lines in by_sale.values():
            found |= _with_originals(lines)
    return found


def _with_originals(lines: Iterable[_Line]) -> dict[int, tuple[_Line, int]]:
    first = originals(lines)
    return {line.id: (line, first[line.key.position].id if line.key else line.id) for line in lines}


def _to_line(move: _Move, lines: dict[int, tuple[_Line, int]], options: TrytonOptions) -> DeliveryLine:
    """Describe what left in terms of the order: its line and unit, and its product unless another one was sent."""
    line, number = lines.get(move.line, (None, move.line))
    code = move.product.code
    return DeliveryLine(
        line_number=number,
        quantity=_in_unit(move.quantity, move.unit, line.unit if line else None),
        product_key=ordered_product(line.key, code, options).key if line and line.key else code or "",
    )


def _in_unit(quantity: Decimal, unit: _Unit, ordered: _Unit | None) -> Decimal:
    if ordered is None or ordered.id == unit.id:
        return quantity
    return round(quantity * unit.factor / ordered.factor, ordered.digits)


def _delivery(
    shipment: _Shipment, order_number: str, moves: Sequence[_Move], lines: Sequence[DeliveryLine]
) -> Delivery:
    """Translate what left of one sale. The base modules have no carrier field; its tracking code is in `reference`."""
    return Delivery(
        number=shipment.number,
        date=shipment.effective_date or shipment.last_modified_at.date(),
        planned_delivery_date=shipment.planned_date,
        carrier=None,
        tracking_code=shipment.reference,
        comment=None,
        order_number=order_number,
        external_reference=next((move.sale.web_id for move in moves if move.sale), None),
        lines=tuple(lines),
    )

"""A sale as read from Tryton, and how far it has got."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.tryton.client import TrytonRecord
from orderflow.erp.tryton.line_key import LineKey
from orderflow.erp.tryton.master_data import MasterData
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.texts import SaleText, placed_texts

SALE = "sale.sale"


class _Product(TrytonRecord):
    code: str | None


class SaleLine(TrytonRecord):
    """A line of a sale."""

    type: str
    sequence: int | None
    description: str | None
    note: str | None
    product: _Product | None
    quantity: Decimal | None
    unit_price: Decimal | None
    movable: bool | None
    taxes: tuple[int, ...]

    @property
    def key(self) -> LineKey | None:
        """Where it came from; None for a line that a person added, or one from before lines had keys."""
        return LineKey.read(self.note)


class _Currency(TrytonRecord):
    code: str


class _Identifier(TrytonRecord):
    code: str


class _Party(TrytonRecord):
    code: str | None
    identifiers: tuple[_Identifier, ...]


class _Address(TrytonRecord):
    active: bool
    identifiers: tuple[_Identifier, ...]


class Sale(TrytonRecord):
    """A sale; `number` is empty until it is quoted."""

    number: str | None
    web_id: str
    state: str
    description: str | None
    reference: str | None = None
    comment: str | None = None
    sale_date: date | None = None
    shipping_date: date | None = None
    party: _Party
    invoice_address: int | None = None
    shipment_address: _Address | None = None
    currency: _Currency
    payment_term: int | None
    invoice_method: str
    shipment_method: str
    invoice_state: str
    shipment_state: str
    untaxed_amount: Decimal
    total_amount: Decimal
    lines: tuple[SaleLine, ...]
    create_date: datetime
    create_uid: int
    write_uid: int | None


FIELDS = (
    *(
        "number",
        "web_id",
        "state",
        "description",
        "reference",
        "comment",
        "sale_date",
        "shipping_date",
        "invoice_address",
        "party.code",
        "party.identifiers.code",
        "shipment_address.active",
        "shipment_address.identifiers.code",
        "currency.code",
        "payment_term",
    ),
    *("invoice_method", "shipment_method", "invoice_state", "shipment_state", "untaxed_amount", "total_amount"),
    *("create_date", "create_uid", "write_uid"),
    *(
        "lines.type",
        "lines.sequence",
        "lines.description",
        "lines.note",
        "lines.product.code",
        "lines.quantity",
        "lines.unit_price",
    ),
    *("lines.movable", "lines.taxes"),
)


def is_begun_only(sale: Sale, options: TrytonOptions) -> bool:
    """Whether this adapter created the sale but did not finish it, and nobody else has continued.

    A crash between two requests leaves such a sale, and `create` resumes it. A draft with a number was quoted and then
    put back to be rewritten.
    """
    if not sale.number:
        return sale.state != "cancelled"
    return sale.state in options.states_before_the_end and is_untouched(sale)


def is_untouched(sale: Sale) -> bool:
    """Whether only its creator has written to it."""
    return sale.write_uid in {None, sale.create_uid}


def same_content(sale: Sale, request: SalesOrderRequest, data: MasterData, values: Mapping[str, Any]) -> bool:
    """Whether a sale that this adapter started is the order as it is now; `values` are those of a new sale.

    Of a sale that a person has written to, only goods, party and texts count: the rest is their word.
    """
    wanted = {line.position: (data.products[line.product].id, line.quantity, line.unit_price) for line in request.lines}
    goods = {_position(line): line for line in sale.lines if line.type == "line"}
    held = {
        position: (line.product.id if line.product else None, line.quantity, line.unit_price)
        for position, line in goods.items()
    }
    texts = {line.sequence: SaleText(line.type, line.description or "") for line in sale.lines if line.type != "line"}
    if sale.party.id != data.customer.party or held != wanted or texts != placed_texts(request):
        return False
    said = {line.position: _said(line.description) for line in request.lines}
    as_said = {position: _said(line.description) for position, line in goods.items()} == said
    return not is_untouched(sale) or (as_said and _header(sale) == {name: _said(values.get(name)) for name in _HEADER})


_HEADER = (
    *("invoice_address", "shipment_address", "sale_date", "shipping_date"),
    *("reference", "description", "comment"),
)
"""What a sale says of the order beside its lines. Tryton's form fills in terms and methods."""


def _position(line: SaleLine) -> int | None:
    return line.key.position if line.key else line.sequence


def _header(sale: Sale) -> dict[str, Any]:
    place = {"shipment_address": sale.shipment_address.id if sale.shipment_address else None}
    return {name: _said(place.get(name, getattr(sale, name))) for name in _HEADER}


def _said(value: Any) -> Any:
    """Return a value as it is compared: a blank text says nothing."""
    return " ".join(value.split()) or None if isinstance(value, str) else value

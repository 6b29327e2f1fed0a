"""What CloudSuite sends, as far as this project reads it (Orders GET, Orders POST and orderflow pages).

Numbers may come as JSON numbers or as strings, and instants are naive. Unused fields are not read. They survive in
`ShopOrder.document`, the object exactly as read, which a PUT sends back.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from orderflow.transport.fields import (
    BLANK_IS_NONE,
    Amount,
    Day,
    ErpNumber,
    Id,
    Instant,
    Name,
    Number,
    Text,
    read_leniently,
)

JsonObject = Mapping[str, Any]

_MOST_LINES = 10_000

MaybeName = Annotated[Name | None, BLANK_IS_NONE]
MaybeErpNumber = Annotated[ErpNumber | None, BLANK_IS_NONE]
MaybeText = Text | None
MaybeId = Annotated[Id | None, BLANK_IS_NONE]
MaybeNumber = Annotated[Number | None, BLANK_IS_NONE]
MaybeAmount = Annotated[Amount | None, BLANK_IS_NONE]
MaybeDay = Annotated[Day | None, BLANK_IS_NONE]
MaybeInstant = Annotated[Instant | None, BLANK_IS_NONE]


def _or_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return None


LineId = Annotated[Id | None, WrapValidator(_or_none)]
"""None for an invalid id: a line is also identified by its content, so an id of 0 must not fail the order."""
LaxAmount = Annotated[Amount | None, WrapValidator(_or_none)]
"""An amount that is None if it is not a number, so that it cannot fail the order."""


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ListedOrder(_Wire):
    """One row of GET /api/order/. It needs only an id; anything missing is read from the order itself."""

    id: Id
    reference: MaybeName = None
    state: MaybeName = None
    erp_order_number: MaybeErpNumber = None
    modified_date: MaybeInstant = None
    unreadable: frozenset[str] = Field(default=frozenset(), exclude=True)
    """Fields that are present but unreadable; their value here is None."""

    @classmethod
    def from_document(cls, document: Any) -> Self:
        """Read a row leniently; pydantic.ValidationError if it has no valid id."""
        row, unreadable = read_leniently(cls, document)
        return row.model_copy(update={"unreadable": unreadable})

    def may_be(self, state: str) -> bool:
        """Whether the order may be in this state; True if the row has no state."""
        return self.state is None or self.state == state


class ShopProduct(_Wire):
    """`key` is unique within `origin`."""

    origin: MaybeName = None
    key: MaybeName = None


class ShopOrderLine(_Wire):
    """A line of an order; only those of type `line` are goods."""

    id: LineId = None
    product: ShopProduct | None = None
    description: MaybeText = None
    type: MaybeName = "line"
    quantity: MaybeAmount = None
    unit_price: MaybeAmount = None
    erp_line_number: MaybeNumber = None


class ShopOrder(_Wire):
    """GET /api/order/{id}/."""

    id: Id
    reference: Name
    webshop: MaybeNumber = None
    state: MaybeName = None
    payment_status: MaybeName = None
    shipment_state: MaybeName = None
    offline: Annotated[bool | None, BLANK_IS_NONE] = None
    confirm_date: MaybeInstant = None
    modified_date: MaybeInstant = None
    order_date: MaybeDay = None
    requested_delivery_date: MaybeDay = None
    customer_order_number: MaybeText = None
    erp_order_number: MaybeErpNumber = None
    currency: MaybeName = None
    paid_amount: LaxAmount = None
    customer: MaybeId = None
    user: MaybeId = None
    shipment_address: MaybeId = None
    invoice_address: MaybeId = None
    description: MaybeText = None
    order_lines: Annotated[tuple[ShopOrderLine, ...], Field(max_length=_MOST_LINES)] = ()
    document: Mapping[str, Any] = Field(default_factory=dict, exclude=True, repr=False)

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read an order object and keep it whole; pydantic.ValidationError if it is not an order."""
        return cls.model_validate({**document, "document": document})

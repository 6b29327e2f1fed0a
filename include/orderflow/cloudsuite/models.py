"""What CloudSuite sends, as far as this project reads it (Orders GET, Orders POST and orderflow pages).

Numbers may come as JSON numbers or as strings; instants come naive. Unknown fields are ignored here and survive in
`ShopOrder.document`, the object exactly as read, which is what a PUT sends back.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

JsonObject = Mapping[str, Any]


def _text(value: object) -> object:
    return None if value is None else str(value)


Text = Annotated[str | None, BeforeValidator(_text)]
"""A string field that a lax sender may have filled with a number."""


def _decimal(value: object) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


LaxDecimal = Annotated[Decimal | None, BeforeValidator(_decimal)]
"""An amount that no order fails for: what is no number is none."""


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class OrderRow(_Wire):
    """One row of GET /api/order/: only these fields are ever there, so payment needs the detail call."""

    id: int
    reference: str
    state: str | None = None
    erp_order_number: Text = None
    customer_order_number: Text = None
    order_date: date | None = None
    create_date: datetime | None = None
    modified_date: datetime | None = None


class ShopProduct(_Wire):
    """`key` is unique within `origin`."""

    origin: Text = None
    key: Text = None


class ShopOrderLine(_Wire):
    """A line of an order; only those of type `line` are goods."""

    id: int | None = None
    product: ShopProduct | None = None
    description: Text = None
    type: str | None = "line"
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    erp_line_number: int | None = None


class ShopOrder(_Wire):
    """GET /api/order/{id}/."""

    id: int
    reference: str
    webshop: int | None = None
    state: str | None = None
    payment_status: Text = None
    shipment_state: Text = None
    offline: bool | None = None
    confirm_date: datetime | None = None
    modified_date: datetime | None = None
    order_date: date | None = None
    requested_delivery_date: date | None = None
    customer_order_number: Text = None
    erp_order_number: Text = None
    currency: Text = None
    paid_amount: LaxDecimal = None
    customer: int | None = None
    user: int | None = None
    shipment_address: int | None = None
    invoice_address: int | None = None
    description: Text = None
    order_lines: tuple[ShopOrderLine, ...] = ()
    document: Mapping[str, Any] = Field(default_factory=dict, exclude=True, repr=False)

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read an order object, keeping it whole; pydantic.ValidationError when it is not one."""
        return cls.model_validate({**document, "document": document})

"""What is sent to an ERP and what comes back, for any ERP (docs/reference/erp-rest-contract.md)."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
)

from orderflow.domain.erp_status import is_cancelled
from orderflow.domain.extra import Scalar
from orderflow.domain.order import Order, OrderLine, ProductKey
from orderflow.domain.people import Address, Party, People, RecordKey, RecordRef
from orderflow.transport.fields import (
    BLANK_IS_NONE,
    UNREADABLE_IS_NONE,
    Amount,
    AwareInstant,
    Day,
    ErpName,
    ErpNumber,
    Label,
    Name,
    Number,
    Text,
)

DecimalText = Annotated[Decimal, PlainSerializer(lambda value: format(value, "f"), return_type=str)]
"""Money and quantities are sent as plain decimal strings."""


ADDITIONS = frozenset({"texts", "charges", "paid_amount", "extra", "buyer", "contact", "ship_to", "bill_to"})


class _Contract(BaseModel):
    model_config = ConfigDict(frozen=True)

    @model_serializer(mode="wrap")
    def _without_empty_additions(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out empty additions to the contract: an ERP that does not know them sees the same request as before."""
        return {name: value for name, value in serialize(self).items() if value or name not in ADDITIONS}


class SalesOrderLine(_Contract):
    """A line of the order to be created."""

    position: int
    shop_line_id: int | None
    product: ProductKey
    description: str | None
    quantity: DecimalText
    unit_price: DecimalText
    extra: Mapping[str, Scalar] = {}


class SalesOrderText(_Contract):
    """A line of the shop's order that orders nothing: a comment, a title, a subtotal."""

    kind: str
    text: str | None
    after: int
    """The position of the line above it; 0 if it is above all of them."""


class SalesOrderCharge(_Contract):
    """An amount of the order that is not a line: it has no position and gets no line number."""

    kind: str
    description: str | None
    amount: DecimalText
    shop_line_id: int | None


class SalesOrderRequest(_Contract):
    """The order to be created. Prices are the shop's and exclude tax."""

    external_reference: str
    shop: str
    shop_order_id: int
    shop_reference: str
    customer_order_number: str | None
    customer: int
    currency: str
    order_date: date
    confirmed_at: datetime | None
    requested_delivery_date: date | None
    shipment_address: int | None
    invoice_address: int | None
    payment_status: str | None
    remarks: str | None
    lines: tuple[SalesOrderLine, ...]
    texts: tuple[SalesOrderText, ...] = ()
    charges: tuple[SalesOrderCharge, ...] = ()
    paid_amount: DecimalText | None = None
    buyer: Party | None = None
    contact: Party | None = None
    ship_to: Address | None = None
    bill_to: Address | None = None
    extra: Mapping[str, Scalar] = {}
    idempotency_key: str = Field(exclude=True)
    """Derived from the order, never from the attempt: every attempt sends the same key. Not part of the body."""


class AcceptedLine(_Contract):
    """The ERP's number for the line at this position, and what the line holds if the ERP says so."""

    position: Number
    line_number: Number
    product: ProductKey | None = None
    quantity: Amount | None = None
    unit_price: Amount | None = None

    @property
    def content(self) -> OrderLine | None:
        """The line's content as in an order; None unless the ERP returned all of it."""
        if self.product is None or self.quantity is None or self.unit_price is None:
            return None
        return OrderLine(
            position=self.position,
            line_id=None,
            product=self.product,
            description=None,
            quantity=self.quantity,
            unit_price=self.unit_price,
        )


class KnownBuyer(_Contract):
    """The customer of an order as the ERP knows it."""

    code: Label | None = None
    """The ERP's own number."""


class NamedAddress(_Contract):
    """The delivery address of an order as the ERP knows it: the shop's id, its origin and key, or both."""

    id: Number | None = None
    origin: Label | None = None
    key: Label | None = None

    @property
    def ref(self) -> RecordRef:
        """Its id and its key, as far as the ERP gave them."""
        return RecordRef(self.id, RecordKey(self.origin, self.key) if self.origin and self.key else None)


class SalesOrder(_Contract):
    """An order as the ERP knows it. Without a number it has not been created yet."""

    number: ErpNumber
    external_reference: ErpName
    shop_order_id: Number | None = None
    """The shop order it was created from; None if the ERP does not say."""
    customer: Number | None = None
    buyer: KnownBuyer | None = None
    ship_to: NamedAddress | None = None
    status: Label | None = None
    total: Amount | None = None
    """The ERP's total, excluding tax; None if it does not say."""
    missing_effects: str = ""
    """What the ERP should have created for it by its own settings but has not, as a sentence; empty if nothing."""
    lines: tuple[AcceptedLine, ...]

    @field_validator("lines")
    @classmethod
    def _one_to_one(cls, lines: tuple[AcceptedLine, ...]) -> tuple[AcceptedLine, ...]:
        """Reject duplicate positions or line numbers: shipments would be booked on the wrong line."""
        for what in ("position", "line_number"):
            counted = Counter(getattr(line, what) for line in lines)
            twice = [number for number, times in counted.items() if times > 1]
            if twice:
                raise ValueError(f"{what} {', '.join(map(str, twice[:5]))} is there more than once")
        return lines

    @property
    def line_numbers(self) -> dict[int, int]:
        """ERP line number by position."""
        return {line.position: line.line_number for line in self.lines}

    @property
    def is_cancelled(self) -> bool:
        """Whether its status says it was cancelled. A cancelled order does not count as an export."""
        return is_cancelled(self.status)


class ListedSalesOrder(SalesOrder):
    """An order in a listing, with what the reconciliation needs."""

    total: Amount
    currency: Name
    created_at: AwareInstant
    corrections: tuple[Label, ...] = ()
    """Returns and credit notes made for it in the ERP, such as `return 17`."""


class DeliveryLine(_Contract):
    """What a packing slip says about one order line."""

    line_number: Number
    quantity: Amount
    product_key: Name


class Delivery(_Contract):
    """A packing slip for one order. A slip for several orders becomes several of these with the same number."""

    number: Name
    slip_date: Day = Field(alias="date")
    planned_delivery_date: Annotated[Day | None, BLANK_IS_NONE]
    carrier: Label | None
    tracking_code: Label | None
    comment: Text | None
    order_number: ErpNumber
    external_reference: Annotated[ErpName | None, UNREADABLE_IS_NONE] = None
    shop_order_id: Annotated[Number | None, UNREADABLE_IS_NONE] = None
    """What the order is called, and the shop order it was created from; None if the ERP does not say."""
    lines: tuple[DeliveryLine, ...]


def to_sales_order(order: Order, people: People | None = None) -> SalesOrderRequest:
    """Translate a complete order (one whose `Order.missing()` is empty); pydantic.ValidationError otherwise."""
    return SalesOrderRequest.model_validate(
        {
            **order.model_dump(exclude={"lines", "people"}),
            **(dict(people) if people else {}),
            "external_reference": order.external_reference,
            "idempotency_key": f"cloudsuite:{order.order_id}",
            "shop": str(order.webshop),
            "shop_order_id": order.order_id,
            "shop_reference": order.reference,
            "lines": [
                {**line.model_dump(), "shop_line_id": line.line_id, "product": line.product} for line in order.lines
            ],
        }
    )

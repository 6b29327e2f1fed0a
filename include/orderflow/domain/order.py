"""An order in this project's own terms, independent of the shop's and the ERP's."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from orderflow.domain.charges import Charge, Unplaced
from orderflow.domain.extra import Scalar
from orderflow.domain.money import rounded
from orderflow.domain.people import RecordRef, Role
from orderflow.domain.states import ShopState


class ProductKey(BaseModel):
    """A product as the shop names it: unique within its origin."""

    model_config = ConfigDict(frozen=True)

    origin: str
    key: str


class OrderLine(BaseModel):
    """One order line; `position` counts from 1 in the shop's own sequence and is what matches lines later."""

    model_config = ConfigDict(frozen=True)

    position: int
    line_id: int | None
    product: ProductKey | None
    description: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    erp_line_number: int | None = None
    extra: Mapping[str, Scalar] = {}

    @property
    def amount(self) -> Decimal:
        """Quantity times unit price, excluding tax, unrounded; zero when one of them is missing."""
        return (self.quantity or Decimal(0)) * (self.unit_price or Decimal(0))


class TextLine(BaseModel):
    """A line that orders nothing: a comment, a title, a subtotal. It has no position and gets no line number."""

    model_config = ConfigDict(frozen=True)

    kind: str
    """Its type in the shop."""
    text: str | None
    after: int
    """The position of the order line above it; 0 if it is above all of them."""


class Order(BaseModel):
    """An order as last read from the shop. Amounts exclude tax; instants are aware."""

    model_config = ConfigDict(frozen=True)

    order_id: int
    """The shop's id, and the order's identity everywhere: it never changes and never repeats."""
    webshop: int
    """The webshop that sells it now. Like the reference, it may change."""
    reference: str
    state: ShopState | None
    """None if the shop shows none, or one that the vendor does not document: see `state_text`."""
    state_text: str | None = None
    """The state as the shop shows it."""
    payment_status: str | None
    shipment_state: str | None
    offline: bool | None
    confirmed_at: AwareDatetime | None
    modified_at: AwareDatetime | None
    """Changes whenever anything about the order changes in the shop."""
    order_date: date | None
    requested_delivery_date: date | None
    customer_order_number: str | None
    erp_order_number: str | None
    currency: str | None
    customer: int | None
    shipment_address: int | None
    invoice_address: int | None
    remarks: str | None
    lines: tuple[OrderLine, ...]
    """What becomes a line of the ERP's order: goods, and charges that the settings map to a product."""
    texts: tuple[TextLine, ...] = ()
    """In the shop's sequence."""
    charges: tuple[Charge, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    """Amounts without a place in the settings: the order is held."""
    paid_amount: Decimal | None = None
    people: Mapping[Role, RecordRef] = {}
    """The people and addresses on the order."""
    extra: Mapping[str, Scalar] = {}
    """The fields listed in the setting `fields`, by path. The fingerprint leaves them out."""
    fields_missing: tuple[str, ...] = ()
    """What is wrong with fields that are not in `extra`."""

    @property
    def external_reference(self) -> str:
        """The order's name in the ERP if it were sent now: webshop and reference."""
        return f"{self.webshop}/{self.reference}"

    @property
    def total(self) -> Decimal:
        """Sum of lines and charges, excluding tax, rounded to the currency."""
        amounts = [*(line.amount for line in self.lines), *(charge.amount for charge in self.charges)]
        return rounded(sum(amounts, Decimal(0)), self.currency)

    @property
    def is_written_back(self) -> bool:
        """Whether the shop shows an ERP number and one ERP line number on every line."""
        return bool(self.erp_order_number) and all(line.erp_line_number is not None for line in self.lines)

    def missing(self) -> list[str]:
        """List everything without which an ERP order cannot be created; empty if the order is complete."""
        gaps = [name for name in ("currency", "customer", "order_date") if getattr(self, name) is None]
        if not self.lines and not self.unplaced:  # lines without a place are named as such
            gaps.append("order_lines")
        for line in self.lines:
            if line.product is None or not line.product.key:
                gaps.append(f"product key of line {line.position}")
            if not line.quantity:  # a line without a quantity is not finished
                gaps.append(f"quantity of line {line.position}")
            if line.unit_price is None:
                gaps.append(f"unit price of line {line.position}")
        return gaps

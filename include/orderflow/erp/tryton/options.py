"""The Tryton options in the connection's extra: where orders go, and how the shop's terms map to Tryton's."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from orderflow.domain.order import ProductKey
from orderflow.domain.people import RecordKey
from orderflow.errors import ConfigurationError


def _renamed(taxes: Any) -> Any:
    """Accept the former name, which applied no tax rules."""
    return "form" if taxes == "product" else taxes


def _fillable(*names: str) -> AfterValidator:
    """Accept a text whose {places} are among `names`."""

    def check(template: str) -> str:
        try:
            filled = template.format(**dict.fromkeys(names, "1"))
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            places = ", ".join(f"{{{name}}}" for name in names)
            raise ValueError(f"{template!r} may only hold {places}") from error
        if filled == template:
            raise ValueError(f"{template!r} is the same for every order; put {{{names[-1]}}} in it")
        return template

    return AfterValidator(check)


class Terms(BaseModel):
    """What a sale gets instead of what Tryton's form would take from party and configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payment_term: str | None = None
    """The name of a payment term."""
    invoice_method: Literal["manual", "order", "fulfillment"] | None = None
    shipment_method: Literal["manual", "order", "invoice"] | None = None
    text: str | None = None
    """The text for this payment status in the sale's description; by default the shop's own word."""
    paid_exactly: bool = False
    """Hold an order whose total including tax in Tryton is not exactly the amount paid."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.invoice_method, self.shipment_method) == ("fulfillment", "invoice"):
            raise ValueError("invoice and shipment would wait for each other")
        return self


class TrytonOptions(BaseModel):
    """The extras of a connection with the adapter `tryton`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    database: str
    web_shop: Annotated[dict[str, str], Field(min_length=1)]
    """Maps the shop's webshop number to the name of Tryton's web shop: {"1": "Web shop"}."""
    company: int | None = None
    """The id of the company that the web shops must belong to, as a safeguard; by default the web shops' own."""
    customer_code: Annotated[str, _fillable("customer")] = "customer:{customer}"
    """The party identifier that holds the shop's customer id."""
    address_code: Annotated[str, _fillable("address")] = "address:{address}"
    """The party identifier, linked to an address, that holds the shop's address id."""
    party_code: Annotated[str, _fillable("origin", "key")] = "WEB-{key}"
    """The code of a party created for a shop customer. Unique in Tryton, so each is created only once."""
    own_origin: str = "erp"
    """The origin, in the shop, of customers whose keys are Tryton's own party codes."""
    product_code: Annotated[str, _fillable("origin", "key")] = "{key}"
    unit: Literal["sale", "stock"] = "sale"
    """The product's unit in which the shop counts quantities."""
    taxes: Annotated[Literal["form", "none"], BeforeValidator(_renamed)] = "form"
    """Use the taxes that Tryton's form would fill in, or none. Without taxes nothing is confirmed."""
    payment: dict[str, Terms] = {}
    """Terms by the shop's payment status. A status not listed gets those of party and configuration."""
    confirm: bool = False
    """Confirm the sale, so that Tryton ships and invoices it; otherwise it stays a quotation for a person to check."""
    process: Literal["now", "queued"] = "now"
    """Make sure that a confirmed sale is processed, or leave that to Tryton's worker and its grace period."""
    delivery_days: Annotated[int, Field(ge=0, le=60)] = 0
    """Transit time in days: shipping starts this long before the requested delivery date."""
    credit_notes: bool = False
    """List credit notes, too, for the reconciliation. Tryton does not let every user read invoices."""
    cents: Literal["accept", "line", "hold"] = "accept"
    """What to do with an order whose total differs from the shop's only by rounding."""
    rounding_product: str | None = None
    """The code of the product for a line that makes up such a difference."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.confirm and self.taxes == "none":
            raise ValueError("`confirm` needs `taxes`: a confirmed sale without taxes is invoiced without VAT")
        if self.cents == "line" and not self.rounding_product:
            raise ValueError("`cents` is `line`: name the product of that line as `rounding_product`")
        return self

    @classmethod
    def parse(cls, extra: Mapping[str, Any]) -> "TrytonOptions":
        """Parse a connection's extra; ConfigurationError lists every mistake in it."""
        try:
            return cls.model_validate(dict(extra))
        except ValidationError as error:
            mistakes = "; ".join(f"`{'.'.join(map(str, e['loc'])) or 'extra'}`: {e['msg']}" for e in error.errors())
            raise ConfigurationError(f"the connection's extra for the adapter `tryton`: {mistakes}") from error

    @property
    def states_before_the_end(self) -> frozenset[str]:
        """The states from which a sale still has to be advanced."""
        return _BEFORE_THE_END[self.process if self.confirm else "quote"]

    def terms_for(self, payment_status: str | None) -> Terms:
        """Return the configured terms for a payment status; none for a status not listed."""
        return self.payment.get(payment_status or "", Terms())

    def code_of_customer(self, customer: int) -> str:
        """Return the identifier of a customer."""
        return self.customer_code.format(customer=customer)

    def customer_of(self, code: str) -> int | None:
        """Read a customer's id from an identifier; None if it is another kind of identifier."""
        return _number_in(code, self.customer_code, "customer")

    def address_of(self, code: str) -> int | None:
        """Read an address's id from an identifier; None if it is another kind of identifier."""
        return _number_in(code, self.address_code, "address")

    def code_of_party(self, record: RecordKey) -> str:
        """Return the code of a customer's party."""
        if record.origin == self.own_origin:
            return record.key
        return self.party_code.format(origin=record.origin, key=record.key)

    def code_of_address(self, address: int | str) -> str:
        """Return the identifier of an address."""
        return self.address_code.format(address=address)

    def code_of_product(self, product: ProductKey) -> str:
        """Return the code of a product."""
        return self.product_code.format(origin=product.origin, key=product.key)


def _number_in(code: str, template: str, place: str) -> int | None:
    before, after = template.split(f"{{{place}}}", 1)
    number = code.removeprefix(before).removesuffix(after)
    return int(number) if code == template.format(**{place: number}) and number.isdecimal() else None


_BEFORE_THE_END = {
    "quote": frozenset({"draft"}),
    "queued": frozenset({"draft", "quotation"}),
    "now": frozenset({"draft", "quotation", "confirmed"}),
}
OWN_EXTRAS = tuple(TrytonOptions.model_fields)

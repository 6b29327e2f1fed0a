"""What the connection's extra says about a Tryton: where orders go, and how the shop's words become Tryton's."""

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
    """What a sale gets instead of what Tryton's own form would fill in from party and configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payment_term: str | None = None
    """The name of a payment term."""
    invoice_method: Literal["manual", "order", "fulfillment"] | None = None
    shipment_method: Literal["manual", "order", "invoice"] | None = None
    text: str | None = None
    """How the sale's description names this payment status; the shop's word for it when left out."""
    paid_exactly: bool = False
    """Hold an order whose total with tax in Tryton is not what was paid, to the cent."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.invoice_method, self.shipment_method) == ("fulfillment", "invoice"):
            raise ValueError("invoice and shipment would wait for each other")
        return self


class TrytonOptions(BaseModel):
    """The extras of a connection with adapter `tryton`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    database: str
    web_shop: Annotated[dict[str, str], Field(min_length=1)]
    """The shop's webshop number to the name of Tryton's web shop: {"1": "Web shop"}."""
    company: int | None = None
    """The id of the company that the web shops must belong to; a guard, taken from them when left out."""
    customer_code: Annotated[str, _fillable("customer")] = "customer:{customer}"
    """The party identifier that carries the shop's customer id."""
    address_code: Annotated[str, _fillable("address")] = "address:{address}"
    """The party identifier, tied to an address, that carries the shop's address id."""
    party_code: Annotated[str, _fillable("origin", "key")] = "WEB-{key}"
    """The code of a party that is made for a customer of the shop: unique in Tryton, so that each is made once."""
    own_origin: str = "erp"
    """The shop's origin whose customers have Tryton's own party codes as keys."""
    product_code: Annotated[str, _fillable("origin", "key")] = "{key}"
    unit: Literal["sale", "stock"] = "sale"
    """Which of a product's units the shop's quantities are in."""
    taxes: Annotated[Literal["form", "none"], BeforeValidator(_renamed)] = "form"
    """Those that Tryton's own form would fill in, or none; without taxes nothing is confirmed."""
    payment: dict[str, Terms] = {}
    """Terms by the shop's payment status; a status that is not named gets those of party and configuration."""
    confirm: bool = False
    """Confirm the sale, so that Tryton ships and invoices it; a quotation that somebody looks at otherwise."""
    process: Literal["now", "queued"] = "now"
    """See to it that a confirmed sale is processed, or leave that to Tryton's worker and its grace period."""
    delivery_days: Annotated[int, Field(ge=0, le=60)] = 0
    """How many days goods are underway: so long before the requested delivery date shipping starts."""
    cents: Literal["accept", "line", "hold"] = "accept"
    """What becomes of an order whose total differs from the shop's by rounding only."""
    rounding_product: str | None = None
    """The code of the product of a line that makes up for such a difference."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.confirm and self.taxes == "none":
            raise ValueError("`confirm` needs `taxes`: a confirmed sale without taxes is invoiced without VAT")
        if self.cents == "line" and not self.rounding_product:
            raise ValueError("`cents` is `line`: name the product of that line as `rounding_product`")
        return self

    @classmethod
    def parse(cls, extra: Mapping[str, Any]) -> "TrytonOptions":
        """Read a connection's extra; ConfigurationError lists every mistake in it."""
        try:
            return cls.model_validate(dict(extra))
        except ValidationError as error:
            mistakes = "; ".join(f"`{'.'.join(map(str, e['loc'])) or 'extra'}`: {e['msg']}" for e in error.errors())
            raise ConfigurationError(f"the connection's extra for the adapter `tryton`: {mistakes}") from error

    @property
    def states_before_the_end(self) -> frozenset[str]:
        """The states of a sale that is still to be brought further."""
        return _BEFORE_THE_END[self.process if self.confirm else "quote"]

    def terms_for(self, payment_status: str | None) -> Terms:
        """Return what the settings say about a payment status; nothing for one that they do not name."""
        return self.payment.get(payment_status or "", Terms())

    def code_of_customer(self, customer: int) -> str:
        """Name the identifier of a customer."""
        return self.customer_code.format(customer=customer)

    def customer_of(self, code: str) -> int | None:
        """Read a customer's id from an identifier; None when it is another identifier."""
        return _number_in(code, self.customer_code, "customer")

    def address_of(self, code: str) -> int | None:
        """Read an address's id from an identifier; None when it is another identifier."""
        return _number_in(code, self.address_code, "address")

    def code_of_party(self, record: RecordKey) -> str:
        """Return the code of a customer's party."""
        if record.origin == self.own_origin:
            return record.key
        return self.party_code.format(origin=record.origin, key=record.key)

    def code_of_address(self, address: int | str) -> str:
        """Name the identifier of an address."""
        return self.address_code.format(address=address)

    def code_of_product(self, product: ProductKey) -> str:
        """Name the code of a product."""
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

"""What the connection's extra says about a Tryton: where orders go, and how the shop's words become Tryton's."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from orderflow.domain.order import ProductKey
from orderflow.errors import ConfigurationError


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
    product_code: Annotated[str, _fillable("origin", "key")] = "{key}"
    unit: Literal["sale", "stock"] = "sale"
    """Which of a product's units the shop's quantities are in."""
    taxes: Literal["product", "none"] = "product"
    """Tryton adds no taxes by itself over REST: send those of the product's category, or none."""
    confirm: bool = False
    """Confirm the sale, so that Tryton ships and invoices it; a quotation that somebody looks at otherwise."""

    @classmethod
    def parse(cls, extra: Mapping[str, Any]) -> "TrytonOptions":
        """Read a connection's extra; ConfigurationError lists every mistake in it."""
        try:
            return cls.model_validate(dict(extra))
        except ValidationError as error:
            mistakes = "; ".join(f"`{'.'.join(map(str, e['loc']))}`: {e['msg']}" for e in error.errors())
            raise ConfigurationError(f"the connection's extra for the adapter `tryton`: {mistakes}") from error

    def code_of_customer(self, customer: int) -> str:
        """Name the identifier of a customer."""
        return self.customer_code.format(customer=customer)

    def code_of_address(self, address: int) -> str:
        """Name the identifier of an address."""
        return self.address_code.format(address=address)

    def code_of_product(self, product: ProductKey) -> str:
        """Name the code of a product."""
        return self.product_code.format(origin=product.origin, key=product.key)


OWN_EXTRAS = tuple(TrytonOptions.model_fields)

"""What an order costs besides goods, and where it goes according to the settings."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

GOODS_LINE = "line"
"""The type of lines that are goods."""


class ToProduct(BaseModel):
    """The amount becomes an order line with this product of the ERP."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: str = Field(min_length=1)
    """The product's key."""
    origin: str | None = None
    """The product's origin; that of the line's own product, if it has one, when not set."""


def _no_goods(name: str) -> str:
    if name == GOODS_LINE:
        raise ValueError("lines of type `line` are goods: name a product key instead")
    return name


def _kind_of_rule(value: object) -> str:
    return "word" if isinstance(value, str) else "product"


ChargeRule = Annotated[
    Annotated[ToProduct, Tag("product")] | Annotated[Literal["line", "charge", "ignore"], Tag("word")],
    Discriminator(_kind_of_rule),
]
"""`line`: an order line with its own product, or a charge if it has none. `charge`: an entry of `charges`, without a
line number. `ignore`: not an amount of this order."""


ChargeRules = dict[Annotated[str, AfterValidator(_no_goods)], ChargeRule]
"""By the type of a line, product key, or field of the order."""


class Charge(BaseModel):
    """An amount of an order that is not an order line in the ERP."""

    model_config = ConfigDict(frozen=True)

    kind: str
    """The line's type, its product key or the order's field: the key in the settings."""
    description: str | None
    amount: Decimal
    shop_line_id: int | None
    """None for an amount of the order itself."""


class Unplaced(BaseModel):
    """An amount of an order that no setting gives a place in the ERP."""

    model_config = ConfigDict(frozen=True)

    where: str
    """The line, or the field of the order."""
    keys: tuple[str, ...]
    """The keys of `charges` that would place it."""
    amount: str
    problem: str = ""

    def __str__(self) -> str:
        names = " or ".join(f"`charges.{key}`" for key in self.keys)
        return f"{self.where} of {self.amount}{self.problem}: set {names}"

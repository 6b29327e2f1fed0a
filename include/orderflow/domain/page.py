"""How the page in Airflow is set."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _order_link(template: str) -> str:
    unknown = set(re.findall(r"\{(.*?)\}", template)) - {"webshop", "order_id", "reference"}
    if unknown or not template.startswith(("https://", "http://")):
        raise ValueError("write a URL, with {webshop}, {order_id} and {reference} where they belong")
    return template


class Page(BaseModel):
    """The page in Airflow."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["auto", "en", "nl"] = "auto"
    """`auto` follows the language that the user has chosen in Airflow."""
    shop_admin_url: Annotated[str, AfterValidator(_order_link)] | None = None
    """Where the shop's admin shows an order, such as `https://shop.example/orders/{order_id}`; no link without."""
    refresh_seconds: int = Field(default=30, ge=5)
    """How often an open page asks for news."""

"""The settings of the page in Airflow."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from orderflow.domain.order_link import order_link


class Page(BaseModel):
    """The page in Airflow."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["auto", "en", "nl"] = "auto"
    """`auto` follows the language that the user has chosen in Airflow."""
    shop_admin_url: Annotated[str, AfterValidator(order_link)] | None = None
    """Where the shop's admin shows an order, such as `https://shop.example/orders/{order_id}`. Without it the page has
    no link to the shop."""
    refresh_seconds: int = Field(default=30, ge=5, le=86_400)
    """How often an open page refreshes itself."""

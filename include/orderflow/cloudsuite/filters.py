"""The filters of GET /api/order/.

The shop ignores an unknown filter and answers 200 with everything. So a misspelt name is refused here, and callers
check every row they get.
"""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from orderflow.domain.states import ShopState


def _naive(value: datetime | str) -> str:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    if instant.tzinfo is not None:
        raise ValueError("the shop's filters take naive times, in its own zone")
    return instant.isoformat()


NaiveTime = Annotated[datetime | str, AfterValidator(_naive)]
"""An instant without a zone; kept as ISO text."""


class ShopOrderFilter(BaseModel):
    """Only filters that are set are sent. Bounds are inclusive.

    DOCUMENTED on the Orders GET page: state, confirm_date, offline, and that the modified date can be used too; that
    its exact name follows confirm_date's is ASSUMED, and so is erp_order_number. reference and webshop: orderflow page.
    inactive: Product page ("suggested on all calls").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: ShopState | None = None
    confirm_date__gte: NaiveTime | None = None
    confirm_date__lte: NaiveTime | None = None
    offline: bool | None = None
    reference: str | None = None
    webshop: int | None = None
    erp_order_number: str | None = None
    inactive: bool | None = None
    modified_date__gte: NaiveTime | None = None

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return {name: _text(value) for name, value in self if value is not None}


def _text(value: object) -> str:
    # The API reads `true` and `false`; `False` works only in some versions of its framework.
    return str(value).lower() if isinstance(value, bool) else str(value)

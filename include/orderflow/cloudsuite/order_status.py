"""A custom order status (vendor's page "Custom order status - API"): a text that the customer sees with the order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class OrderStatus(BaseModel):
    """The status of one order. It does not change the order's own state."""

    model_config = ConfigDict(frozen=True)

    reference: str
    """The shop's reference of the order."""
    erp_number: str | None = None
    at: AwareDatetime
    state_id: str | None = None
    """Free text that identifies the status for machines."""
    texts: Mapping[str, str] = Field(min_length=1)
    """The texts for the customer, by language code: `nl_NL`."""

    def to_document(self, *, api_timezone: str) -> dict[str, Any]:
        """Return the JSON object; the instant is naive, as everywhere in this API.

        ASSUMED: `state` is a list with one object per language. The page shows it once as a text and once as an object.
        """
        local: datetime = self.at.astimezone(ZoneInfo(api_timezone))
        document = {
            "CloudsuiteOrderId": self.reference,
            "orderId": self.erp_number,
            "dateTime": local.replace(tzinfo=None).isoformat(timespec="seconds"),
            "stateId": self.state_id,
            "state": [{"lang": language, "value": text} for language, text in sorted(self.texts.items())],
        }
        return {name: value for name, value in document.items() if value is not None}

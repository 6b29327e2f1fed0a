"""How long the ledger keeps what it no longer needs."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Days = Annotated[int, Field(ge=7, le=36_500)] | None


class Kept(StrEnum):
    """What has its own retention time."""

    EVENTS = "events"
    CLOSED_ALERTS = "closed_alerts"
    FINDINGS = "findings"
    RECONCILIATIONS = "reconciliations"
    SHIPMENTS = "shipments"
    ORDERS = "orders"
    CUSTOMERS = "customers"


class Retention(BaseModel):
    """How many days the ledger keeps what is over; `null`: for ever. Planned calls of dry runs are kept three days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    events: Days = 400
    """What runs did with orders, counted from when it happened."""
    closed_alerts: Days = 400
    """Alerts, after they were closed, and what people were asked and answered."""
    findings: Days = 400
    """Differences between shop and ERP, after they were resolved."""
    reconciliations: Days = 400
    """Comparisons of shop and ERP: sums of days."""
    shipments: Days = 400
    """Carrier, tracking code and comment of packing slips, after they were sent or put aside. Numbers and quantities
    stay."""
    orders: Days = 400
    """The customer and the addresses of finished orders, after their last change. The rest stays. An order that gets
    despatch advices is finished once it was written back and none of its packing slips is unsent."""

    customers: Days = 400
    """Keys, numbers and hashes of customers, addresses and guests that no order names, after they were last met. One
    who comes back is looked up again."""

    @property
    def ages(self) -> Mapping[Kept, timedelta]:
        """Return how long each is kept; those that are kept for ever are left out."""
        days = {kept: getattr(self, kept.value) for kept in Kept}
        return {kept: timedelta(days=age) for kept, age in days.items() if age is not None}

"""Packing slips as they come out of the ledger."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import Shipment, ShipmentProgress


class LedgerShipment(BaseModel):
    """A packing slip as the ledger knew it at one instant."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    number: str
    progress: ShipmentProgress
    reason: Reason | None
    """Why it is where it is, or what is wrong although it was sent; None if nothing is wrong."""
    detail: str
    content: Shipment
    """As last read from the ERP; once sending has begun, as sent."""
    attempts: int
    first_seen_at: datetime
    sent_at: datetime | None
    updated_at: datetime
    claimed_until: datetime | None
    """Until when a run works on it, if one does."""

"""What comes out of the ledger about packing slips."""

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
    """Why it is where it is, or what is wrong although it was sent; None if nothing is."""
    detail: str
    content: Shipment
    """As last read from the ERP; once a message was begun, as it was sent."""
    attempts: int
    first_seen_at: datetime
    sent_at: datetime | None
    updated_at: datetime

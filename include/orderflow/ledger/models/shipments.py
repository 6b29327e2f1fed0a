"""Packing slips as they come out of the ledger."""

from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import UNCLEAR, Shipment, ShipmentProgress


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
    content_hash: str
    """Of what the ERP showed last, also once sending has begun."""
    attempts: int
    first_seen_at: datetime
    sent_at: datetime | None
    updated_at: datetime
    claimed_until: datetime | None
    """Until when a run works on it, if one does."""
    claimed_by: str | None = None
    """The try of the task that does, as `str(RunRef)`."""


class Reading(NamedTuple):
    """What a slip that the ERP shows means to the ledger."""

    content: Shipment
    """With the parts that only an earlier reading showed."""
    is_other: bool
    """It says something else than when it was last shown."""
    is_kept: bool
    """The ledger takes over the content: the shop cannot have another one yet."""


def reading(known: LedgerShipment | None, shown: Shipment) -> Reading:
    """Compare a slip that the ERP shows with what the ledger knows of it; None if it is new."""
    if known is None:
        return Reading(shown, is_other=True, is_kept=True)
    may_be_told = known.progress in UNCLEAR | {ShipmentProgress.SENT}
    content = shown.completed_by(known.content)
    if may_be_told:  # a changed date is no correction: an ERP may set it when the goods have left
        content = content.model_copy(update={"slip_date": known.content.slip_date})
    is_other = content.content_hash != known.content_hash
    return Reading(content, is_other=is_other, is_kept=is_other and not may_be_told)

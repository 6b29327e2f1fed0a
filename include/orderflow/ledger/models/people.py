"""Customers, addresses, and the lists of them, as the ledger knows them."""

from collections.abc import Mapping
from datetime import datetime

from orderflow.ledger.models.record import Record


class LedgerListing(Record):
    """How far a list of the shop has been read."""

    since: str | None = None
    newest: str | None = None
    position: int = 0
    whole_at: datetime | None = None
    read_at: datetime | None = None


class LedgerParty(Record):
    """A customer, and what the ERP is known to have of it."""

    origin: str
    key: str
    in_erp: bool = False
    intended_at: datetime | None = None
    code: str | None = None
    content_hash: str | None = None
    addresses: Mapping[str, str | None] = {}
    code_told: str | None = None

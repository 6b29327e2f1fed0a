"""The tables about customers and addresses: keys, numbers and hashes; no name, address or email is kept."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from orderflow.domain.people import RecordKind
from orderflow.ledger.tables.base import Base
from orderflow.ledger.tables.lease import Leased


class RecordRow(Base):
    """The key of one of the shop's integer ids."""

    __tablename__ = "orderflow_record"

    kind: Mapped[RecordKind] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str | None]
    """None if a list has shown only the key, and the record has not been read yet."""
    key: Mapped[str]
    sent_hash: Mapped[str | None]
    """Hash of an address as last sent to the ERP with an order."""
    seen_at: Mapped[datetime]


class ListingRow(Base):
    """How far a list of the shop has been read."""

    __tablename__ = "orderflow_listing"

    origin: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[RecordKind] = mapped_column(primary_key=True)
    since: Mapped[str | None]
    """The newest `create_date` of a list that was read to its end, in the shop's naive time."""
    newest: Mapped[str | None]
    """The newest `create_date` so far in the list being read."""
    position: Mapped[int] = mapped_column(default=0)
    """How many of its rows were read: an interrupted reading continues there."""
    whole_at: Mapped[datetime | None]
    """When the list was last read from its beginning."""
    read_at: Mapped[datetime | None]
    """When it was last read to its end."""


class PartyRow(Leased, Base):
    """What is known about a customer in the ERP."""

    __tablename__ = "orderflow_party"

    origin: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    in_erp: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str | None]
    """The ERP's own number."""
    intended_at: Mapped[datetime | None]
    """When it was about to be created, if the outcome is unknown."""
    content_hash: Mapped[str | None]
    """Hash of the record as last sent to the ERP; None if this flow has not sent it."""
    addresses: Mapped[dict[str, str | None]] = mapped_column(default=dict)
    """The addresses that the ERP has, by `origin/key`, with the same kind of hash."""
    code_told: Mapped[str | None]
    """The ERP number that was written to the shop."""
    updated_at: Mapped[datetime]


class GuestRow(Base):
    """The party of all orders with a guest's email address."""

    __tablename__ = "orderflow_guest"

    mail_hash: Mapped[str] = mapped_column(primary_key=True)
    origin: Mapped[str]
    key: Mapped[str]
    seen_at: Mapped[datetime]

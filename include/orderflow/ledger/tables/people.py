"""The tables about customers and addresses: keys, numbers and hashes; no name, address or mail is kept."""

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
    """None while a list has shown the key without it, and nobody has read the record."""
    key: Mapped[str]
    sent_hash: Mapped[str | None]
    """Of an address as an order last took it to the ERP."""
    seen_at: Mapped[datetime]


class ListingRow(Base):
    """How far a list of the shop has been read."""

    __tablename__ = "orderflow_listing"

    origin: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[RecordKind] = mapped_column(primary_key=True)
    since: Mapped[str | None]
    """The newest `create_date` of a list that was read to its end, in the shop's own naive time."""
    newest: Mapped[str | None]
    """The newest one met so far in the list that is being read."""
    position: Mapped[int] = mapped_column(default=0)
    """How many of its rows were read: a reading that was cut off continues there."""
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
    """When it was about to be made, if nobody knows what came of that."""
    content_hash: Mapped[str | None]
    """Of the record as the ERP was last given it; None when it was not given it by this flow."""
    addresses: Mapped[dict[str, str | None]] = mapped_column(default=dict)
    """The addresses that the ERP has, by `origin/key`, with the same kind of hash."""
    code_told: Mapped[str | None]
    """The number that was written to the shop."""
    updated_at: Mapped[datetime]


class GuestRow(Base):
    """The party of all orders with a guest's mail address."""

    __tablename__ = "orderflow_guest"

    mail_hash: Mapped[str] = mapped_column(primary_key=True)
    origin: Mapped[str]
    key: Mapped[str]
    seen_at: Mapped[datetime]

"""The tables of the packing slips: one row per slip, its orders, and how far the ERP's list has been read."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.ledger.tables.base import Base
from orderflow.ledger.tables.lease import Leased


class ShipmentRow(Leased, Base):
    """A packing slip, its content and its progress."""

    __tablename__ = "orderflow_slip"
    __table_args__ = (Index("ix_orderflow_slip_progress", "progress", "updated_at"),)

    number: Mapped[str] = mapped_column(primary_key=True)
    progress: Mapped[ShipmentProgress]
    reason: Mapped[Reason | None]
    detail: Mapped[str] = mapped_column(default="")
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    first_seen_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class ShipmentOrderRow(Base):
    """One of a packing slip's orders, by its ERP number, and what else the ERP says about which order it is."""

    __tablename__ = "orderflow_slip_order"
    __table_args__ = (Index("ix_orderflow_slip_order_order_number", "order_number"),)

    number: Mapped[str] = mapped_column(ForeignKey("orderflow_slip.number"), primary_key=True)
    order_number: Mapped[str] = mapped_column(primary_key=True)
    shop_order_id: Mapped[int | None]
    external_reference: Mapped[str | None]


class ReadingRow(Base):
    """Up to which instant an ERP list was read without a gap."""

    __tablename__ = "orderflow_reading"

    name: Mapped[str] = mapped_column(primary_key=True)
    complete_until: Mapped[datetime]

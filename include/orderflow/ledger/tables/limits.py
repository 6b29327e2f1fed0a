"""The tables of the limits shared by all processes."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.ledger.tables.base import Base


class RateRow(Base):
    """What all processes together have used of a service's limits."""

    __tablename__ = "orderflow_gate"

    service: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[int]
    """When the next call may be made, in microseconds since 1970."""
    quiet_until: Mapped[int] = mapped_column(server_default="0")
    """Until when the service has asked for a pause, in the same unit."""
    day: Mapped[str]
    used: Mapped[int]
    """Calls made on that day."""


class RefusalRow(Base):
    """An answer that repeating will not change; kept for an hour."""

    __tablename__ = "orderflow_refusal"
    __table_args__ = (Index("ix_orderflow_refusal_service", "service", "at"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    service: Mapped[str]
    endpoint: Mapped[str]
    order: Mapped[str]
    """The ids in its path; empty if there are none."""
    answer: Mapped[str]
    at: Mapped[datetime]

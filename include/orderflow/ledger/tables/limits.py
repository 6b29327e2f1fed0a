"""The tables of the limits that hold over all processes."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.ledger.tables.base import Base


class RateRow(Base):
    """What all processes together have used of a service."""

    __tablename__ = "orderflow_gate"

    service: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[int]
    """When the next call may be made, in microseconds since 1970."""
    day: Mapped[str]
    used: Mapped[int]
    """Calls made on that day."""


class RefusalRow(Base):
    """An answer that asking again does not change; kept for an hour."""

    __tablename__ = "orderflow_refusal"
    __table_args__ = (Index("ix_orderflow_refusal_service", "service", "at"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    service: Mapped[str]
    endpoint: Mapped[str]
    answer: Mapped[str]
    at: Mapped[datetime]

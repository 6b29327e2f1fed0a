"""The table of orders closed by people: who, why, and the state before, so that it can be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.ledger.tables.base import Base


class ResolutionRow(Base):
    """A person's statement that an order was dealt with."""

    __tablename__ = "orderflow_resolution"
    __table_args__ = (Index("ix_orderflow_resolution_order_id", "order_id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    order_id: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    comment: Mapped[str]
    before: Mapped[dict[str, Any]]
    """The changed columns of the order, with their previous values."""
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]

"""The table of checks that changed nothing: one row for all orders of a task, instead of a log line for each."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.ledger.tables.base import Base


class LookRow(Base):
    """The orders that a run checked and found unchanged."""

    __tablename__ = "orderflow_look"
    __table_args__ = (Index("ix_orderflow_look_run", "run"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    run: Mapped[str]
    """The run's name."""
    at: Mapped[datetime]
    order_ids: Mapped[list[int]] = mapped_column(JSON)

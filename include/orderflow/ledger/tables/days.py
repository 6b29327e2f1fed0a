"""The table of the days that were run."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from orderflow.ledger.tables.base import Base


class DayRow(Base):
    """A shop-local day, from the first run that took it."""

    __tablename__ = "orderflow_day"

    day: Mapped[str] = mapped_column(primary_key=True)
    """Its partition key, such as `2026-11-22`."""
    scheduled: Mapped[bool]
    """Whether the schedule has run it, and not only a person."""
    taken_by: Mapped[str | None]
    """The name of the last run that took it."""
    first_run_at: Mapped[datetime]
    orders_at: Mapped[datetime | None]
    """When all its orders, online and offline, were in the ledger."""

"""The table of causes that somebody has silenced for a while."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from orderflow.ledger.tables.base import Base


class SnoozeRow(Base):
    """A cause that is not announced until then. It stays open, and on the page."""

    __tablename__ = "orderflow_snooze"

    cause: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    by: Mapped[str] = mapped_column(default="")
    comment: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]

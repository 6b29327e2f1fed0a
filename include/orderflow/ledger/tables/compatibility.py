"""Which code may use this ledger: after a roll-back, code and tables may have different versions."""

from sqlalchemy.orm import Mapped, mapped_column

from orderflow.ledger.tables.base import Base


class CompatibilityRow(Base):
    """One row."""

    __tablename__ = "orderflow_compatibility"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    oldest_code: Mapped[str]
    """The tables' version for which the oldest such code was written."""

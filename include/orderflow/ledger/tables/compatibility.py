"""Which code may work on this ledger: after a roll-back, code and tables may be of different versions."""

from sqlalchemy.orm import Mapped, mapped_column

from orderflow.ledger.tables.base import Base


class CompatibilityRow(Base):
    """One row."""

    __tablename__ = "orderflow_compatibility"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    oldest_code: Mapped[str]
    """The version of the tables that the oldest such code was made for."""

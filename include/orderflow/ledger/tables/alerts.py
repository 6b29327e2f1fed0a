"""The tables of what people were notified about."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.domain.reasons import Reason
from orderflow.ledger.tables.base import Base


def _open_one(name: str, where: str, *columns: str) -> Index:
    """Let there be one open alert of these values; NULLs are never equal, so that they need an index of their own."""
    which = text(f"closed_at IS NULL AND {where}")
    return Index(name, *columns, unique=True, sqlite_where=which, postgresql_where=which)


class AlertRow(Base):
    """Something a person was told about, once, until it is over."""

    __tablename__ = "orderflow_alert"
    __table_args__ = (
        _open_one("ux_orderflow_alert_open", "order_id IS NOT NULL", "order_id", "slip", "reason"),
        _open_one("ux_orderflow_alert_open_of_no_order", "order_id IS NULL", "slip", "reason"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    order_id: Mapped[int | None]
    shipment: Mapped[str] = mapped_column("slip", default="", server_default=text("''"))
    """The packing slip it is about; empty when it is about the order."""
    order: Mapped[str]
    reason: Mapped[Reason]
    message: Mapped[str]
    seen: Mapped[int] = mapped_column(default=1)
    opened_by: Mapped[str | None]
    """The run that has to tell people of it, by its name."""
    opened_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class OutageRow(Base):
    """Why a task of a DAG fails as a whole; people were told. Gone as soon as the task works again."""

    __tablename__ = "orderflow_outage"

    dag_id: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[Reason] = mapped_column(primary_key=True)
    seen: Mapped[int] = mapped_column(default=1)
    opened_by: Mapped[str]
    """The run that has to tell people of it, by its name."""
    opened_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

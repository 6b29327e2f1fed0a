"""The tables of what people were notified about."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.domain.reasons import Reason
from orderflow.ledger.tables.base import Base


class AlertRow(Base):
    """Something a person was told about, once, until it is over."""

    __tablename__ = "orderflow_alert"
    __table_args__ = (
        Index(
            "ux_orderflow_alert_open",
            "webshop",
            "order_id",
            "slip",
            "reason",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    webshop: Mapped[int]
    order_id: Mapped[int]
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

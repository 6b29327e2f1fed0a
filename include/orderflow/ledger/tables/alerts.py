"""The tables of what people were notified about, and of which channel took which notice."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.domain.reasons import Reason
from orderflow.ledger.tables.base import Base


class AlertRow(Base):
    """Something that needs a person, or an outage, until it is over."""

    __tablename__ = "orderflow_alert"
    __table_args__ = (
        Index(
            "ux_orderflow_alert_open",
            "subject",
            "reason",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_orderflow_alert_cause", "cause"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    subject: Mapped[str]
    """What it is about, in one word and a name: an order by its id, a packing slip, a task, a difference."""
    order_id: Mapped[int | None]
    shipment: Mapped[str] = mapped_column("slip", default="", server_default=text("''"))
    """The packing slip it is about; empty when it is about none."""
    order: Mapped[str]
    """The subject as people call it."""
    reason: Mapped[Reason]
    cause: Mapped[str]
    """Short id of the cause: alerts of one cause are one line for people."""
    title: Mapped[str]
    """What varies within the reason: which product, for instance."""
    message: Mapped[str]
    seen: Mapped[int] = mapped_column(default=1)
    opened_by: Mapped[str | None]
    """The run that met it first, by its name."""
    last_seen_by: Mapped[str | None]
    opened_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class NoticeRow(Base):
    """That a channel is about to be given, or has taken, the opening or the end of an alert."""

    __tablename__ = "orderflow_notice"

    alert_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    """`opened` or `closed`."""
    run: Mapped[str]
    """The run that has sent it, by its name."""
    said: Mapped[bool]
    """Whether the message named it; else it joined a cause that the channel knew."""
    taken_until: Mapped[datetime]
    """While nothing was sent: until when nobody else may send it."""
    sent_at: Mapped[datetime | None]


class MemoRow(Base):
    """What one run leaves for the next, by name."""

    __tablename__ = "orderflow_memo"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    at: Mapped[datetime]

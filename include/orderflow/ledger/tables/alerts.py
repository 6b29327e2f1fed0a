"""The tables of alerts, and of which channel received which notice."""

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
    """What it is about, as a kind and an id: an order, a packing slip, a task, a difference."""
    order_id: Mapped[int | None]
    shipment: Mapped[str] = mapped_column("slip", default="", server_default=text("''"))
    """The packing slip it is about; empty if there is none."""
    order: Mapped[str]
    """The subject's name for people."""
    reason: Mapped[Reason]
    cause: Mapped[str]
    """Short id of the cause: alerts of one cause are shown as one line."""
    title: Mapped[str]
    """The part that varies within the reason: which product, for instance."""
    message: Mapped[str]
    seen: Mapped[int] = mapped_column(default=1)
    opened_by: Mapped[str | None]
    """The name of the run that found it first."""
    last_seen_by: Mapped[str | None]
    opened_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class NoticeRow(Base):
    """That a channel is about to receive, or has accepted, the opening or the end of an alert."""

    __tablename__ = "orderflow_notice"

    alert_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    """`opened` or `closed`."""
    run: Mapped[str]
    """The name of the run that sent it."""
    said: Mapped[bool]
    """Whether the message listed it; otherwise it joined a cause that the channel knew."""
    taken_until: Mapped[datetime]
    """While unsent: until when nobody else may send it."""
    sent_at: Mapped[datetime | None]


class MemoRow(Base):
    """A note that one run leaves for the next, by name."""

    __tablename__ = "orderflow_memo"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    at: Mapped[datetime]

"""The tables: one row per order, and a log of events that is only ever added to."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from orderflow.domain.decision import Action
from orderflow.domain.findings import FindingKind
from orderflow.domain.order import OrderKey
from orderflow.domain.packing_slip import SlipProgress
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.ledger.columns import ExactDecimal, UtcDateTime, text_enum
from orderflow.ledger.lease import Leased
from orderflow.ledger.models import Outcome, RunRef, Step

SCHEMA_REVISION = "0009"
"""The migration that makes exactly these tables."""


class Base(DeclarativeBase):
    """What the tables have in common: how Python's types are stored."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own name for it, not an attribute of the rows
        int: BigInteger,
        datetime: UtcDateTime,
        Decimal: ExactDecimal,
        dict[str, int]: JSON,
        dict[str, int | None]: JSON,
        dict[str, Any]: JSON,
        list[dict[str, Any]]: JSON,
        Action: text_enum(Action),
        FindingKind: text_enum(FindingKind),
        Outcome: text_enum(Outcome),
        Progress: text_enum(Progress),
        Reason: text_enum(Reason),
        SlipProgress: text_enum(SlipProgress),
        Step: text_enum(Step),
    }


class OrderRow(Leased, Base):
    """Where an order stands."""

    __tablename__ = "orderflow_order"
    __table_args__ = (
        Index("ix_orderflow_order_order_id", "order_id"),
        Index("ix_orderflow_order_reference", "reference"),
        Index("ix_orderflow_order_external_reference", "external_reference"),
        Index("ix_orderflow_order_partition", "partition"),
        Index("ix_orderflow_order_progress", "progress", "updated_at"),
        Index("ix_orderflow_order_updated_at", "updated_at"),
        Index("ix_orderflow_order_first_seen_at", "first_seen_at"),
        Index("ix_orderflow_order_erp_number", "erp_number"),
    )

    webshop: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reference: Mapped[str]
    external_reference: Mapped[str] = mapped_column(default="")
    partition: Mapped[str | None]
    progress: Mapped[Progress]
    decision: Mapped[Action | None]
    reason: Mapped[Reason | None]
    detail: Mapped[str] = mapped_column(default="")
    flagged_by: Mapped[Step | None]
    """The step that raised the reason as a flag: only that step's own success takes it down."""
    total: Mapped[Decimal | None]
    currency: Mapped[str | None]
    payment_status: Mapped[str | None]
    shop_modified_at: Mapped[datetime | None]
    payload_hash: Mapped[str | None]
    erp_number: Mapped[str | None]
    erp_lines: Mapped[dict[str, int]] = mapped_column(default=dict)
    line_ids: Mapped[dict[str, int | None]] = mapped_column(default=dict)
    number_free_for: Mapped[str | None]
    number_free_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    pushed_at: Mapped[datetime | None]
    written_back_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    @property
    def key(self) -> OrderKey:
        """Webshop and order id."""
        return OrderKey(self.webshop, self.order_id)


class EventRow(Base):
    """One thing that was about to happen or has happened."""

    __tablename__ = "orderflow_event"
    __table_args__ = (
        Index("ix_orderflow_event_run_id", "run_id"),
        Index("ix_orderflow_event_order", "webshop", "order_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    order_id: Mapped[int]
    webshop: Mapped[int | None]
    at: Mapped[datetime]
    dag_id: Mapped[str]
    run_id: Mapped[str]
    task_id: Mapped[str]
    map_index: Mapped[int]
    try_number: Mapped[int]
    partition: Mapped[str | None]
    step: Mapped[Step]
    outcome: Mapped[Outcome]
    reason: Mapped[Reason | None]
    message: Mapped[str]
    reference: Mapped[str]

    @property
    def run(self) -> RunRef:
        """Who wrote it."""
        return RunRef.model_validate(self, from_attributes=True)


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
    slip: Mapped[str] = mapped_column(default="", server_default=text("''"))
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


class FindingRow(Base):
    """A difference between shop and ERP, from when it was first met until it was gone."""

    __tablename__ = "orderflow_finding"
    __table_args__ = (
        Index(
            "ux_orderflow_finding_open",
            "kind",
            "external_reference",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("ix_orderflow_finding_last_seen_at", "last_seen_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    kind: Mapped[FindingKind]
    webshop: Mapped[int]
    order_id: Mapped[int | None]
    external_reference: Mapped[str]
    erp_number: Mapped[str | None]
    shop_value: Mapped[str]
    erp_value: Mapped[str]
    detail: Mapped[str]
    day: Mapped[str]
    since: Mapped[datetime]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class ReconciliationRow(Base):
    """One comparison of both sides; `totals` per day, webshop and currency, amounts as text."""

    __tablename__ = "orderflow_reconciliation"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    dag_id: Mapped[str]
    run_id: Mapped[str]
    at: Mapped[datetime]
    first_day: Mapped[str]
    last_day: Mapped[str]
    webshop: Mapped[int | None]
    compared: Mapped[int]
    in_flight: Mapped[int]
    unreadable: Mapped[int]
    findings: Mapped[int]
    overdue: Mapped[int]
    resolved: Mapped[int]
    totals: Mapped[list[dict[str, Any]]]

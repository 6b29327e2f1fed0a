"""The tables: one row per order, and an append-only log of events."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.domain.decision import Action
from orderflow.domain.last_step import LastStep
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.ledger.models.orders import Outcome, RunRef, Step
from orderflow.ledger.tables.base import Base
from orderflow.ledger.tables.lease import Leased


class OrderRow(Leased, Base):
    """An order and its progress."""

    __tablename__ = "orderflow_order"
    __table_args__ = (
        Index("ix_orderflow_order_reference", "reference"),
        Index("ux_orderflow_order_external_reference", "external_reference", unique=True),
        Index("ix_orderflow_order_partition", "partition"),
        Index("ix_orderflow_order_progress", "progress", "updated_at"),
        Index("ix_orderflow_order_updated_at", "updated_at"),
        Index("ix_orderflow_order_first_seen_at", "first_seen_at"),
        Index("ix_orderflow_order_erp_number", "erp_number"),
        Index("ix_orderflow_order_payable_at", "payable_at"),
        Index("ix_orderflow_order_webshop", "webshop"),
        Index("ix_orderflow_order_last_step", "progress", "last_step"),
        Index(
            "ix_orderflow_order_former_numbers",
            "order_id",
            postgresql_where=text("former_numbers IS NOT NULL"),
            sqlite_where=text("former_numbers IS NOT NULL"),
        ),
        Index(
            "ix_orderflow_order_reason",
            "reason",
            "updated_at",
            postgresql_where=text("reason IS NOT NULL"),
            sqlite_where=text("reason IS NOT NULL"),
        ),
    )

    order_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    webshop: Mapped[int | None]
    reference: Mapped[str]
    external_reference: Mapped[str | None]
    partition: Mapped[str | None]
    progress: Mapped[Progress]
    decision: Mapped[Action | None]
    reason: Mapped[Reason | None]
    detail: Mapped[str] = mapped_column(default="")
    flagged_by: Mapped[Step | None]
    """The step that set the reason as a flag: only that step's own success clears it."""
    total: Mapped[Decimal | None]
    currency: Mapped[str | None]
    payment_status: Mapped[str | None]
    paid_amount: Mapped[Decimal | None]
    shop_modified_at: Mapped[datetime | None]
    customer_key: Mapped[str | None]
    customer_code: Mapped[str | None]
    ship_to_key: Mapped[str | None]
    bill_to_key: Mapped[str | None]
    idempotency_key: Mapped[str | None]
    payload_hash: Mapped[str | None]
    payload_version: Mapped[int | None]
    erp_number: Mapped[str | None]
    former_numbers: Mapped[list[str] | None]
    erp_lines: Mapped[dict[str, int]] = mapped_column(default=dict)
    line_ids: Mapped[dict[str, int | None]] = mapped_column(default=dict)
    sent_lines: Mapped[list[dict[str, Any]] | None]
    first_seen_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    pushed_at: Mapped[datetime | None]
    written_back_at: Mapped[datetime | None]
    last_step: Mapped[LastStep | None]
    payable_at: Mapped[datetime | None]
    """Since when it could be sent: its confirmation, or when a run saw that a later payment had arrived."""
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often a step failed, not counting courtesies."""
    found_by: Mapped[str | None]
    """Search terms besides its names: the customer's order number, and the products' keys."""
    updated_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    """When it was last read. Without an index, so that a check that changes nothing only costs its row."""


class EventRow(Base):
    """Something that was about to happen, or has happened."""

    __tablename__ = "orderflow_event"
    __table_args__ = (
        Index("ix_orderflow_event_run_id", "run_id"),
        Index("ix_orderflow_event_order", "order_id"),
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

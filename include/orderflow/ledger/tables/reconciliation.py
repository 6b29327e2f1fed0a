"""The tables of the reconciliation: findings, and one row per comparison."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.domain.findings import FindingKind
from orderflow.ledger.tables.base import Base


class FindingRow(Base):
    """A difference between shop and ERP, from the first time it was found until it was gone."""

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
    accepted_at: Mapped[datetime | None]
    """When a person accepted it; a changed value revokes that."""


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

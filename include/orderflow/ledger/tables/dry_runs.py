"""The table of the calls that dry runs would have made."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.tables.base import Base


class PlannedCallRow(Base):
    """A call that a dry run would have made; purged after some days, because a body may hold names and addresses."""

    __tablename__ = "orderflow_planned_call"
    __table_args__ = (
        Index("ix_orderflow_planned_call_run", "run_id", "dag_id"),
        Index("ix_orderflow_planned_call_order", "order_id"),
        Index("ix_orderflow_planned_call_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    at: Mapped[datetime]
    dag_id: Mapped[str]
    run_id: Mapped[str]
    task_id: Mapped[str]
    map_index: Mapped[int]
    try_number: Mapped[int]
    partition: Mapped[str | None]
    subject: Mapped[str]
    order_id: Mapped[int | None]
    system: Mapped[str]
    method: Mapped[str]
    path: Mapped[str]
    body: Mapped[str]

    @property
    def run(self) -> RunRef:
        """The dry run that planned it."""
        return RunRef.model_validate(self, from_attributes=True)

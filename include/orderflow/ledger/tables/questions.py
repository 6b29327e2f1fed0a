"""The table of questions to people: one row per question, with its answer and result."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from orderflow.domain.questions import Verb
from orderflow.domain.reasons import Reason
from orderflow.ledger.tables.base import Base


class QuestionRow(Base):
    """A question about an open alert, from when it was asked until it is answered or closed."""

    __tablename__ = "orderflow_question"
    __table_args__ = (
        Index(
            "ux_orderflow_question_open",
            "alert_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_orderflow_question_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    alert_id: Mapped[int]
    reason: Mapped[Reason]
    order_id: Mapped[int | None]
    shipment: Mapped[str]
    name: Mapped[str]
    """Its subject's name for people."""
    facts: Mapped[str]
    """What distinguishes the state that was asked about from a later one."""
    dag_id: Mapped[str]
    run_id: Mapped[str]
    map_index: Mapped[int]
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When its task was last alive."""
    answer: Mapped[Verb | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    remark: Mapped[str]
    result: Mapped[str | None]
    """The result of the answer; None until it is known."""
    closed_at: Mapped[datetime | None]
    closed_as: Mapped[str]
    """`answered`, or why it was closed without an answer."""

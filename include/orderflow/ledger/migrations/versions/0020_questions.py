"""Questions to people about orders and packing slips, and their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "orderflow_question",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("order_id", sa.BigInteger()),
        sa.Column("shipment", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("dag_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("map_index", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.Column("answer", sa.String()),
        sa.Column("answered_by", sa.String()),
        sa.Column("answered_at", instant),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("result", sa.String()),
        sa.Column("closed_at", instant),
        sa.Column("closed_as", sa.String(), nullable=False),
    )
    open_one = sa.text("closed_at IS NULL")
    op.create_index(
        "ux_orderflow_question_open",
        "orderflow_question",
        ["alert_id"],
        unique=True,
        sqlite_where=open_one,
        postgresql_where=open_one,
    )
    op.create_index("ix_orderflow_question_order_id", "orderflow_question", ["order_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("orderflow_question")

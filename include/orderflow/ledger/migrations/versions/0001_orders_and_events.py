"""Orders and the log of events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    number = sa.Numeric().with_variant(sa.String(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "orderflow_order",
        sa.Column("webshop", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("order_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("external_reference", sa.String(), nullable=False),
        sa.Column("partition", sa.String()),
        sa.Column("progress", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(32)),
        sa.Column("reason", sa.String(32)),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("flagged_by", sa.String(32)),
        sa.Column("total", number),
        sa.Column("currency", sa.String()),
        sa.Column("payment_status", sa.String()),
        sa.Column("payload_hash", sa.String()),
        sa.Column("erp_number", sa.String()),
        sa.Column("erp_lines", sa.JSON(), nullable=False),
        sa.Column("line_ids", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", instant, nullable=False),
        sa.Column("decided_at", instant),
        sa.Column("pushed_at", instant),
        sa.Column("written_back_at", instant),
        sa.Column("updated_at", instant, nullable=False),
        sa.Column("claim_token", sa.String()),
        sa.Column("claimed_by", sa.String()),
        sa.Column("claimed_until", instant),
    )
    op.create_index("ix_orderflow_order_order_id", "orderflow_order", ["order_id"])
    op.create_index("ix_orderflow_order_reference", "orderflow_order", ["reference"])
    op.create_index("ix_orderflow_order_partition", "orderflow_order", ["partition"])
    op.create_index("ix_orderflow_order_progress", "orderflow_order", ["progress", "updated_at"])
    op.create_index("ix_orderflow_order_updated_at", "orderflow_order", ["updated_at"])
    op.create_table(
        "orderflow_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("webshop", sa.BigInteger()),
        sa.Column("at", instant, nullable=False),
        sa.Column("dag_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("map_index", sa.BigInteger(), nullable=False),
        sa.Column("try_number", sa.BigInteger(), nullable=False),
        sa.Column("partition", sa.String()),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
    )
    op.create_index("ix_orderflow_event_run_id", "orderflow_event", ["run_id"])
    op.create_index("ix_orderflow_event_order", "orderflow_event", ["webshop", "order_id"])


def downgrade() -> None:
    """Forget everything."""
    op.drop_table("orderflow_event")
    op.drop_table("orderflow_order")

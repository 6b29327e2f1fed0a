"""The calls that dry runs would have made, for the page."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "orderflow_planned_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dag_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("map_index", sa.BigInteger(), nullable=False),
        sa.Column("try_number", sa.BigInteger(), nullable=False),
        sa.Column("partition", sa.String()),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("webshop", sa.BigInteger()),
        sa.Column("order_id", sa.BigInteger()),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
    )
    op.create_index("ix_orderflow_planned_call_run", "orderflow_planned_call", ["run_id", "dag_id"])
    op.create_index("ix_orderflow_planned_call_order", "orderflow_planned_call", ["webshop", "order_id"])
    op.create_index("ix_orderflow_planned_call_at", "orderflow_planned_call", ["at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("orderflow_planned_call")

"""Who resolved an order by hand, and its state before that."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "orderflow_resolution",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", instant),
        sa.Column("undone_by", sa.String()),
    )
    op.create_index("ix_orderflow_resolution_order_id", "orderflow_resolution", ["order_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("orderflow_resolution")

"""Limits over all processes (rate, daily budget, refusals), and which run saw that an ERP number is not set yet."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    instant = sa.DateTime(timezone=True)
    op.add_column("orderflow_order", sa.Column("number_free_for", sa.String()))
    op.add_column("orderflow_order", sa.Column("number_free_at", instant))
    op.create_table(
        "orderflow_gate",
        sa.Column("service", sa.String(), primary_key=True),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "orderflow_refusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("at", instant, nullable=False),
    )
    op.create_index("ix_orderflow_refusal_service", "orderflow_refusal", ["service", "at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("orderflow_refusal")
    op.drop_table("orderflow_gate")
    op.drop_column("orderflow_order", "number_free_at")
    op.drop_column("orderflow_order", "number_free_for")

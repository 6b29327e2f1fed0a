"""Differences between shop and ERP, and the comparisons that met them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables, and find orders by their name in the ERP."""
    instant = sa.DateTime(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "orderflow_finding",
        sa.Column("id", number, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("webshop", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger()),
        sa.Column("external_reference", sa.String(), nullable=False),
        sa.Column("erp_number", sa.String()),
        sa.Column("shop_value", sa.String(), nullable=False),
        sa.Column("erp_value", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("first_seen_at", instant, nullable=False),
        sa.Column("last_seen_at", instant, nullable=False),
        sa.Column("resolved_at", instant),
    )
    unresolved = sa.text("resolved_at IS NULL")
    op.create_index(
        "ux_orderflow_finding_open",
        "orderflow_finding",
        ["kind", "external_reference"],
        unique=True,
        sqlite_where=unresolved,
        postgresql_where=unresolved,
    )
    op.create_index("ix_orderflow_finding_last_seen_at", "orderflow_finding", ["last_seen_at"])
    op.create_index("ix_orderflow_order_external_reference", "orderflow_order", ["external_reference"])
    op.create_table(
        "orderflow_reconciliation",
        sa.Column("id", number, primary_key=True),
        sa.Column("dag_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("first_day", sa.String(), nullable=False),
        sa.Column("last_day", sa.String(), nullable=False),
        sa.Column("webshop", sa.BigInteger()),
        sa.Column("compared", sa.BigInteger(), nullable=False),
        sa.Column("in_flight", sa.BigInteger(), nullable=False),
        sa.Column("unreadable", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.BigInteger(), nullable=False),
        sa.Column("overdue", sa.BigInteger(), nullable=False),
        sa.Column("resolved", sa.BigInteger(), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    """Take it all away."""
    op.drop_index("ix_orderflow_order_external_reference", "orderflow_order")
    op.drop_table("orderflow_reconciliation")
    op.drop_table("orderflow_finding")

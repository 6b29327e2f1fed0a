"""Alerts, and the shop's own timestamp of an order's last change."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both."""
    instant = sa.DateTime(timezone=True)
    op.add_column("orderflow_order", sa.Column("shop_modified_at", instant))
    op.create_table(
        "orderflow_alert",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("webshop", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.Column("last_seen_at", instant, nullable=False),
        sa.Column("closed_at", instant),
    )
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ux_orderflow_alert_open",
        "orderflow_alert",
        ["webshop", "order_id", "reason"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_table("orderflow_alert")
    op.drop_column("orderflow_order", "shop_modified_at")

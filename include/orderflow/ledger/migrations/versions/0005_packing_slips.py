"""Packing slips: what was sent to the shop of them, which it takes only once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN_ALERT = "ux_orderflow_alert_open"


def upgrade() -> None:
    """Add the tables, find orders by their ERP number, and let alerts be about a slip."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "orderflow_slip",
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("progress", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("first_seen_at", instant, nullable=False),
        sa.Column("sent_at", instant),
        sa.Column("updated_at", instant, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("claim_token", sa.String()),
        sa.Column("claimed_by", sa.String()),
        sa.Column("claimed_until", instant),
    )
    op.create_index("ix_orderflow_slip_progress", "orderflow_slip", ["progress", "updated_at"])
    op.create_table(
        "orderflow_slip_order",
        sa.Column("number", sa.String(), sa.ForeignKey("orderflow_slip.number"), primary_key=True),
        sa.Column("order_number", sa.String(), primary_key=True),
    )
    op.create_index("ix_orderflow_slip_order_order_number", "orderflow_slip_order", ["order_number"])
    op.create_table(
        "orderflow_reading",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("complete_until", instant, nullable=False),
    )
    op.create_index("ix_orderflow_order_erp_number", "orderflow_order", ["erp_number"])
    op.add_column("orderflow_alert", sa.Column("slip", sa.String(), nullable=False, server_default=sa.text("''")))
    op.drop_index(OPEN_ALERT, "orderflow_alert")
    _index_open_alerts("webshop", "order_id", "slip", "reason")


def downgrade() -> None:
    """Take it all away."""
    op.drop_index(OPEN_ALERT, "orderflow_alert")
    op.execute("DELETE FROM orderflow_alert WHERE slip <> ''")
    op.drop_column("orderflow_alert", "slip")
    _index_open_alerts("webshop", "order_id", "reason")
    op.drop_index("ix_orderflow_order_erp_number", "orderflow_order")
    for table in ("orderflow_reading", "orderflow_slip_order", "orderflow_slip"):
        op.drop_table(table)


def _index_open_alerts(*columns: str) -> None:
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        OPEN_ALERT,
        "orderflow_alert",
        list(columns),
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )

"""Indexes for the queries of page and digest on a ledger with a million orders."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; most orders have no reason, and are left out of the second."""
    has_reason = sa.text("reason IS NOT NULL")
    op.create_index("ix_orderflow_order_webshop", "orderflow_order", ["webshop"])
    op.create_index(
        "ix_orderflow_order_reason",
        "orderflow_order",
        ["reason", "updated_at"],
        postgresql_where=has_reason,
        sqlite_where=has_reason,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_orderflow_order_reason", "orderflow_order")
    op.drop_index("ix_orderflow_order_webshop", "orderflow_order")

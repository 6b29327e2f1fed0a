"""Find orders by when they were first seen: the page counts those that belong to no window by that day."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_orderflow_order_first_seen_at", "orderflow_order", ["first_seen_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_orderflow_order_first_seen_at", "orderflow_order")

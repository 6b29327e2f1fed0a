"""The last step of an order, according to the settings at its write-back."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. It is unknown for orders already written back: the current settings apply to them."""
    with op.batch_alter_table("orderflow_order") as orders:
        orders.add_column(sa.Column("last_step", sa.String()))
    op.create_index("ix_orderflow_order_last_step", "orderflow_order", ["progress", "last_step"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_orderflow_order_last_step", "orderflow_order")
    with op.batch_alter_table("orderflow_order") as orders:
        orders.drop_column("last_step")

"""What finishes an order, as the settings were when it was written back."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Nobody knows it of what was written back before: for that the settings go on to count."""
    with op.batch_alter_table("orderflow_order") as orders:
        orders.add_column(sa.Column("last_step", sa.String()))
    op.create_index("ix_orderflow_order_last_step", "orderflow_order", ["progress", "last_step"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_orderflow_order_last_step", "orderflow_order")
    with op.batch_alter_table("orderflow_order") as orders:
        orders.drop_column("last_step")

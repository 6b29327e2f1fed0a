"""Each step of the write-back reads the order itself: what an earlier step saw of its number is no longer kept."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop what was seen."""
    with op.batch_alter_table("orderflow_order") as orders:
        orders.drop_column("number_free_for")
        orders.drop_column("number_free_at")


def downgrade() -> None:
    """Add the columns again, empty: nothing was seen."""
    with op.batch_alter_table("orderflow_order") as orders:
        orders.add_column(sa.Column("number_free_for", sa.String()))
        orders.add_column(sa.Column("number_free_at", sa.DateTime(timezone=True)))

"""When an order was last checked, separate from when it changed: a check that changes nothing is not logged."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and the column, which is filled by the next check of an order."""
    instant = sa.DateTime(timezone=True)
    with op.batch_alter_table("orderflow_order") as orders:
        orders.add_column(sa.Column("looked_at", instant))
    op.create_table(
        "orderflow_look",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("order_ids", sa.JSON(), nullable=False),
    )
    op.create_index("ix_orderflow_look_run", "orderflow_look", ["run"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("orderflow_look")
    with op.batch_alter_table("orderflow_order") as orders:
        orders.drop_column("looked_at")

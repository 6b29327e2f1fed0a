"""The numbers that an order had in the ERP before the ERP gave it another one."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_INDEX = "ix_orderflow_order_former_numbers"


def upgrade() -> None:
    """Add the column; the few orders that have such numbers are found by its index."""
    with op.batch_alter_table("orderflow_order") as orders:
        orders.add_column(sa.Column("former_numbers", sa.JSON()))
    having = sa.text("former_numbers IS NOT NULL")
    op.create_index(_INDEX, "orderflow_order", ["order_id"], postgresql_where=having, sqlite_where=having)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(_INDEX, "orderflow_order")
    with op.batch_alter_table("orderflow_order") as orders:
        orders.drop_column("former_numbers")

"""Which customer and addresses an order went to the ERP with, and what was paid of it."""

import sqlalchemy as sa
from alembic import op

from orderflow.ledger.database.columns import ExactDecimal

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TEXTS = ("customer_key", "customer_code", "ship_to_key", "bill_to_key")


def upgrade() -> None:
    """Add the columns, empty: nothing was known of them."""
    with op.batch_alter_table("orderflow_order") as orders:
        for name in _TEXTS:
            orders.add_column(sa.Column(name, sa.String()))
        orders.add_column(sa.Column("paid_amount", ExactDecimal()))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("orderflow_order") as orders:
        for name in (*_TEXTS, "paid_amount"):
            orders.drop_column(name)

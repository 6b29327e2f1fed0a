"""What the ERP says about which order of the shop a packing slip is of, besides the order's number in the ERP."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both, empty: no slip was read with them before."""
    with op.batch_alter_table("orderflow_slip_order") as orders:
        orders.add_column(sa.Column("shop_order_id", sa.BigInteger()))
        orders.add_column(sa.Column("external_reference", sa.String()))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("orderflow_slip_order") as orders:
        orders.drop_column("external_reference")
        orders.drop_column("shop_order_id")

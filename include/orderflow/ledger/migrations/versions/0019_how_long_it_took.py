"""Since when an order could be sent, how often it failed, and the search terms that people use for it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_FAILED = """
    UPDATE orderflow_order SET failures = (
        SELECT count(*) FROM orderflow_event
        WHERE orderflow_event.order_id = orderflow_order.order_id
          AND orderflow_event.outcome IN ('failed', 'rejected', 'in_doubt')
          AND orderflow_event.step NOT IN ('tell_pushed', 'tell_delivered')
    )
"""


def upgrade() -> None:
    """Add the columns. Failures come from the log; the other two are unknown for older orders."""
    with op.batch_alter_table("orderflow_order") as orders:
        orders.add_column(sa.Column("payable_at", sa.DateTime(timezone=True)))
        orders.add_column(sa.Column("failures", sa.BigInteger(), nullable=False, server_default="0"))
        orders.add_column(sa.Column("found_by", sa.String()))
    op.create_index("ix_orderflow_order_payable_at", "orderflow_order", ["payable_at"])
    op.execute(_FAILED)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_orderflow_order_payable_at", "orderflow_order")
    with op.batch_alter_table("orderflow_order") as orders:
        for name in ("payable_at", "failures", "found_by"):
            orders.drop_column(name)

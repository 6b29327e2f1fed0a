"""The days that were run: the earliest is go-live, and an unfinished scheduled day is run again."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, with the earliest day that this ledger knows, so that newer orders are still exported."""
    instant = sa.DateTime(timezone=True)
    days = op.create_table(
        "orderflow_day",
        sa.Column("day", sa.String(), primary_key=True),
        sa.Column("scheduled", sa.Boolean(), nullable=False),
        sa.Column("taken_by", sa.String()),
        sa.Column("first_run_at", instant, nullable=False),
        sa.Column("orders_at", instant),
        sa.Column("offline_at", instant),
    )
    bind = op.get_bind()
    orders = sa.Table("orderflow_order", sa.MetaData(), autoload_with=bind)
    first = bind.execute(sa.select(sa.func.min(orders.c.partition), sa.func.min(orders.c.first_seen_at))).one()
    if first[1] is None:
        return
    known = [day for day in (first[0], f"{first[1]:%Y-%m-%d}") if day]
    at = {"first_run_at": first[1], "orders_at": first[1], "offline_at": first[1]}
    bind.execute(days.insert().values(day=min(known), scheduled=False, **at))


def downgrade() -> None:
    """Take it away."""
    op.drop_table("orderflow_day")

"""Causes that are not announced until a date."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "orderflow_snooze",
        sa.Column("cause", sa.String(), primary_key=True),
        sa.Column("until", instant, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("at", instant, nullable=False),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("orderflow_snooze")

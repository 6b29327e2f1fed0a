"""Tasks that fail as a whole, so that people hear of it once and not from every run."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "orderflow_outage",
        sa.Column("dag_id", sa.String(), primary_key=True),
        sa.Column("task_id", sa.String(), primary_key=True),
        sa.Column("reason", sa.String(32), primary_key=True),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("orderflow_outage")

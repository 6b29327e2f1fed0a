"""The oldest code that may work on these tables."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; whoever upgrades writes its row."""
    op.create_table(
        "orderflow_compatibility",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("oldest_code", sa.String(), nullable=False),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("orderflow_compatibility")

"""Which run opened an alert, so that a retry of its report still announces it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. For earlier alerts it is unknown, but people already know them."""
    op.add_column("orderflow_alert", sa.Column("opened_by", sa.String()))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("orderflow_alert", "opened_by")

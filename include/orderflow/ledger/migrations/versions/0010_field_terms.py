"""Terms of the field: `resolved` (was `seen_to`), the step `resolve`, `circuit_open` (was `endpoint_paused`)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_RENAMED = (
    ("orderflow_order", "progress", "seen_to", "resolved"),
    ("orderflow_order", "reason", "seen_to", "resolved"),
    ("orderflow_order", "reason", "endpoint_paused", "circuit_open"),
    ("orderflow_order", "flagged_by", "see_to", "resolve"),
    ("orderflow_event", "step", "see_to", "resolve"),
    ("orderflow_event", "reason", "seen_to", "resolved"),
    ("orderflow_event", "reason", "endpoint_paused", "circuit_open"),
    ("orderflow_alert", "reason", "seen_to", "resolved"),
    ("orderflow_alert", "reason", "endpoint_paused", "circuit_open"),
    ("orderflow_outage", "reason", "endpoint_paused", "circuit_open"),
    ("orderflow_slip", "reason", "endpoint_paused", "circuit_open"),
)


def upgrade() -> None:
    """Rename the stored values."""
    for table, column, before, after in _RENAMED:
        _rename(table, column, before, after)


def downgrade() -> None:
    """Rename them back."""
    for table, column, before, after in _RENAMED:
        _rename(table, column, after, before)


def _rename(table: str, column: str, before: str, after: str) -> None:
    cell = sa.column(column, sa.String())
    op.execute(sa.table(table, cell).update().where(cell == before).values({column: after}))

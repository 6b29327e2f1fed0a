"""Pauses that a service asks for, and which order a refusal was about."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_REFUSAL, _INDEX = "orderflow_refusal", "ix_orderflow_refusal_service"


def upgrade() -> None:
    """Add them; the refusals of the last hour, which name no order, are forgotten."""
    op.add_column("orderflow_gate", sa.Column("quiet_until", sa.BigInteger(), nullable=False, server_default="0"))
    _made_anew(sa.Column("order", sa.String(), nullable=False))


def downgrade() -> None:
    """Take them away."""
    _made_anew()
    op.drop_column("orderflow_gate", "quiet_until")


def _made_anew(*more: sa.Column[str]) -> None:
    op.drop_index(_INDEX, _REFUSAL)
    op.drop_table(_REFUSAL)
    op.create_table(
        _REFUSAL,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        *more,
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(_INDEX, _REFUSAL, ["service", "at"])

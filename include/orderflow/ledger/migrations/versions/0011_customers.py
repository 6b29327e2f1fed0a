"""Which key an id of the shop stands for, and what the ERP has of each customer."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "orderflow_record",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("record_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sent_hash", sa.String(), nullable=True),
        sa.Column("seen_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "orderflow_listing",
        sa.Column("origin", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("since", sa.String(), nullable=True),
        sa.Column("newest", sa.String(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("whole_at", _INSTANT, nullable=True),
        sa.Column("read_at", _INSTANT, nullable=True),
    )
    op.create_table(
        "orderflow_party",
        sa.Column("origin", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("in_erp", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("intended_at", _INSTANT, nullable=True),
        sa.Column("content_hash", sa.String(), nullable=True),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.Column("code_told", sa.String(), nullable=True),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("claim_token", sa.String(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", _INSTANT, nullable=True),
    )
    op.create_table(
        "orderflow_guest",
        sa.Column("mail_hash", sa.String(), primary_key=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("guest", "party", "listing", "record"):
        op.drop_table(f"orderflow_{table}")

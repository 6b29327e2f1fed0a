"""One book of alerts for orders, packing slips and tasks, by cause, and a notice per channel that received it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")
_OLD = "ux_orderflow_alert_open"
_OLD_OF_NO_ORDER = "ux_orderflow_alert_open_of_no_order"
_ID = sa.BigInteger()


def upgrade() -> None:
    """Set every alert's subject and cause; open alerts count as announced to everyone."""
    op.drop_index(_OLD_OF_NO_ORDER, "orderflow_alert")
    op.drop_index(_OLD, "orderflow_alert")
    with op.batch_alter_table("orderflow_alert") as alerts:
        for name in ("subject", "cause", "title"):
            alerts.add_column(sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''")))
        alerts.add_column(sa.Column("last_seen_by", sa.String()))
    op.execute("UPDATE orderflow_alert SET subject = CASE WHEN slip <> '' THEN 'slip ' || slip "
               "ELSE 'order ' || COALESCE(CAST(order_id AS VARCHAR), '') END, cause = 'old ' || reason")  # fmt: skip
    op.execute(
        "UPDATE orderflow_alert SET closed_at = last_seen_at WHERE closed_at IS NULL AND id NOT IN ("
        "SELECT MAX(id) FROM orderflow_alert WHERE closed_at IS NULL GROUP BY subject, reason)"
    )
    op.execute(
        'INSERT INTO orderflow_alert (subject, cause, title, order_id, slip, "order", reason, message, seen, '
        "opened_by, opened_at, last_seen_at) SELECT 'task ' || dag_id || '/' || task_id, 'old ' || reason, '', NULL, "
        "'', "
        "dag_id || ', ' || task_id, reason, '', seen, opened_by, opened_at, last_seen_at FROM orderflow_outage"
    )
    op.drop_table("orderflow_outage")
    with op.batch_alter_table("orderflow_alert") as alerts:
        for name in ("subject", "cause", "title"):
            alerts.alter_column(name, existing_type=sa.String(), server_default=None)
    op.create_index(
        _OLD, "orderflow_alert", ["subject", "reason"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_orderflow_alert_cause", "orderflow_alert", ["cause"])
    op.create_table(
        "orderflow_notice",
        sa.Column("alert_id", _ID, primary_key=True, autoincrement=False),
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("phase", sa.String(), primary_key=True),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("said", sa.Boolean(), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
    )
    op.execute(
        "INSERT INTO orderflow_notice (alert_id, channel, phase, run, said, taken_until, sent_at) SELECT id, '*', "
        "'opened', COALESCE(opened_by, ''), TRUE, opened_at, opened_at FROM orderflow_alert WHERE closed_at IS NULL"
    )
    op.add_column("orderflow_finding", sa.Column("accepted_at", sa.DateTime(timezone=True)))
    op.create_table(
        "orderflow_memo",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Remove causes and notices, and give tasks their own table again."""
    op.drop_column("orderflow_finding", "accepted_at")
    op.drop_table("orderflow_memo")
    op.drop_table("orderflow_notice")
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
    op.drop_index("ix_orderflow_alert_cause", "orderflow_alert")
    op.drop_index(_OLD, "orderflow_alert")
    op.execute("DELETE FROM orderflow_alert WHERE subject NOT LIKE 'order %' AND subject NOT LIKE 'slip %'")
    with op.batch_alter_table("orderflow_alert") as alerts:
        for name in ("subject", "cause", "title", "last_seen_by"):
            alerts.drop_column(name)
    for name, where, columns in (
        (_OLD, "order_id IS NOT NULL", ["order_id", "slip", "reason"]),
        (_OLD_OF_NO_ORDER, "order_id IS NULL", ["slip", "reason"]),
    ):
        which = sa.text(f"closed_at IS NULL AND {where}")
        op.create_index(name, "orderflow_alert", columns, unique=True, sqlite_where=which, postgresql_where=which)

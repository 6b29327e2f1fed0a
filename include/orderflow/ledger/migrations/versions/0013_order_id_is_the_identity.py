"""The shop's order id is the order: one row each, whatever its webshop, with its own name in the ERP."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from orderflow.ledger.migrations.one_row_per_order import merge, name_sent_orders

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OPEN_ALERT = "ux_orderflow_alert_open"
_INDEXES = {
    "reference": ["reference"],
    "partition": ["partition"],
    "progress": ["progress", "updated_at"],
    "updated_at": ["updated_at"],
    "first_seen_at": ["first_seen_at"],
    "erp_number": ["erp_number"],
}


def upgrade() -> None:
    """Merge the rows of each order, then key the tables by its id."""
    for column in _new_columns():
        op.add_column("orderflow_order", column)
    merge(op.get_bind())
    _rekey(
        sa.Column("order_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("webshop", sa.BigInteger()),
        sa.Column("external_reference", sa.String()),
    )
    name_sent_orders(op.get_bind())
    op.create_index("ux_orderflow_order_external_reference", "orderflow_order", ["external_reference"], unique=True)
    for table in ("event", "planned_call"):
        op.drop_index(f"ix_orderflow_{table}_order", f"orderflow_{table}")
        op.create_index(f"ix_orderflow_{table}_order", f"orderflow_{table}", ["order_id"])
    op.drop_column("orderflow_planned_call", "webshop")
    op.drop_index(OPEN_ALERT, "orderflow_alert")
    with op.batch_alter_table("orderflow_alert") as alerts:
        alerts.alter_column("order_id", existing_type=sa.BigInteger(), nullable=True)
        alerts.drop_column("webshop")
    op.execute("UPDATE orderflow_alert SET order_id = NULL WHERE order_id = 0")
    _index_open_alerts(OPEN_ALERT, "order_id IS NOT NULL", "order_id", "slip", "reason")
    _index_open_alerts(f"{OPEN_ALERT}_of_no_order", "order_id IS NULL", "slip", "reason")


def downgrade() -> None:
    """Key the tables by webshop and id again; an unknown webshop is 0 there."""
    op.drop_index(f"{OPEN_ALERT}_of_no_order", "orderflow_alert")
    op.drop_index(OPEN_ALERT, "orderflow_alert")
    op.execute("UPDATE orderflow_alert SET order_id = 0 WHERE order_id IS NULL")
    with op.batch_alter_table("orderflow_alert") as alerts:
        alerts.alter_column("order_id", existing_type=sa.BigInteger(), nullable=False)
        alerts.add_column(sa.Column("webshop", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.execute(
        "UPDATE orderflow_alert SET webshop = COALESCE("
        "(SELECT o.webshop FROM orderflow_order o WHERE o.order_id = orderflow_alert.order_id), 0)"
    )
    with op.batch_alter_table("orderflow_alert") as alerts:
        alerts.alter_column("webshop", existing_type=sa.BigInteger(), server_default=None)
    _index_open_alerts(OPEN_ALERT, "TRUE", "webshop", "order_id", "slip", "reason")
    op.add_column("orderflow_planned_call", sa.Column("webshop", sa.BigInteger()))
    for table in ("event", "planned_call"):
        op.drop_index(f"ix_orderflow_{table}_order", f"orderflow_{table}")
        op.create_index(f"ix_orderflow_{table}_order", f"orderflow_{table}", ["webshop", "order_id"])
    op.drop_index("ux_orderflow_order_external_reference", "orderflow_order")
    for column in _new_columns():
        op.drop_column("orderflow_order", column.name)
    op.execute("UPDATE orderflow_order SET webshop = COALESCE(webshop, 0)")
    op.execute("UPDATE orderflow_order SET external_reference = COALESCE(external_reference, '')")
    _rekey(
        sa.Column("webshop", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("order_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("external_reference", sa.String(), nullable=False),
    )
    op.create_index("ix_orderflow_order_order_id", "orderflow_order", ["order_id"])
    op.create_index("ix_orderflow_order_external_reference", "orderflow_order", ["external_reference"])


def _new_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("idempotency_key", sa.String()),
        sa.Column("payload_version", sa.BigInteger()),
        sa.Column("sent_lines", sa.JSON()),
    ]


def _rekey(*changed: sa.Column[Any]) -> None:
    """Recreate the orders table with these columns and the kept ones, because a key cannot be changed in place."""
    bind = op.get_bind()
    old = sa.Table("orderflow_order", sa.MetaData(), autoload_with=bind)
    names = {column.name for column in changed}
    kept = [sa.Column(c.name, c.type, nullable=c.nullable) for c in old.columns if c.name not in names]
    new = op.create_table("orderflow_order_new", *changed, *kept)
    copied = [column.name for column in new.columns]
    bind.execute(new.insert().from_select(copied, sa.select(*(old.c[name] for name in copied))))
    op.drop_table("orderflow_order")
    op.rename_table("orderflow_order_new", "orderflow_order")
    if bind.dialect.name == "postgresql":
        op.execute("ALTER INDEX orderflow_order_new_pkey RENAME TO orderflow_order_pkey")
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_orderflow_order_{name}", "orderflow_order", columns)


def _index_open_alerts(name: str, where: str, *columns: str) -> None:
    which = sa.text("closed_at IS NULL" if where == "TRUE" else f"closed_at IS NULL AND {where}")
    op.create_index(name, "orderflow_alert", list(columns), unique=True, sqlite_where=which, postgresql_where=which)

"""Offline orders have a progress of their own, `offline`, and a day has one mark: all its orders are in the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_FINE = (
    "not_confirmed",
    "cancelled",
    "never_paid",
    "outside_window",
    "already_exported",
    "order_not_found",
    "resolved",
)
"""Why an order is skipped; with another reason it has failed, and is to be checked again."""


def upgrade() -> None:
    """Move what was skipped and is not at an end: the last decision says whether it is an offline order."""
    bind = op.get_bind()
    orders, events = (sa.Table(f"orderflow_{name}", sa.MetaData(), autoload_with=bind) for name in ("order", "event"))
    skipped = orders.update().where(orders.c.progress == "skipped")
    later = events.alias()
    decided_later = sa.exists().where(
        later.c.order_id == events.c.order_id, later.c.outcome == "decided", later.c.id > events.c.id
    )
    offline = sa.exists().where(
        events.c.order_id == orders.c.order_id,
        events.c.outcome == "decided",
        events.c.reason == "offline",
        ~decided_later,
    )
    as_offline = {"progress": "offline", "decision": "mark"}
    op.execute(skipped.where(orders.c.reason == "offline").values(**as_offline, reason=None))
    failed = skipped.where(orders.c.reason.not_in(_FINE))
    op.execute(failed.where(offline).values(as_offline))
    op.execute(failed.values(progress="unread"))
    _reopen_resolved(bind)
    op.execute("UPDATE orderflow_day SET orders_at = NULL WHERE offline_at IS NULL")
    with op.batch_alter_table("orderflow_day") as days:
        days.drop_column("offline_at")


def _reopen_resolved(bind: sa.Connection) -> None:
    """Let a resolved order be read again, too, if a person takes that back."""
    resolutions = sa.Table("orderflow_resolution", sa.MetaData(), autoload_with=bind)
    standing = sa.select(resolutions.c.id, resolutions.c.before).where(resolutions.c.undone_at.is_(None))
    for number, before in bind.execute(standing).all():
        if before["progress"] == "skipped" and before["reason"] not in _FINE:
            of = resolutions.update().where(resolutions.c.id == number)
            bind.execute(of.values(before=before | {"progress": "unread"}))


def downgrade() -> None:
    """Skip them again, as then; a day that is done has all its offline orders."""
    op.execute("UPDATE orderflow_order SET reason = 'offline' WHERE progress = 'offline' AND reason IS NULL")
    op.execute("UPDATE orderflow_order SET progress = 'skipped', decision = 'skip' WHERE progress = 'offline'")
    with op.batch_alter_table("orderflow_day") as days:
        days.add_column(sa.Column("offline_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE orderflow_day SET offline_at = orders_at")

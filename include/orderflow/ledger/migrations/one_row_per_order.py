"""Migration 0013's data changes: rows of the same order are merged, and every sent order has its own name."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

_ORDER = (
    *("unread", "skipped", "waiting", "held", "ready", "rejected", "resolved", "pushing", "in_doubt", "pushed"),
    *("state_set", "number_set", "written_back", "shipment_sent"),
)
_BEGUN = ("pushing", "in_doubt", "pushed", "state_set", "number_set", "written_back")
_PERHAPS_BEGUN = ("shipment_sent", "resolved")
"""Offline orders end here too, and so do orders that a person entered in the ERP: their rows record no push."""
Row = sa.RowMapping


def merge(connection: sa.Connection) -> None:
    """Keep the most advanced row of each order; show people what another row had in the ERP."""
    orders = _table(connection, "order")
    several = sa.select(orders.c.order_id).group_by(orders.c.order_id).having(sa.func.count() > 1)
    for order_id in connection.scalars(several).all():
        rows = connection.execute(sa.select(orders).where(orders.c.order_id == order_id)).mappings().all()
        real = [row for row in rows if not _is_placeholder(row)]
        kept, *others = sorted(real or rows, key=_how_far, reverse=True)
        numbered = [row for row in real if row["erp_number"]]
        if len({row["erp_number"] for row in numbered}) > 1:
            kept = min(numbered, key=_age)
            others = [row for row in real if row is not kept]
        values: dict[str, Any] = {
            "first_seen_at": min(row["first_seen_at"] for row in rows),
            "partition": kept["partition"] or next((row["partition"] for row in others if row["partition"]), None),
        }
        second = [row for row in others if _may_be_a_second(kept, row)]
        if second:
            values |= _flag(connection, kept, "exported_twice", "; also " + ", ".join(map(_told, second)))
        of_order = orders.c.order_id == order_id
        connection.execute(orders.update().where(of_order, orders.c.webshop == kept["webshop"]).values(values))
        connection.execute(orders.delete().where(of_order, orders.c.webshop != kept["webshop"]))
    _merge_alerts(connection)


def name_sent_orders(connection: sa.Connection) -> None:
    """Only orders that were sent keep a name, each a unique one, with the key that they were sent with."""
    orders = _table(connection, "order")
    traces = (orders.c.pushed_at, orders.c.payload_hash, orders.c.erp_number)
    perhaps = sa.and_(orders.c.progress.in_(_PERHAPS_BEGUN), sa.or_(*(trace.is_not(None) for trace in traces)))
    sent = sa.and_(sa.or_(orders.c.progress.in_(_BEGUN), perhaps), orders.c.external_reference != "")
    key = sa.literal("cloudsuite:") + orders.c.webshop.cast(sa.String) + "/" + orders.c.order_id.cast(sa.String)
    connection.execute(orders.update().where(sent).values(idempotency_key=key))
    connection.execute(orders.update().where(sa.not_(sent)).values(external_reference=None))
    never_read = sa.and_(orders.c.webshop == 0, orders.c.decision.is_(None))
    connection.execute(orders.update().where(never_read).values(webshop=None))
    names = sa.select(orders.c.external_reference).where(orders.c.external_reference.is_not(None))
    shared = names.group_by(orders.c.external_reference).having(sa.func.count() > 1)
    for name in connection.scalars(shared).all():
        of_name = sa.select(orders).where(orders.c.external_reference == name).order_by(orders.c.order_id)
        owner, *others = sorted(connection.execute(of_name).mappings().all(), key=_age)
        for row in others:
            values = _flag(
                connection, row, "reference_taken", f"; {name} is order id {owner['order_id']}: {_told(owner)}"
            )
            values = values if row["progress"] not in {"pushing", "in_doubt"} else {}
            connection.execute(
                orders.update().where(orders.c.order_id == row["order_id"]).values(external_reference=None, **values)
            )


def _is_placeholder(row: Row) -> bool:
    return row["webshop"] == 0 and row["decision"] is None


def _how_far(row: Row) -> tuple[bool, int, datetime]:
    return row["erp_number"] is not None, _ORDER.index(row["progress"]), row["updated_at"]


def _age(row: Row) -> tuple[bool, datetime]:
    """Sort by when the ERP had it; orders that were only begun come last."""
    return row["pushed_at"] is None, row["pushed_at"] or row["first_seen_at"]


def _may_be_a_second(kept: Row, other: Row) -> bool:
    """Whether the ERP may hold an order for this row besides the kept row's order."""
    if other["erp_number"]:
        return bool(other["erp_number"] != kept["erp_number"])
    return other["progress"] in _BEGUN and other["external_reference"] != kept["external_reference"]


def _told(row: Row) -> str:
    number = f"ERP number {row['erp_number']}" if row["erp_number"] else "no ERP number"
    return f"{row['external_reference']}, {row['progress']}, {number}"


def _flag(connection: sa.Connection, row: Row, reason: str, also: str) -> dict[str, Any]:
    """Open an alert and write an event about an order; return the message for its row."""
    now = datetime.now(UTC)
    detail = f"order id {row['order_id']}: {_told(row)}{also}"[:1000]
    alerts, events = _table(connection, "alert"), _table(connection, "event")
    alert = {"order_id": row["order_id"], "slip": "", "order": row["external_reference"], "reason": reason}
    alert |= {"message": detail, "seen": 1, "opened_at": now, "last_seen_at": now}
    alert |= {"webshop": row["webshop"]} if "webshop" in alerts.c else {}
    connection.execute(alerts.insert().values(alert))
    event = {"order_id": row["order_id"], "webshop": row["webshop"], "at": now, "reference": row["reference"]}
    event |= {"dag_id": "upgrade", "run_id": "ledger 0013", "task_id": "", "map_index": -1, "try_number": 1}
    event |= {"step": "resolve", "outcome": "flagged", "reason": reason, "message": detail}
    connection.execute(events.insert().values(event))
    return {"reason": reason, "detail": detail, "flagged_by": "resolve"}


def _merge_alerts(connection: sa.Connection) -> None:
    """Keep one open alert per order and reason: the first, with the occurrences of all."""
    alerts = _table(connection, "alert")
    still_open = sa.select(alerts).where(alerts.c.closed_at.is_(None)).order_by(alerts.c.opened_at, alerts.c.id)
    first: dict[tuple[int, str, str], dict[str, Any]] = {}
    for row in connection.execute(still_open).mappings().all():
        kept = first.setdefault((row["order_id"], row["slip"], row["reason"]), dict(row))
        if kept["id"] == row["id"]:
            continue
        kept["seen"] += row["seen"]
        kept["last_seen_at"] = max(kept["last_seen_at"], row["last_seen_at"])
        told = {"seen": kept["seen"], "last_seen_at": kept["last_seen_at"]}
        connection.execute(alerts.update().where(alerts.c.id == kept["id"]).values(told))
        connection.execute(alerts.update().where(alerts.c.id == row["id"]).values(closed_at=row["last_seen_at"]))


def _table(connection: sa.Connection, name: str) -> sa.Table:
    return sa.Table(f"orderflow_{name}", sa.MetaData(), autoload_with=connection)

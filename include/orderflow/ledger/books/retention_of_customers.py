"""Customers, addresses and guests that are old and that no order names any more are removed.

Orders have no index on the keys they name, so all of them are read once a day and not once a batch; what a batch then
removes is looked up in the orders again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, delete, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.tables.orders import OrderRow
from orderflow.ledger.tables.people import GuestRow, PartyRow, RecordRow

_NAMING = ("customer_key", "ship_to_key", "bill_to_key")


class _Old(NamedTuple):
    """The old rows of a table."""

    table: type[RecordRow | PartyRow | GuestRow]
    primary: tuple[Any, ...]
    conditions: tuple[ColumnElement[bool], ...]

    @property
    def name(self) -> ColumnElement[Any]:
        """What an order calls such a row."""
        return self.table.origin + "/" + self.table.key


def remove_customers(engine: Engine, before: datetime, *, batch: int, most: int) -> int:
    """Remove at most `most` rows of each table; one whose making is in doubt, or that a run works on, stays."""
    free = or_(PartyRow.claimed_until.is_(None), PartyRow.claimed_until < before)
    tables = (
        _Old(RecordRow, (RecordRow.kind, RecordRow.record_id), (RecordRow.seen_at < before,)),
        _Old(
            PartyRow,
            (PartyRow.origin, PartyRow.key),
            (PartyRow.updated_at < before, PartyRow.intended_at.is_(None), free),
        ),
        _Old(GuestRow, (GuestRow.mail_hash,), (GuestRow.seen_at < before,)),
    )
    return sum(_remove(engine, old, batch, most) for old in tables)


def _remove(engine: Engine, old: _Old, batch: int, most: int) -> int:
    with reading(engine) as session:
        unnamed = [(str(name), key) for name, *key in session.execute(_unnamed(old).limit(most))]
    removed = 0
    for start in range(0, len(unnamed), batch):
        with writing(engine) as session:
            removed += _remove_batch(session, old, unnamed[start : start + batch])
    return removed


def _unnamed(old: _Old) -> Any:
    """Join: of all ways to say this, both databases do this one by a hash or an index of their own."""
    found = select(old.name, *old.primary).where(*old.conditions)
    for column in _NAMING:
        order = aliased(OrderRow)
        found = found.outerjoin(order, getattr(order, column) == old.name).where(order.order_id.is_(None))
    return found


def _remove_batch(session: Session, old: _Old, rows: Sequence[tuple[str, list[Any]]]) -> int:
    names = [name for name, _ in rows]
    columns = [getattr(OrderRow, column) for column in _NAMING]
    orders = session.execute(select(*columns).where(or_(*(column.in_(names) for column in columns))))
    named = {name for order in orders for name in order}
    keys = [tuple(key) for name, key in rows if name not in named]
    gone = delete(old.table).where(tuple_(*old.primary).in_(keys), *old.conditions).returning(*old.primary)
    return len(session.execute(gone.execution_options(synchronize_session=False)).all())

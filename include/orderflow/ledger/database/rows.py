"""What any row of the ledger may need: a lock, an insert or get, a text that fits."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orderflow.redaction import fit_to_show

LONGEST_MESSAGE = 1_000


Row = TypeVar("Row")


def truncate(message: str) -> str:
    """Cut a message to what the ledger keeps, without secrets or characters that PostgreSQL refuses."""
    cut = message[: 2 * LONGEST_MESSAGE].replace("\0", "").encode("utf-8", "replace").decode()  # no lone surrogates
    return fit_to_show(cut)[:LONGEST_MESSAGE]


def get_or_add(session: Session, table: type[Row], key: object, new: Callable[[], Row]) -> Row:
    """Lock a row, adding it if needed; another process may add it at the same time."""
    row = session.get(table, key, with_for_update=True)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = new()
            session.add(row)
    except IntegrityError:
        return session.get_one(table, key, with_for_update=True, populate_existing=True)
    return row

"""Small notes that one run leaves for the next, by name. No order ever depends on one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from orderflow.ledger.database.rows import get_or_add
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.tables.alerts import MemoRow


class MemoBook:
    """Memos by name; a new one replaces the old one."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def read(self, name: str) -> dict[str, Any] | None:
        """Return a memo; None if there is none."""
        with reading(self._engine) as session:
            row = session.get(MemoRow, name)
            return dict(row.value) if row else None

    def leave(self, name: str, value: Mapping[str, Any]) -> None:
        """Store a memo; an unchanged one is not written again."""
        if self.read(name) == value:
            return
        now = self._clock()
        with writing(self._engine) as session:
            row = get_or_add(session, MemoRow, name, lambda: MemoRow(name=name, value=dict(value), at=now))
            row.value, row.at = dict(value), now

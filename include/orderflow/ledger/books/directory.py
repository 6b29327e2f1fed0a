"""The keys of the shop's ids, and how far the shop's lists have been read."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Engine, select

from orderflow.domain.people import RecordKey, RecordKind
from orderflow.ledger.database.rows import get_or_add
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.people import LedgerListing
from orderflow.ledger.tables.people import GuestRow, ListingRow, RecordRow

Named = tuple[int, str | None, str]
"""An id with its key and, if known, its origin."""


class DirectoryBook:
    """The directory; every method is one transaction."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def find(self, kind: RecordKind, record_ids: Iterable[int]) -> Mapping[int, tuple[str | None, str]]:
        """Return origin and key of the known ids; the origin is None if only the key is known."""
        wanted = set(record_ids)
        statement = select(RecordRow).where(RecordRow.kind == kind, RecordRow.record_id.in_(wanted))
        with reading(self._engine) as session:
            return {row.record_id: (row.origin, row.key) for row in session.scalars(statement)}

    def keep(self, kind: RecordKind, rows: Iterable[Named]) -> None:
        """Remember the keys of ids; an unknown origin never replaces a known one."""
        now = self._clock()
        with writing(self._engine) as session:
            for record_id, origin, key in sorted(rows):
                row = get_or_add(session, RecordRow, (kind, record_id), _new(kind, record_id, origin, key, now))
                row.origin = origin or (row.origin if row.key == key else None)
                row.key = key
                row.seen_at = now

    def was_sent(self, kind: RecordKind, record_id: int, content_hash: str) -> bool:
        """Remember the content last sent to the ERP; return whether the record went there before with other content."""
        with writing(self._engine) as session:
            row = session.get(RecordRow, (kind, record_id), with_for_update=True)
            if row is None:
                return False
            before, row.sent_hash = row.sent_hash, content_hash
            return before is not None and before != content_hash

    def listing(self, origin: str, kind: RecordKind) -> LedgerListing:
        """Return how far a list has been read."""
        with reading(self._engine) as session:
            row = session.get(ListingRow, (origin, kind))
            return LedgerListing.model_validate(row) if row else LedgerListing()

    def was_read(self, origin: str, kind: RecordKind, listing: LedgerListing) -> None:
        """Remember how far a list has been read."""
        with writing(self._engine) as session:
            row = get_or_add(session, ListingRow, (origin, kind), lambda: ListingRow(origin=origin, kind=kind))
            for name, value in listing:
                setattr(row, name, value)

    def known_guest(self, mail_hash: str) -> RecordKey | None:
        """Return a guest's party if there is one."""
        with reading(self._engine) as session:
            row = session.get(GuestRow, mail_hash)
            return RecordKey(row.origin, row.key) if row else None

    def party_of_guest(self, mail_hash: str, party: RecordKey) -> RecordKey:
        """Return a guest's party: this one if it is the first, even if others ask at the same time."""
        now = self._clock()
        new = GuestRow(mail_hash=mail_hash, origin=party.origin, key=party.key, seen_at=now)
        with writing(self._engine) as session:
            row = get_or_add(session, GuestRow, mail_hash, lambda: new)
            row.seen_at = now
            return RecordKey(row.origin, row.key)


def _new(kind: RecordKind, record_id: int, origin: str | None, key: str, now: datetime) -> Callable[[], RecordRow]:
    return lambda: RecordRow(kind=kind, record_id=record_id, origin=origin, key=key, seen_at=now)

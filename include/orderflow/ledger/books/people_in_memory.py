"""Customers and addresses in a dry run: it reads the ledger, and keeps in memory what a run would record."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine

from orderflow.domain.people import RecordKey, RecordKind
from orderflow.ledger.books.directory import DirectoryBook, Named
from orderflow.ledger.books.parties import PartyBook
from orderflow.ledger.books.people import PeopleBooks
from orderflow.ledger.models.people import LedgerListing, LedgerParty


class PeopleInMemory(PeopleBooks):
    """The two books about people; nothing is written to the ledger."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime], lease: timedelta) -> None:
        self.directory = _Directory(engine, clock=clock)
        self.parties: PartiesInMemory = PartiesInMemory(engine, clock=clock, lease=lease)


class _Directory(DirectoryBook):
    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        super().__init__(engine, clock=clock)
        self._kept: dict[tuple[RecordKind, int], tuple[str | None, str]] = {}
        self._listings: dict[tuple[str, RecordKind], LedgerListing] = {}
        self._guests: dict[str, RecordKey] = {}

    def find(self, kind: RecordKind, record_ids: Iterable[int]) -> Mapping[int, tuple[str | None, str]]:
        wanted = set(record_ids)
        return {**super().find(kind, wanted), **{i: self._kept[kind, i] for i in wanted if (kind, i) in self._kept}}

    def keep(self, kind: RecordKind, rows: Iterable[Named]) -> None:
        new = list(rows)
        before = self.find(kind, [record_id for record_id, *_ in new])
        for record_id, origin, key in new:
            known = before.get(record_id, (None, key))
            self._kept[kind, record_id] = (origin or (known[0] if known[1] == key else None), key)

    def was_sent(self, kind: RecordKind, record_id: int, content_hash: str) -> bool:
        raise NotImplementedError("a dry run sends nothing")

    def listing(self, origin: str, kind: RecordKind) -> LedgerListing:
        return self._listings.get((origin, kind)) or super().listing(origin, kind)

    def was_read(self, origin: str, kind: RecordKind, listing: LedgerListing) -> None:
        self._listings[origin, kind] = listing

    def party_of_guest(self, mail_hash: str, party: RecordKey) -> RecordKey:
        return self._guests.setdefault(mail_hash, self.known_guest(mail_hash) or party)


class PartiesInMemory(PartyBook):
    """What the ERP has of each customer, and would have after the calls that are planned."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime], lease: timedelta) -> None:
        super().__init__(engine, clock=clock, lease=lease)
        self._has: dict[RecordKey, LedgerParty] = {}

    def get(self, record: RecordKey) -> LedgerParty:
        return self._has.get(record) or super().get(record)

    def has(self, party: LedgerParty) -> None:
        """Remember a customer as it will be."""
        self._has[RecordKey(party.origin, party.key)] = party

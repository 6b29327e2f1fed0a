"""Customers in the ERP, claimed one at a time by origin and key, so that each is created only once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, update

from orderflow.domain.people import RecordKey
from orderflow.ledger.database.rows import get_or_add
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.people import LedgerParty
from orderflow.ledger.tables import lease as leases
from orderflow.ledger.tables.people import PartyRow


class PartyBook:
    """What the ERP is known to have of each customer."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._engine = engine
        self._clock = clock
        self._lease = lease

    def get(self, record: RecordKey) -> LedgerParty:
        """Return a customer, known or not."""
        with reading(self._engine) as session:
            row = session.get(PartyRow, record)
            return LedgerParty.model_validate(row) if row else LedgerParty(origin=record.origin, key=record.key)

    def forget(self, record: RecordKey) -> None:
        """Forget that the ERP has a customer, so that the next order looks it up."""
        with writing(self._engine) as session:
            session.execute(update(PartyRow).where(_is(record)).values(in_erp=False, addresses={}))

    @contextmanager
    def claim(self, record: RecordKey, run: RunRef) -> Iterator["PartyClaim"]:
        """Hold a customer for the duration of the block; ClaimedElsewhereError if another run holds it."""
        engine, clock, length = self._engine, self._clock, self._lease
        new = PartyRow(origin=record.origin, key=record.key, updated_at=clock())
        with writing(engine) as session:
            get_or_add(session, PartyRow, record, lambda: new)
        name, of = f"customer {record}", _is(record)
        with leases.hold(engine, PartyRow, of, name=name, run=run, clock=clock, length=length) as (row, token):
            yield PartyClaim(engine, LedgerParty.model_validate(row), token, clock=clock, lease=length)


class PartyClaim:
    """Held on one customer: the only way to record what the ERP has of it."""

    def __init__(
        self, engine: Engine, party: LedgerParty, token: str, *, clock: Callable[[], datetime], lease: timedelta
    ) -> None:
        self.party = party
        self._engine = engine
        self._token = token
        self._clock = clock
        self._lease = lease

    def intend(self) -> None:
        """Record that the customer is about to be created; ClaimedElsewhereError if the claim was lost."""
        self._record({"intended_at": self._clock()})

    def not_made(self) -> None:
        """Record that the ERP has certainly not created it."""
        self._record({"intended_at": None})

    def has(
        self,
        *,
        code: str | None,
        addresses: Mapping[str, str | None],
        content_hash: str | None = None,
    ) -> None:
        """Record that the ERP has the customer, with these addresses in addition to known ones."""
        changes: dict[str, Any] = {"in_erp": True, "code": code, "addresses": {**self.party.addresses, **addresses}}
        self._record(
            {**changes, **({"content_hash": content_hash} if content_hash else {}), "intended_at": None, "attempts": 0}
        )

    def told(self, code: str) -> None:
        """Record that the ERP's number was written to the shop."""
        self._record({"code_told": code})

    def _record(self, changes: Mapping[str, Any]) -> None:
        now = self._clock()
        key = (self.party.origin, self.party.key)
        with writing(self._engine) as session:
            row = leases.held(session, PartyRow, key, self._token, f"customer {RecordKey(*key)}")
            for name, value in changes.items():
                setattr(row, name, value)
            row.updated_at = now
            row.claimed_until = now + self._lease
        self.party = LedgerParty.model_validate(row)


def _is(record: RecordKey) -> ColumnElement[bool]:
    return and_(PartyRow.origin == record.origin, PartyRow.key == record.key)

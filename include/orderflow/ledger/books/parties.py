"""Customers in the ERP: claimed one at a time by origin and key, so that each is made once."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, and_, update

from orderflow.domain.people import RecordKey
from orderflow.errors import TransientError
from orderflow.ledger.database.rows import get_or_add
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.people import LedgerParty
from orderflow.ledger.tables import lease as leases
from orderflow.ledger.tables.people import PartyRow

_log = logging.getLogger(__name__)


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
        """Trust no more that the ERP has a customer: the next order looks it up."""
        with writing(self._engine) as session:
            session.execute(update(PartyRow).where(_is(record)).values(in_erp=False, addresses={}))

    @contextmanager
    def claim(self, record: RecordKey, run: RunRef) -> Iterator["PartyClaim"]:
        """Hold a customer for the length of the block; ClaimedElsewhereError when another holds it."""
        now, token = self._clock(), uuid4().hex
        with writing(self._engine) as session:
            known = get_or_add(
                session, PartyRow, record, lambda: PartyRow(origin=record.origin, key=record.key, updated_at=now)
            )
            taken = leases.take(
                session, PartyRow, _is(record), token=token, by=str(run), now=now, until=now + self._lease
            )
            if taken is None:
                raise leases.taken_by_another(known, f"customer {record}", now)
            session.refresh(taken)
            party = LedgerParty.model_validate(taken)
        try:
            yield PartyClaim(self._engine, party, token, clock=self._clock, lease=self._lease)
        finally:
            try:
                with writing(self._engine) as session:
                    leases.release(session, PartyRow, _is(record), token)
            except TransientError as error:
                _log.warning("customer %s: its claim could not be released and has to run out: %s", record, error)


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
        """Write down that the customer is about to be made; ClaimedElsewhereError when the claim was lost."""
        self._record({"intended_at": self._clock()})

    def not_made(self) -> None:
        """Record that the ERP has certainly not made it."""
        self._record({"intended_at": None})

    def has(
        self,
        *,
        code: str | None,
        addresses: Mapping[str, str | None],
        content_hash: str | None = None,
    ) -> None:
        """Record that the ERP has the customer, with these addresses beside those that are known already."""
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

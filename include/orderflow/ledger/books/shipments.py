"""The packing slips: what the ERP has shown, the progress of each, and how far the ERP's list has been read."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Engine, or_, select, union
from sqlalchemy.orm import Session

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import SHIPMENT_PACES, Shipment, ShipmentProgress
from orderflow.ledger.books.shipment_claim import CHANGED, ShipmentClaim
from orderflow.ledger.database.rows import get_or_add
from orderflow.ledger.database.transactions import reading, writing
from orderflow.ledger.models.orders import LedgerOrder, RunRef
from orderflow.ledger.models.shipments import LedgerShipment
from orderflow.ledger.models.shipments import reading as compared
from orderflow.ledger.tables import lease
from orderflow.ledger.tables.orders import OrderRow
from orderflow.ledger.tables.shipments import ReadingRow, ShipmentOrderRow, ShipmentRow

_PER_TRANSACTION = 200
_IDS_PER_QUERY = 500
_LIST = "packing_slips"


_SKIPPED = (ShipmentProgress.SKIPPED, Reason.NOT_A_SHOP_ORDER)
_OF_NOBODY = (ShipmentRow.progress == _SKIPPED[0], ShipmentRow.reason == _SKIPPED[1])
_SAME_ORDER: tuple[tuple[Any, Any, Callable[[Shipment], Iterable[int | str]]], ...] = (
    (OrderRow.erp_number, ShipmentOrderRow.order_number, lambda slip: slip.order_numbers),
    (OrderRow.order_id, ShipmentOrderRow.shop_order_id, lambda slip: slip.shop_order_ids.values()),
    (OrderRow.external_reference, ShipmentOrderRow.external_reference, lambda slip: slip.external_references.values()),
)
"""What makes an order of the ledger one of a slip's: its column, that of the slip's, and what a read slip says."""


class Noted(NamedTuple):
    """The result of reading the ERP's list, by slip number."""

    new: list[str]
    changed: list[str]
    """Already sent, but changed in the ERP since."""


class ShipmentBook:
    """Every packing slip that the ERP has shown. Every method is one transaction, or one per few hundred slips."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._engine = engine
        self._clock = clock
        self._lease = lease

    def note(self, shipments: Iterable[Shipment]) -> Noted:
        """Store what the ERP shows: new slips, and new contents of slips not yet sent."""
        noted, some = Noted([], []), list(shipments)
        for start in range(0, len(some), _PER_TRANSACTION):
            with writing(self._engine) as session:
                for shipment in some[start : start + _PER_TRANSACTION]:
                    _note(session, shipment, self._clock(), noted)
        return noted

    def get_many(self, numbers: Iterable[str]) -> dict[str, LedgerShipment]:
        """Return those slips that the ledger knows."""
        wanted = sorted(set(numbers))
        with reading(self._engine) as session:
            return {
                row.number: _record(row)
                for start in range(0, len(wanted), _IDS_PER_QUERY)
                for row in session.scalars(
                    select(ShipmentRow).where(ShipmentRow.number.in_(wanted[start : start + _IDS_PER_QUERY]))
                )
            }

    def open(self) -> list[LedgerShipment]:
        """Return every unfinished slip, the longest known first."""
        statement = (
            select(ShipmentRow).where(ShipmentRow.progress.in_(SHIPMENT_PACES)).order_by(ShipmentRow.first_seen_at)
        )
        with reading(self._engine) as session:
            return [_record(row) for row in session.scalars(statement)]

    def skipped_and_known(self, noted: Iterable[LedgerShipment] = ()) -> list[str]:
        """Return slips that were skipped because the ledger knew none of their orders, but now knows one.

        `noted` are slips as a dry run has read them: it does not store what they say.
        """
        of = ShipmentOrderRow
        skipped = select(ShipmentRow.number).join(of, of.number == ShipmentRow.number).where(*_OF_NOBODY)
        stored = union(*(skipped.join(OrderRow, ours == theirs) for ours, theirs, _ in _SAME_ORDER))
        with reading(self._engine) as session:
            known = {slip.number for slip in noted if _is_of_nobody(slip) and _is_known(session, slip.content)}
            return sorted({*session.scalars(stored), *known})

    def skipped_of(self, erp_numbers: Iterable[str]) -> list[LedgerShipment]:
        """Return these orders' slips that were skipped and of which the ledger still knows no order."""
        unknown = select(OrderRow.order_id).where(OrderRow.erp_number == ShipmentOrderRow.order_number)
        statement = (
            select(ShipmentRow)
            .join(ShipmentOrderRow, ShipmentOrderRow.number == ShipmentRow.number)
            .where(*_OF_NOBODY)
            .where(~unknown.exists())
            .order_by(ShipmentRow.number)
        )
        wanted = set(erp_numbers)
        with reading(self._engine) as session:
            shipments = {row.number: _record(row) for row in session.scalars(statement)}
        return [shipment for shipment in shipments.values() if wanted & set(shipment.content.order_numbers)]

    def of_order(self, *erp_numbers: str) -> list[LedgerShipment]:
        """Return the slips about an order by the numbers it has, or had, in the ERP; the longest known first."""
        of = select(ShipmentOrderRow.number).where(ShipmentOrderRow.order_number.in_(erp_numbers))
        statement = (
            select(ShipmentRow)
            .where(ShipmentRow.number.in_(of))
            .order_by(ShipmentRow.first_seen_at, ShipmentRow.number)
        )
        with reading(self._engine) as session:
            return [_record(row) for row in session.scalars(statement)]

    def orders(self, erp_numbers: Iterable[str]) -> dict[str, LedgerOrder]:
        """Return the orders that have these numbers in the ERP, by number."""
        with reading(self._engine) as session:
            rows = session.scalars(select(OrderRow).where(OrderRow.erp_number.in_(sorted(set(erp_numbers)))))
            return {str(row.erp_number): LedgerOrder.model_validate(row) for row in rows}

    def read_until(self) -> datetime | None:
        """Return up to when the ERP's list was read without a gap; None if it never was."""
        with reading(self._engine) as session:
            row = session.get(ReadingRow, _LIST)
            return row.complete_until if row else None

    def was_read(self, until: datetime) -> None:
        """Record that the ERP's list has been read without a gap at least up to an instant."""
        with writing(self._engine) as session:
            row = get_or_add(session, ReadingRow, _LIST, lambda: ReadingRow(name=_LIST, complete_until=until))
            row.complete_until = max(row.complete_until, until)

    @contextmanager
    def claim(self, number: str, run: RunRef) -> Iterator[ShipmentClaim]:
        """Hold a slip for the duration of the block; ClaimedElsewhereError if another run holds it."""
        engine, clock, length = self._engine, self._clock, self._lease
        of = ShipmentRow.number == number
        with lease.hold(engine, ShipmentRow, of, name=number, run=run, clock=clock, length=length) as (row, token):
            yield ShipmentClaim(engine, _record(row), token, run, clock=clock, lease=length)


def _is_of_nobody(shipment: LedgerShipment) -> bool:
    return (shipment.progress, shipment.reason) == _SKIPPED


def _is_known(session: Session, shipment: Shipment) -> bool:
    """Whether the ledger knows one of a slip's orders."""
    is_one = or_(*(ours.in_(list(said(shipment))) for ours, _, said in _SAME_ORDER))
    return session.scalar(select(OrderRow.order_id).where(is_one).limit(1)) is not None


def _note(session: Session, shipment: Shipment, now: datetime, noted: Noted) -> None:
    row = get_or_add(session, ShipmentRow, shipment.number, lambda: _new_row(shipment.number, now))
    known = _record(row) if row.content_hash else None
    shipment, is_other, is_kept = compared(known, shipment)
    if known is None:
        noted.new.append(shipment.number)
    if not is_other:
        return
    if not is_kept:
        row.content_hash = shipment.content_hash  # each change is announced once; the content stays as sent
        if row.progress is ShipmentProgress.SENT:
            row.reason, row.detail, row.updated_at = Reason.SLIP_CHANGED, CHANGED, now
            noted.changed.append(shipment.number)
        return
    row.content, row.content_hash = shipment.model_dump(mode="json"), shipment.content_hash
    stored = {
        of.order_number: of
        for of in session.scalars(select(ShipmentOrderRow).where(ShipmentOrderRow.number == shipment.number))
    }
    for number in shipment.order_numbers:
        of = stored.get(number) or ShipmentOrderRow(number=shipment.number, order_number=number)
        of.shop_order_id = shipment.shop_order_ids.get(number)
        of.external_reference = shipment.external_references.get(number)
        session.add(of)
    session.flush()


def _new_row(number: str, now: datetime) -> ShipmentRow:
    return ShipmentRow(
        number=number, progress=ShipmentProgress.OPEN, content={}, content_hash="", first_seen_at=now, updated_at=now
    )


def _record(row: ShipmentRow) -> LedgerShipment:
    return LedgerShipment.model_validate(row)

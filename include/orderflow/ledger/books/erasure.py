"""Erases the data of one order: only what prevents it from being sent a second time stays."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from orderflow.domain.people import RecordKey
from orderflow.domain.shipment import ShipmentProgress
from orderflow.ledger.database.transactions import writing
from orderflow.ledger.tables.alerts import AlertRow, NoticeRow
from orderflow.ledger.tables.dry_runs import PlannedCallRow
from orderflow.ledger.tables.lease import require_free
from orderflow.ledger.tables.limits import RefusalRow
from orderflow.ledger.tables.orders import EventRow, OrderRow
from orderflow.ledger.tables.people import GuestRow, PartyRow, RecordRow
from orderflow.ledger.tables.questions import QuestionRow
from orderflow.ledger.tables.reconciliation import FindingRow
from orderflow.ledger.tables.resolutions import ResolutionRow
from orderflow.ledger.tables.shipments import ShipmentOrderRow, ShipmentRow
from orderflow.ledger.tables.snoozes import SnoozeRow

_NOT_OF_AN_ORDER = {"comment": None, "carrier": None, "tracking_code": None}
"""The fields of a packing slip besides numbers and quantities."""
_AT_AN_END = {ShipmentProgress.SENT, ShipmentProgress.SKIPPED}


class Erased(NamedTuple):
    """An erased order, and what was left of it, with the reason."""

    order_id: int
    left: list[str]


class _Order(NamedTuple):
    """An order's names before they are erased."""

    order_id: int
    names: frozenset[str]
    erp_numbers: frozenset[str]
    """The number it has in the ERP, and those it had before."""
    records: frozenset[RecordKey]

    @property
    def ids(self) -> list[str]:
        """Return the ids by which a path may refer to it."""
        return [str(self.order_id), *self.names, *self.erp_numbers]


def erase(engine: Engine, order_id: int, now: datetime) -> Erased:
    """Erase an order in one transaction; ClaimedElsewhereError while a run works on it."""
    with writing(engine) as session:
        order, left = _order(session, order_id, now)
        slips = _slips(session, order)
        of_slips = PlannedCallRow.subject.in_([f"slip {slip.number}" for slip in slips])
        session.execute(delete(PlannedCallRow).where(or_(PlannedCallRow.order_id == order_id, of_slips)))
        session.execute(update(EventRow).where(EventRow.order_id == order_id).values(message="", reference=""))
        session.execute(delete(ResolutionRow).where(ResolutionRow.order_id == order_id))
        of_names = FindingRow.external_reference.in_(order.names)
        session.execute(delete(FindingRow).where(or_(FindingRow.order_id == order_id, of_names)))
        session.execute(delete(RefusalRow).where(RefusalRow.order.in_(order.ids)))
        _erase_alerts(session, order, [slip.number for slip in slips])
        left += [line for slip in slips for line in _erase_slip(slip)]
        left += [line for record in sorted(order.records) for line in _erase_record(session, record, order_id)]
    return Erased(order_id, left)


def _order(session: Session, order_id: int, now: datetime) -> tuple[_Order, list[str]]:
    """Erase the order's own row; return its names, and what was left."""
    row = session.get(OrderRow, order_id, with_for_update=True)
    if row is None:
        return _Order(order_id, frozenset(), frozenset(), frozenset()), []
    require_free(row, f"id {order_id}", now)
    shown = f"{row.webshop}/{row.reference}" if row.webshop is not None else row.reference
    keys = [key for key in (row.customer_key, row.ship_to_key, row.bill_to_key) if key]
    names = frozenset(name for name in (row.external_reference, shown if row.reference else None) if name)
    numbers = frozenset(number for number in (row.erp_number, *(row.former_numbers or ())) if number)
    order = _Order(order_id, names, numbers, frozenset(map(RecordKey.parse, keys)))
    row.reference = row.detail = ""
    row.found_by = None
    row.customer_key = row.customer_code = row.ship_to_key = row.bill_to_key = None
    row.payment_status = row.currency = row.total = row.paid_amount = None
    row.claim_token = row.claimed_by = row.claimed_until = None
    left = [
        "its id, state, reason code and instants, and which run did what: the next run must know that it is handled"
    ]
    if row.external_reference or row.erp_number or row.idempotency_key:
        known = ", ".join(sorted(numbers)) or "none"
        left.append(
            f"its name in the ERP ({row.external_reference}), its ERP numbers ({known}), the key it was sent "
            "with, and hashes and numbers of its lines: without them it could be sent a second time"
        )
    return order, left


def _slips(session: Session, order: _Order) -> list[ShipmentRow]:
    of = ShipmentOrderRow
    is_its = or_(
        of.order_number.in_(order.erp_numbers),
        of.shop_order_id == order.order_id,
        of.external_reference.in_(order.names),
    )
    slips = select(ShipmentRow).where(ShipmentRow.number.in_(select(of.number).where(is_its)))
    return list(session.scalars(slips.with_for_update()))


def _erase_slip(slip: ShipmentRow) -> Iterator[str]:
    if slip.progress in _AT_AN_END:
        slip.content = {**slip.content, **_NOT_OF_AN_ORDER}
        slip.detail = ""
        yield f"packing slip {slip.number}, with numbers and quantities: without it the shop could get it twice"
    else:
        yield f"packing slip {slip.number} as it is: the shop has not got it yet; forget the order again afterwards"


def _erase_alerts(session: Session, order: _Order, slips: list[str]) -> None:
    """Delete the order's alerts. Other alerts lose their message if it names the order."""
    about_it = or_(
        AlertRow.order_id == order.order_id,
        AlertRow.subject == f"order {order.order_id}",
        AlertRow.shipment.in_(slips),
        AlertRow.order.in_(order.names),
    )
    alerts = select(AlertRow.id).where(about_it)
    causes = select(AlertRow.cause).where(about_it)
    session.execute(update(SnoozeRow).where(SnoozeRow.cause.in_(causes)).values(comment=""))
    asked = or_(QuestionRow.order_id == order.order_id, QuestionRow.shipment.in_(slips))
    session.execute(delete(QuestionRow).where(or_(asked, QuestionRow.alert_id.in_(alerts))))
    session.execute(delete(NoticeRow).where(NoticeRow.alert_id.in_(alerts)))
    session.execute(delete(AlertRow).where(about_it))
    names = [*order.names, f"id {order.order_id}"]
    named = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names))
    candidates = or_(*(AlertRow.message.contains(name, autoescape=True) for name in names))
    for alert in session.scalars(select(AlertRow).where(candidates)):
        if named.search(alert.message):
            alert.message = ""


def _erase_record(session: Session, record: RecordKey, order_id: int) -> Iterator[str]:
    """Erase a customer or an address unless another order uses it."""
    name = str(record)
    users = (OrderRow.customer_key == name, OrderRow.ship_to_key == name, OrderRow.bill_to_key == name)
    other = session.scalar(select(OrderRow.order_id).where(or_(*users), OrderRow.order_id != order_id).limit(1))
    party = session.get(PartyRow, tuple(record), with_for_update=True)
    if other is not None:
        yield f"the key {name}: order id {other} has it too"
    elif party is not None and (party.claim_token or party.intended_at):
        yield f"the customer {name}: whether the ERP has just made it is not known yet; forget the order again later"
    else:
        for table in (PartyRow, GuestRow, RecordRow):
            session.execute(delete(table).where(_is(table, record)))


def _is(table: type[PartyRow | GuestRow | RecordRow], record: RecordKey) -> ColumnElement[bool]:
    return and_(table.origin == record.origin, table.key == record.key)

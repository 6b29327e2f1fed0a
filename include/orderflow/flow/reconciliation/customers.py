"""The customer an order was sent for, and the delivery address. Only reads."""

from collections.abc import Iterable

from orderflow.domain.order import Order
from orderflow.domain.people import KIND_OF, Party, RecordKey, RecordRef, Role
from orderflow.domain.reconciliation import ErpOrder
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder


def customer_codes(
    services: Services, known: LedgerOrder | None, order: Order | None, found: Iterable[ErpOrder]
) -> frozenset[str]:
    """Return the customer number that the order was sent with and, if the ERP now shows another one, that too.

    The ERP may have merged the customer into another one since: then its key leads there.
    """
    if known is None or known.customer_key is None or known.customer_code is None:
        return frozenset()
    shown = {one.customer_code for one in found} - {None, known.customer_code}
    codes = {known.customer_code}
    if shown and services.erp.customers is not None:
        record = RecordKey.parse(known.customer_key)
        number = _id_of(services, Role.BUYER, record, order)
        now = services.erp.customers.find(Party(id=number, origin=record.origin, key=record.key), ())
        codes |= {now.code} if now and now.code else set()
    return frozenset(codes)


def sent_to(services: Services, known: LedgerOrder | None, order: Order | None) -> RecordRef | None:
    """Return the delivery address that the order was sent with; None if it is not known."""
    if known is None or known.ship_to_key is None:
        return None
    record = RecordKey.parse(known.ship_to_key)
    return RecordRef(_id_of(services, Role.SHIP_TO, record, order), record)


def _id_of(services: Services, role: Role, record: RecordKey, order: Order | None) -> int | None:
    """Return the shop's id of a record if the order refers to it; by now it may refer to another one."""
    number = order.people[role].id if order and role in order.people else None
    if number is None:
        return None
    known = services.ledger.people.directory.find(KIND_OF[role], [number]).get(number)
    return number if known == tuple(record) else None

"""Which numbers the ERP has for the customer of an order. Reads only."""

from collections.abc import Iterable

from orderflow.domain.people import Party, RecordKey
from orderflow.domain.reconciliation import ErpOrder
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder


def customer_codes(services: Services, known: LedgerOrder | None, found: Iterable[ErpOrder]) -> frozenset[str]:
    """Return the number that the order was sent with and, where the ERP shows another one, that of today.

    The ERP may have merged the customer into another one since: then its key leads there.
    """
    if known is None or known.customer_key is None or known.customer_code is None:
        return frozenset()
    shown = {order.customer_code for order in found} - {None, known.customer_code}
    codes = {known.customer_code}
    if shown and services.erp.customers is not None:
        record = RecordKey.parse(known.customer_key)
        now = services.erp.customers.find(Party(origin=record.origin, key=record.key), ())
        codes |= {now.code} if now and now.code else set()
    return frozenset(codes)

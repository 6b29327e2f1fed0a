"""What was ordered, as one value: it distinguishes an edit from the same content written differently.

Version 2 compares values: numbers as numbers, texts as people read them, lines as a set. The order and the ids of lines
do not count, nor does the time of confirmation: a shop changes these without an edit.
"""

import hashlib
from collections.abc import Iterable

from orderflow.domain.lines import as_read, goods_of, values_of
from orderflow.domain.order import Order

VERSION = 2


def fingerprint(order: Order) -> str:
    """Return the fingerprint of an order's content: `<goods>:<all>`, each 32 characters."""
    currency = order.currency and order.currency.strip().upper()
    where = [str(value) for value in (order.customer, order.shipment_address, order.invoice_address, currency)]
    charges = sorted(f"{charge.kind} {charge.amount.normalize():f}" for charge in order.charges)
    charges += sorted(f"{' or '.join(one.keys)} {one.amount}" for one in order.unplaced)  # added after the export
    goods = _hash([*where, *sorted(map(goods_of, order.lines)), *charges])
    texts = [as_read(text) for text in (order.customer_order_number, order.remarks)]
    wish = str(order.requested_delivery_date)
    lines = sorted("\0".join(values_of(line)) for line in order.lines)
    return f"{goods}:{_hash([*where, *texts, wish, *lines, *charges])}"


def same_goods(one: str, other: str) -> bool:
    """Whether two fingerprints differ only in texts: same goods, money and destination."""
    return one.partition(":")[0] == other.partition(":")[0]


def _hash(values: Iterable[str]) -> str:
    return hashlib.sha256("\n\n".join(values).encode("utf-8", "surrogatepass")).hexdigest()[:32]

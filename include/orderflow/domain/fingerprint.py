"""What was ordered, as one value: it distinguishes an edit from the same content written differently.

It compares values: numbers as numbers, texts as people read them, lines as a set. The order and the ids of lines do not
count, nor does the time of confirmation: a shop changes these without an edit. Version 2 left out the lines that order
nothing (comments, titles).
"""

import hashlib
import html
import re
from collections.abc import Iterable

from orderflow.domain.lines import as_read, goods_of, values_of
from orderflow.domain.order import Order

_MARK_UP = re.compile(r"<[^<>]*>")
_CUT = 30
"""How many letters a shop keeps at least of a text that is too long for it."""
WITHOUT_TEXTS, VERSION = 2, 3


def fingerprint(order: Order, version: int = VERSION) -> str:
    """Return the fingerprint of an order's content: `<goods>:<all>`, each 32 characters."""
    currency = order.currency and order.currency.strip().upper()
    where = [str(value) for value in (order.customer, order.shipment_address, order.invoice_address, currency)]
    charges = sorted(f"{charge.kind} {charge.amount.normalize():f}" for charge in order.charges)
    charges += sorted(f"{' or '.join(one.keys)} {one.amount}" for one in order.unplaced)  # added after the export
    goods = _hash([*where, *sorted(map(goods_of, order.lines)), *charges])
    texts = [as_read(text) for text in (order.customer_order_number, order.remarks)]
    if version > WITHOUT_TEXTS:
        texts += sorted(f"{one.kind} {as_read(one.text)}" for one in order.texts)
    wish = str(order.requested_delivery_date)
    lines = sorted("\0".join(values_of(line)) for line in order.lines)
    return f"{goods}:{_hash([*where, *texts, wish, *lines, *charges])}"


def has_content(order: Order, kept: str | None, version: int | None) -> bool | None:
    """Whether an order has the content of a kept fingerprint; None if one of that version cannot be made any more."""
    return kept == fingerprint(order, version) if version in {WITHOUT_TEXTS, VERSION} else None


def may_be_stored(before: Order, after: Order) -> bool:
    """Whether an order may be another as a shop stores it: texts escaped, without mark-up, in other letters, or cut."""
    return (
        same_goods(fingerprint(before), fingerprint(after))
        and before.requested_delivery_date == after.requested_delivery_date
        and len(before.texts) == len(after.texts)
        and all(map(_is_stored_as, _texts(before), _texts(after)))
    )


def same_goods(one: str, other: str) -> bool:
    """Whether two fingerprints differ only in texts: same goods, money and destination."""
    return one.partition(":")[0] == other.partition(":")[0]


def _texts(order: Order) -> list[str]:
    lines = sorted((goods_of(line), _letters(line.description)) for line in order.lines)
    others = sorted((one.kind, _letters(one.text)) for one in order.texts)
    of_order = [_letters(text) for text in (order.customer_order_number, order.remarks)]
    return [*of_order, *(text for _, text in (*lines, *others))]


def _is_stored_as(before: str, after: str) -> bool:
    return after == before or (len(after) >= _CUT and before.startswith(after))


def _letters(text: str | None) -> str:
    """Return the letters and digits of a text."""
    shown = _MARK_UP.sub("", html.unescape(as_read(text)))
    return "".join(filter(str.isalnum, shown)).casefold()


def _hash(values: Iterable[str]) -> str:
    return hashlib.sha256("\n\n".join(values).encode("utf-8", "surrogatepass")).hexdigest()[:32]

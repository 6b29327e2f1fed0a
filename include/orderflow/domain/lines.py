"""Which line is which: by the shop's id, else by content; never by position alone.

A shop may give lines new ids when an order is PUT, may list them in another sequence, and may store their texts
trimmed. Lines of equal content are interchangeable: it does not matter which of them gets which ERP line number.
"""

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from orderflow.domain.order import OrderLine


class SentLine(NamedTuple):
    """A line as it went to the ERP. Without content (an older ledger, an ERP without it) only the id counts."""

    position: int
    line_id: int | None = None
    content: str | None = None
    """The fingerprint of product, quantity, price and text."""
    goods: str | None = None
    """The same without the text."""
    product: str | None = None
    """The fingerprint of the product alone."""

    @classmethod
    def of(cls, line: OrderLine) -> "SentLine":
        """Remember a line of the shop's order."""
        return cls(line.position, line.line_id, content_of(line), goods_of(line), _product_of(line))

    def to_json(self) -> dict[str, int | str | None]:
        """Return the form in which the ledger keeps it: no text of the order, only fingerprints."""
        return self._asdict()


def content_of(line: OrderLine) -> str:
    """Fingerprint what was ordered on a line, its text included."""
    return _hash(*_values(line), (line.description or "").strip())


def goods_of(line: OrderLine) -> str:
    """Fingerprint product, quantity and price of a line."""
    return _hash(*_values(line))


def values_of(line: OrderLine) -> tuple[str, ...]:
    """Return what was ordered on a line, as values: `10.00` is `10`, and outer blanks of a text do not count."""
    return (*_values(line), (line.description or "").strip())


def match_lines(now: Sequence[OrderLine], sent: Sequence[SentLine], numbers: Mapping[int, int]) -> dict[int, int]:
    """Return the position it was sent under for each position that the shop's order has now.

    `numbers` are the ERP's line numbers by sent position: an interchangeable line keeps the one it shows already.
    LookupError if a line cannot be identified: its text says why.
    """
    if len(now) != len(sent):
        raise LookupError(f"the shop has {len(now)} lines, the ERP {len(sent)}")
    free, rest, found = list(sent), list(now), dict[int, int]()

    def pair(of_now: Callable[[OrderLine], Hashable], of_sent: Callable[[SentLine], Hashable], *, alike: bool) -> None:
        """Pair lines with the same key. Equal lines may be swapped; of others there is one on each side."""
        for key in dict.fromkeys(map(of_now, rest)):
            ours = [line for line in rest if of_now(line) == key]
            theirs = [line for line in free if of_sent(line) == key]
            if key is None or not (alike or len(ours) == len(theirs) == 1):
                continue
            for mine, partner in _in_pairs(ours, theirs, numbers):
                found[mine.position] = partner.position
                rest.remove(mine)
                free.remove(partner)

    pair(lambda line: line.line_id, lambda line: line.line_id, alike=False)
    pair(content_of, lambda line: line.content, alike=True)
    pair(goods_of, lambda line: line.goods, alike=False)
    pair(_product_of, lambda line: line.product, alike=False)  # the only one of its product: its quantity was edited
    if rest and all(line.content is None for line in free) and len(set(map(content_of, rest))) == 1:
        for line, partner in _in_pairs(rest, free, numbers):  # nothing is known about them, so they are interchangeable
            found[line.position] = partner.position
        return found
    if rest:
        positions = ", ".join(str(line.position) for line in rest)
        raise LookupError(
            f"line {positions} of the shop is not a line that was sent to the ERP, or could be several of them"
        )
    return found


def _product_of(line: OrderLine) -> str:
    return _hash(_values(line)[0])


def _in_pairs(
    ours: Sequence[OrderLine], theirs: Sequence[SentLine], numbers: Mapping[int, int]
) -> list[tuple[OrderLine, SentLine]]:
    """Pair as many as both sides have; a line that shows one of their numbers gets that one."""
    by_number = {numbers.get(line.position): line for line in theirs}
    pairs = [(line, by_number.pop(line.erp_line_number)) for line in ours if line.erp_line_number in by_number]
    taken = {(line.position, partner.position) for line, partner in pairs}
    others = [line for line in ours if line.position not in {mine for mine, _ in taken}]
    free = [line for line in theirs if line.position not in {partner for _, partner in taken}]
    return [*pairs, *zip(others, free, strict=False)]


def _values(line: OrderLine) -> tuple[str, ...]:
    product = f"{line.product.origin}\n{line.product.key}" if line.product else ""
    return product, _number(line.quantity), _number(line.unit_price)


def _number(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def _hash(*values: str) -> str:
    return hashlib.sha256("\0".join(values).encode("utf-8", "surrogatepass")).hexdigest()[:32]

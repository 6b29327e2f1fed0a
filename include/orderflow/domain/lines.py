"""Which line is which: by the shop's id, otherwise by content; never by position alone.

A shop may give lines new ids after a PUT, may list them in another order, and may trim their texts when storing. Lines
of equal content are interchangeable: it does not matter which of them gets which ERP line number. If the lines still
contain everything that was sent, nobody has edited them, and an id on other goods than before is a new id.
"""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

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
        """Build it from a line of the shop's order."""
        return cls(line.position, line.line_id, content_of(line), goods_of(line), _product_of(line))

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "SentLine":
        """Read the form in which the ledger keeps it; newer code may have kept more."""
        return cls(**{name: value for name, value in kept.items() if name in cls._fields})

    def to_json(self) -> dict[str, int | str | None]:
        """Return the form stored in the ledger: fingerprints only, no text of the order."""
        return self._asdict()


def content_of(line: OrderLine) -> str:
    """Fingerprint what was ordered on a line, including its text."""
    return _hash(*values_of(line))


def goods_of(line: OrderLine) -> str:
    """Fingerprint product, quantity and price of a line."""
    return _hash(*_values(line))


def values_of(line: OrderLine) -> tuple[str, ...]:
    """Return what was ordered on a line, as values: `10.00` is `10`, and a text is what people read."""
    return (*_values(line), as_read(line.description))


def as_read(text: str | None) -> str:
    """Return a text without what storing may change: blanks, line ends, composed letters."""
    return " ".join(unicodedata.normalize("NFC", text or "").split())


_Key = Callable[[SentLine], Hashable]


def match_lines(now: Sequence[OrderLine], sent: Sequence[SentLine], numbers: Mapping[int, int]) -> dict[int, int]:
    """Return, for each current position of the shop's order, the position under which it was sent.

    `numbers` are the ERP's line numbers by sent position: an interchangeable line keeps the number it already shows.
    LookupError if a line cannot be identified: its text says why.
    """
    if len(now) != len(sent):
        raise LookupError(f"the shop has {len(now)} lines, the ERP {len(sent)}")
    shown = {line.position: line.erp_line_number for line in now}
    rest, free, found = list(map(SentLine.of, now)), list(sent), dict[int, int]()

    def pair(key: _Key, of_sent: _Key | None = None, *, alike: bool = False) -> None:
        """Pair lines with the same key: one on each side, or as many on both sides as are equal among themselves."""
        theirs = _grouped(free, of_sent or key)
        for value, ours in _grouped(rest, key).items():
            partners = theirs.get(value, [])
            if alike or (len(ours) == len(partners) and _are_equal(ours) and _are_equal(partners)):
                found.update(_in_pairs(ours, partners, shown, numbers))
        taken = set(found.values())
        rest[:] = [line for line in rest if line.position not in found]
        free[:] = [line for line in free if line.position not in taken]

    pair(lambda line: _both(line.line_id, line.content))
    if Counter(line.content for line in rest) == Counter(line.content for line in free):
        pair(lambda line: line.content, alike=True)
    pair(lambda line: _both(line.line_id, line.product))
    pair(lambda line: line.content, alike=True)
    pair(lambda line: line.goods)
    # Its text has changed, but it shows the number that such goods have.
    pair(
        lambda line: _both(shown[line.position], line.goods), lambda line: _both(numbers.get(line.position), line.goods)
    )
    pair(lambda line: line.product)  # the only one of its product: its quantity was edited
    pair(lambda line: line.line_id)  # it is another product now
    if rest and all(line.content is None for line in free) and len({line.content for line in rest}) == 1:
        found.update(_in_pairs(rest, free, shown, numbers))  # nothing is known about them, so they are interchangeable
    elif rest:
        positions = ", ".join(str(line.position) for line in rest)
        raise LookupError(
            f"line {positions} of the shop is not a line that was sent to the ERP, or could be several of them"
        )
    return found


def _are_equal(lines: Sequence[SentLine]) -> bool:
    return len({line.content for line in lines}) == 1


def _grouped(lines: Sequence[SentLine], key: _Key) -> dict[Hashable, list[SentLine]]:
    """Group lines by a key, leaving out those without one."""
    groups: dict[Hashable, list[SentLine]] = {}
    for line in lines:
        value = key(line)
        if value is not None:
            groups.setdefault(value, []).append(line)
    return groups


def _both(one: int | None, other: str | None) -> tuple[int, str] | None:
    return None if one is None or other is None else (one, other)


def _product_of(line: OrderLine) -> str:
    return _hash(_values(line)[0])


def _in_pairs(
    ours: Sequence[SentLine],
    theirs: Sequence[SentLine],
    shown: Mapping[int, int | None],
    numbers: Mapping[int, int],
) -> dict[int, int]:
    """Pair as many as both sides have; a line that shows one of their numbers gets that number."""
    by_number = {numbers.get(line.position): line.position for line in theirs}
    pairs = {line.position: by_number.pop(shown[line.position]) for line in ours if shown[line.position] in by_number}
    others = [line.position for line in ours if line.position not in pairs]
    taken = set(pairs.values())
    return pairs | dict(zip(others, (line.position for line in theirs if line.position not in taken), strict=False))


def _values(line: OrderLine) -> tuple[str, ...]:
    product = f"{line.product.origin}\n{line.product.key}" if line.product else ""
    return product, _number(line.quantity), _number(line.unit_price)


def _number(value: Decimal | None) -> str:
    return "" if value is None else format((value + 0).normalize(), "f")  # +0 turns -0 into 0


def _hash(*values: str) -> str:
    return hashlib.sha256("\0".join(values).encode("utf-8", "surrogatepass")).hexdigest()[:32]

"""The key of a sale line: where it came from. It is stored in the line's note.

A line's sequence is not a key: reordering or inserting lines changes it. The note stays when a line is moved or edited,
is copied when the line is copied or split, and follows the line onto the invoice. No document prints it.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypeVar

from orderflow.domain.order import ProductKey

_NOTE = re.compile(r"^Web order (\d+), line (\d+): \[(.*?)\] (.*)$", re.MULTILINE)


class LineKey(NamedTuple):
    """The shop order, the position in it, and the product ordered there."""

    order_id: int
    position: int
    product: ProductKey

    @property
    def note(self) -> str:
        """The key as people see it in Tryton."""
        return f"Web order {self.order_id}, line {self.position}: [{self.product.origin}] {self.product.key}"

    @classmethod
    def read(cls, note: str | None) -> "LineKey | None":
        """Find the key in a note, to which people may have added text; None if there is none."""
        found = _NOTE.search(note or "")
        if not found:
            return None
        order_id, position, origin, key = found.groups()
        return cls(int(order_id), int(position), ProductKey(origin=origin, key=key.rstrip("\r")))


class Keyed(Protocol):
    """A line as read."""

    @property
    def id(self) -> int:
        """The line's id in Tryton."""

    @property
    def key(self) -> LineKey | None:
        """The key in its note."""


K = TypeVar("K", bound=Keyed)


def originals(lines: Iterable[K]) -> dict[int, K]:
    """Return the line of each position. Of a line and its copies, that is the oldest: the one that was sent."""
    found: dict[int, K] = {}
    for line in sorted(lines, key=lambda line: line.id):
        if line.key is not None:
            found.setdefault(line.key.position, line)
    return dict(sorted(found.items()))

"""What the ledger remembers of the content of an order that was sent."""

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from orderflow.domain.fingerprint import VERSION, fingerprint
from orderflow.domain.lines import SentLine
from orderflow.domain.order import Order
from orderflow.erp.models import SalesOrder
from orderflow.flow.exported import Exported, lines_of_found, sent_lines
from orderflow.flow.orders.after_export import content_hash
from orderflow.ledger.models.orders import LedgerOrder


class Content(TypedDict, total=False):
    """What was ordered when the order was sent: its fingerprint and its lines."""

    payload_hash: str | None
    payload_version: int | None
    sent_lines: list[dict[str, Any]]
    line_ids: dict[int, int | None]


def content_of(order: Order) -> Content:
    """Return what to remember about the content of an order that is sent."""
    return {
        "payload_hash": fingerprint(order),
        "payload_version": VERSION,
        "sent_lines": [SentLine.of(line).to_json() for line in order.lines],
        "line_ids": {line.position: line.line_id for line in order.lines},
    }


def content_in_erp(known: LedgerOrder | None, order: Order, found: SalesOrder) -> Content:
    """Return the content that the ERP's order was created from; empty if that is what the ledger has.

    An order that was sent twice may have changed in between, and the ERP may have taken either request: its lines tell
    which. If they do not, nothing is known about them.
    """
    there = lines_of_found(found)
    as_found: Content = {"sent_lines": [line.to_json() for line in there], "line_ids": {}}
    if known is None or not known.payload_hash:
        return {"payload_hash": content_hash(order), "payload_version": VERSION, **as_found}
    before, now = sent_lines(known), tuple(map(SentLine.of, order.lines))
    if not known.sent_lines or _contents(before) == _contents(now) or not _fit(there, now):
        return {}
    return as_found if _fit(there, before) else content_of(order)


def exported_as_found(known: LedgerOrder | None, order: Order, found: SalesOrder) -> Exported:
    """Return an order as it will be in the ledger once the order found in the ERP is adopted."""
    content = content_in_erp(known, order, found)
    kept = content.get("sent_lines")
    return Exported(
        found.number,
        found.line_numbers,
        sent_lines(known) if kept is None else tuple(map(SentLine.of_json, kept)),
        content.get("payload_hash", known.payload_hash if known else None),
        content.get("payload_version", known.payload_version if known else None),
        known.numbers_before(found.number) if known else (),
    )


def _fit(there: Sequence[SentLine], sent: Sequence[SentLine]) -> bool:
    """Whether these may be the lines that were sent; an ERP that does not say what they hold at least says how many."""
    pairs = zip(_by_position(there), _by_position(sent), strict=False)
    return len(there) == len(sent) and all(line.goods in {None, was.goods} for line, was in pairs)


def _contents(lines: Iterable[SentLine]) -> list[str | None]:
    return [line.content for line in _by_position(lines)]


def _by_position(lines: Iterable[SentLine]) -> list[SentLine]:
    return sorted(lines, key=lambda line: line.position)

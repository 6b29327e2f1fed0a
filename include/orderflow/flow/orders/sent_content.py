"""What the ledger remembers of the content of an order that was sent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from orderflow.domain.fingerprint import VERSION, fingerprint
from orderflow.domain.lines import SentLine, goods_of, match_lines
from orderflow.domain.order import Order
from orderflow.erp.models import SalesOrder
from orderflow.flow.exported import Exported, lines_of_found, sent_lines
from orderflow.flow.orders.after_export import EITHER, content_hash, is_edited
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


def in_places_sent(known: LedgerOrder | None, order: Order) -> Order:
    """Return an order to send again with its lines in the places in which they were sent, if they are the same lines.

    A shop may list them in another sequence each time. Sent so, it does not matter which request the ERP has taken.
    """
    sent = sent_lines(known)
    if Counter(line.content for line in sent) != Counter(SentLine.of(line).content for line in order.lines):
        return order
    places = match_lines(order.lines, sent, {})
    lines = [line.model_copy(update={"position": places[line.position]}) for line in order.lines]
    texts = [text.model_copy(update={"after": places.get(text.after, 0)}) for text in order.texts]
    update = {
        "lines": tuple(sorted(lines, key=lambda line: line.position)),
        "texts": tuple(sorted(texts, key=lambda text: text.after)),
    }
    return order.model_copy(update=update)


def content_sent_again(known: LedgerOrder, order: Order) -> Content:
    """Return what to remember when an order is sent once more: from now on, the ERP may have either request.

    Nothing is remembered of the places at which their lines differ, and no content can be called unchanged.
    """
    before, now = sent_lines(known), tuple(map(SentLine.of, order.lines))
    content: Content = {"payload_hash": EITHER} if is_edited(known, order) else {}
    places = {line.position: line for line in before}
    agreed = {line.position: line for line in now if _is_same(places.get(line.position), line)}
    if before and not len(before) == len(now) == len(agreed):
        either = [agreed.get(line.position, SentLine(line.position)) for line in max(before, now, key=len)]
        content |= _remembered(either)
    return content


def content_in_erp(known: LedgerOrder | None, order: Order, found: SalesOrder) -> Content:
    """Return the content that the ERP's order was created from; empty if that is what the ledger has.

    An order that was sent more than once may have changed each time, and the ERP may have taken any of the requests:
    its lines tell which. If they do not, nothing is known about them.
    """
    there = lines_of_found(found)
    if known is None or not known.payload_hash:
        return {"payload_hash": content_hash(order), "payload_version": VERSION, **_remembered(there)}
    before = sent_lines(known)
    lines = lines_in_erp(before, there)
    if lines == before:
        return {}
    is_now = Counter(line.goods for line in lines) == Counter(map(goods_of, order.lines))
    if known.payload_hash != EITHER or not is_now:
        return _remembered(lines)
    return {"payload_hash": fingerprint(order), "payload_version": VERSION, **_remembered(lines)}


def lines_in_erp(sent: tuple[SentLine, ...], there: tuple[SentLine, ...]) -> tuple[SentLine, ...]:
    """Return the lines that the ERP's order was created from: those sent, unless the ERP has others in their places.

    An ERP may round what it was sent. Only the same goods in other places, or other products, are other lines.
    """
    if not sent:
        return sent
    if _fit(there, sent):
        found = {line.position: line for line in there}
        return tuple(line if _is_known(line) else found[line.position] for line in sent)
    is_moved = Counter(line.goods for line in there) == Counter(line.goods for line in sent)
    has_products = [line.product for line in _by_position(there)] == [line.product for line in _by_position(sent)]
    return sent if has_products and not is_moved else there


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


def _remembered(lines: Iterable[SentLine]) -> Content:
    kept = list(lines)
    ids: dict[int, int | None] = {line.position: line.line_id for line in kept if line.line_id is not None}
    return {"sent_lines": [line.to_json() for line in kept], "line_ids": ids}


def _fit(there: Sequence[SentLine], sent: Sequence[SentLine]) -> bool:
    """Whether these may be the lines that were sent; what is not known of a line fits."""
    found = {line.position: line.goods for line in there}
    if len(there) != len(sent) or found.keys() != {line.position for line in sent}:
        return False
    return all(None in {line.goods, found[line.position]} or line.goods == found[line.position] for line in sent)


def _is_known(line: SentLine) -> bool:
    """Whether the ledger knows which line of the shop it is; one from an older ledger has only its id."""
    return line.content is not None or line.line_id is not None


def _is_same(before: SentLine | None, now: SentLine) -> bool:
    """Whether the same line was sent in this place, as far as the ledger knows."""
    if before is None or before.content is None:
        return before is not None and before.line_id is not None and before.line_id == now.line_id
    return before.content == now.content


def _by_position(lines: Iterable[SentLine]) -> list[SentLine]:
    return sorted(lines, key=lambda line: line.position)

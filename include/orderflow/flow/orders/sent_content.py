"""What the ledger remembers of the content of an order that was sent."""

from typing import Any, TypedDict

from orderflow.domain.fingerprint import VERSION, fingerprint
from orderflow.domain.lines import SentLine
from orderflow.domain.order import Order
from orderflow.erp.models import SalesOrder
from orderflow.flow.exported import lines_of_found
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


def content_before(known: LedgerOrder, order: Order, found: SalesOrder) -> Content:
    """Return the content that the ERP's order was created from: from the ledger or, if lost, from ERP and shop."""
    if known.payload_hash:
        return {}
    return {
        "payload_hash": content_hash(order),
        "payload_version": VERSION,
        "sent_lines": [line.to_json() for line in lines_of_found(found)],
        "line_ids": {},
    }

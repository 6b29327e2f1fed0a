"""The list of orders as a CSV file: UTF-8 with a byte order mark, without cells that a spreadsheet would evaluate."""

import csv
import io
from collections.abc import Iterator, Sequence

from orderflow.domain.spreadsheet import safe_cell
from orderflow.web.answers import OrderAnswer, OrdersAnswer, ReasonText

COLUMNS = (
    "order",
    "webshop",
    "order_id",
    "list",
    "reason",
    "what_it_means",
    "who_fixes_it",
    "what_to_do",
    "message",
    "amount",
    "currency",
    "day",
    "erp_number",
    "first_seen",
    "changed",
    "next_look",
)
LONGEST = 10_000
"""The most rows in a file; an incomplete file says so in its last row."""


def as_csv(found: OrdersAnswer, language: str) -> Iterator[str]:
    """Yield the file row by row; instants are UTC, amounts exclude tax."""
    yield "\ufeff" + _line(COLUMNS)
    for order in found.orders:
        yield _line(_row(order, language))
    left = found.total - len(found.orders)
    if left > 0:
        yield _line([f"… and {left} more orders: narrow the filters"])


def _row(order: OrderAnswer, language: str) -> list[object]:
    said = ReasonText.of(order.reason, language) if order.reason else None
    return [
        order.name,
        order.webshop,
        order.order_id,
        order.worklist.value,
        order.reason and order.reason.value,
        said and said.meaning,
        said and said.owner,
        said and said.action,
        order.detail,
        order.total,
        order.currency,
        order.day,
        order.erp_number,
        *(at and at.isoformat(timespec="seconds") for at in (order.first_seen_at, order.updated_at, order.next_look)),
    ]


def _line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()

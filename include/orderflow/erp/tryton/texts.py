"""The lines of a sale that order nothing: comments, titles, subtotals. Documents print them where they stand."""

from typing import NamedTuple

from orderflow.erp.models import SalesOrderRequest, SalesOrderText

_TYPES = frozenset({"comment", "title", "subtotal"})
"""What Tryton calls them; any other type of the shop is a comment."""


class SaleText(NamedTuple):
    """A line without a product: its type in Tryton, and its text as Tryton stores it."""

    type: str
    description: str


def placed_texts(request: SalesOrderRequest) -> dict[int, SaleText]:
    """Return the order's texts by their place among all lines of the sale, from 1. Blank ones say nothing."""
    said = [(text.after, _of(text)) for text in request.texts if _of(text).description or text.kind == "subtotal"]
    above = [sum(line.position <= after for line in request.lines) for after, _ in said]
    return {lines + number: text for number, (lines, (_, text)) in enumerate(zip(above, said, strict=True), 1)}


def _of(text: SalesOrderText) -> SaleText:
    return SaleText(text.kind if text.kind in _TYPES else "comment", (text.text or "").strip())

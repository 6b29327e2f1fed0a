"""The table in docs/reference/tryton-situations.md, written from what a real Tryton did."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from erp.tryton.situations import Situation

HEAD = """# Sales in Tryton, beside the same sales typed in its client

Written by `WRITE_SITUATIONS=1 pytest tests/erp/tryton/test_situations.py` from a real Tryton 8.2 on PostgreSQL. Do not
edit.

Every order was made by the adapter and typed a second time through Tryton's own client library, which calls the same
on-change methods as the client. Both sales were confirmed and processed, and their invoices posted. Compared are the
sale (terms, methods, texts, dates, lines with unit, price and taxes, totals), its shipments (date, party, address,
moves) and its invoices (party, term, due dates, lines, taxes, totals). *As typed* means that all of it is equal.
Where people change lines, they do so in the adapter's quotation, and the other sale is typed as it is then.
"""
COLUMNS = ("Situation", "VAT by line", "Term, invoice, shipment", "Shipment", "Invoice", "Beside the client")


class Outcome(NamedTuple):
    """The result of one order: created by the adapter and entered by hand, or refused."""

    made: dict[str, Any]
    typed: dict[str, Any]
    refusal: str = ""
    known: tuple[int, ...] = ()
    """The positions of the shop's lines that the adapter knows again once people have changed the sale."""


def table(situations: Iterable[Situation], outcomes: Iterable[Outcome], today: date) -> str:
    """Write the whole page; `today` is the day on which they were played."""
    parts = [HEAD]
    group = ""
    for situation, outcome in zip(situations, outcomes, strict=True):
        if situation.group != group:
            group = situation.group
            parts.append(f"\n## {group}\n\n{_row(COLUMNS)}\n{_row(['---'] * len(COLUMNS))}\n")
        parts.append(f"{_row([situation.name, *_cells(situation, outcome, today)])}\n")
    return "".join(parts)


def _cells(situation: Situation, outcome: Outcome, today: date) -> list[str]:
    if situation.held:
        return ["", "", "", "", f"held: … {situation.held} …"]
    sale, made = outcome.made["sale"], outcome.made
    return [
        "; ".join(", ".join(line["taxes"]) or "none" for line in sale["lines"]),
        ", ".join([sale["payment_term"] or "no term", sale["invoice_method"], sale["shipment_method"]]),
        "; ".join(_shipment(shipment, today) for shipment in made["shipments"]) or "none",
        "; ".join(_invoice(invoice) for invoice in made["invoices"]) or "none",
        _beside(situation, outcome),
    ]


def _beside(situation: Situation, outcome: Outcome) -> str:
    if situation.differs:
        return f"differs by {situation.because}"
    known = " and ".join(map(str, outcome.known))
    return f"as typed; the shop's line {known} known again" if situation.changed else "as typed"


def _shipment(shipment: dict[str, Any], today: date) -> str:
    days = (date.fromisoformat(shipment["planned_date"]) - today).days
    return f"{len(shipment['moves'])} moves, {f'in {days} days' if days else 'today'}, to {shipment['customer']}"


def _invoice(invoice: dict[str, Any]) -> str:
    amounts = (invoice["untaxed_amount"], invoice["tax_amount"], invoice["total_amount"])
    return f"{invoice['state']}: {' + '.join(amounts[:2])} = {amounts[2]}, to {invoice['party']}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

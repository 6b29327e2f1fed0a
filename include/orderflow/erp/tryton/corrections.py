"""What was made in Tryton to take a sale back: returns, and credit notes of its invoices.

A return is a sale whose origin is the sale. A credit note's lines originate in the lines of the invoice, and those in
the lines of the sale. Only those made since an instant are read, so their number is bounded by the days compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from orderflow.erp.tryton.client import TrytonRecord, TrytonRest

INVOICE_LINE = "account.invoice.line"
_AT_ONCE = 100


class _Return(TrytonRecord):
    number: str | None
    origin: str


class _Invoice(TrytonRecord):
    number: str | None


class _CreditLine(TrytonRecord):
    invoice: _Invoice | None
    origin: str


class _Line(TrytonRecord):
    origin: str | None


class _SaleLine(TrytonRecord):
    sale: int


def corrections_since(
    rest: TrytonRest, since: datetime, *, web_shops: Sequence[int], company: int, credit_notes: bool
) -> dict[int, tuple[str, ...]]:
    """Return what was made since an aware instant, in words, by the id of the sale. Cancelled ones do not count."""
    recent = ["create_date", ">=", since]
    found: dict[int, dict[str, None]] = defaultdict(dict)
    returned = [["origin.web_shop", "in", web_shops, "sale.sale"], recent, ["state", "!=", "cancelled"]]
    for one in rest.search_all(_Return, "sale.sale", returned, ("number", "origin"), company=company):
        found[_id_in(one.origin)][f"return {_called(one)}"] = None
    if credit_notes:
        of_ours = ["origin.origin.sale.web_shop", "in", web_shops, INVOICE_LINE, "sale.line"]
        credited = [of_ours, recent, ["invoice.state", "!=", "cancelled"]]
        fields = ("invoice.number", "origin")
        lines = list(rest.search_all(_CreditLine, INVOICE_LINE, credited, fields, company=company))
        sales = _sales_of(rest, {_id_in(line.origin) for line in lines}, company)
        for line in lines:
            if line.invoice and _id_in(line.origin) in sales:
                found[sales[_id_in(line.origin)]][f"credit note {_called(line.invoice)}"] = None
    return {sale: tuple(said) for sale, said in found.items()}


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """Split ids so that a search for them fits into a URL."""
    rest = sorted(ids)
    for first in range(0, len(rest), _AT_ONCE):
        yield rest[first : first + _AT_ONCE]


def _sales_of(rest: TrytonRest, invoice_lines: set[int], company: int) -> dict[int, int]:
    """Return the sale of each invoice line."""
    sale_line = {
        line.id: _id_in(line.origin)
        for some in chunks(invoice_lines)
        for line in rest.search_all(_Line, INVOICE_LINE, [["id", "in", some]], ("origin",), company=company)
        if line.origin
    }
    sale = {
        line.id: line.sale
        for some in chunks(set(sale_line.values()))
        for line in rest.search_all(_SaleLine, "sale.line", [["id", "in", some]], ("sale",), company=company)
    }
    return {invoice_line: sale[line] for invoice_line, line in sale_line.items() if line in sale}


def _id_in(reference: str) -> int:
    return int(reference.rpartition(",")[2])


def _called(record: _Return | _Invoice) -> str:
    return record.number or f"without a number (id {record.id})"

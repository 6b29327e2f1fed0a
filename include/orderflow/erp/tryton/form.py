"""What Tryton's own form fills in, through its on-change calls on the stored draft of a sale.

The calls return what the form would change and store nothing. So tax rules, terms and methods of the party, and
whatever other modules add, apply to our sales just as to sales entered by hand.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from orderflow.erp.tryton.client import TrytonRecord, TrytonRest
from orderflow.erp.tryton.master_data import MasterData
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.sale import SALE, Sale, SaleLine

LINE = "sale.line"


class FilledIn(TrytonRecord):
    """What the form sets when the party is chosen. It also chooses addresses, but the order's are used."""

    id: int = 0
    payment_term: int | None = None
    invoice_method: str | None = None
    shipment_method: str | None = None


class _TaxAdded(TrytonRecord): ...


class _TaxChanges(NamedTuple):
    add: tuple[tuple[int, _TaxAdded], ...] = ()
    remove: tuple[int, ...] = ()


class _LineFilledIn(TrytonRecord):
    id: int = 0
    taxes: _TaxChanges = _TaxChanges()


def changes_of_form(rest: TrytonRest, sale: Sale, data: MasterData, options: TrytonOptions) -> dict[str, Any]:
    """Return the changes that make a draft equal to a sale entered by hand; empty if none."""
    company = data.web_shop.company
    form = rest.ask(FilledIn, f"{SALE}/{sale.id}/on_change_party", company=company)
    terms = {**form.model_dump(exclude={"id"}, exclude_unset=True), **data.terms}
    changes = {name: value for name, value in terms.items() if value != getattr(sale, name)}
    lines = list(_line_changes(rest, sale, data)) if options.taxes == "form" else []
    return {**changes, "lines": lines} if lines else changes


def _line_changes(rest: TrytonRest, sale: Sale, data: MasterData) -> Iterable[list[Any]]:
    """Yield one change for all lines of an account category: their taxes depend on nothing else."""
    products = (*data.products.values(), *((data.rounding,) if data.rounding else ()))
    category_of = {product.id: product.category or -product.id for product in products}
    alike: dict[int, list[SaleLine]] = {}
    for line in sale.lines:
        if line.product and line.product.id in category_of:
            alike.setdefault(category_of[line.product.id], []).append(line)
    for first, *others in alike.values():
        form = rest.ask(_LineFilledIn, f"{LINE}/{first.id}/on_change_sale", company=data.web_shop.company).taxes
        wanted = {*first.taxes, *(tax.id for _, tax in form.add)} - set(form.remove)
        for line in (first, *others):
            wrong, missing = sorted({*line.taxes} - wanted), sorted(wanted - {*line.taxes})
            if wrong or missing:
                yield ["write", [line.id], {"taxes": [["remove", wrong], ["add", missing]]}]

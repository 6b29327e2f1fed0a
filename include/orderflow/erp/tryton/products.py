"""The products of an order, found by their codes, with the units and taxes that a line needs."""

from collections import defaultdict
from collections.abc import Collection

from orderflow.domain.reasons import Reason
from orderflow.erp.tryton.client import EVERYBODY, TrytonRecord, TrytonRest
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.problems import Problems


class _Unit(TrytonRecord):
    symbol: str


class _Category(TrytonRecord):
    customer_taxes_used: tuple[int, ...]


class _Template(TrytonRecord):
    active: bool
    default_uom: _Unit
    sale_uom: _Unit | None
    account_category: _Category | None


class Product(TrytonRecord):
    """A product as read."""

    code: str
    active: bool
    salable: bool
    template: _Template

    @property
    def in_use(self) -> bool:
        """Whether the product and its template are both active."""
        return self.active and self.template.active

    @property
    def category(self) -> int | None:
        """The account category, which determines the taxes."""
        category = self.template.account_category
        return category.id if category else None

    @property
    def taxes(self) -> tuple[int, ...]:
        """The ids of its sales taxes, before any tax rule of the party."""
        category = self.template.account_category
        return category.customer_taxes_used if category else ()


_UNITS = ("template.default_uom.symbol", "template.sale_uom.symbol")
_FIELDS = ("code", "active", "salable", "template.active", *_UNITS, "template.account_category.customer_taxes_used")


def find_products(
    rest: TrytonRest, options: TrytonOptions, company: int, codes: Collection[str], problems: Problems
) -> dict[str, Product]:
    """Return the product of each code that matches exactly one active, salable product; report the other codes."""
    found: dict[str, list[Product]] = defaultdict(list)
    for product in rest.search_in(Product, "product.product", "code", codes, _FIELDS, company=company, also=EVERYBODY):
        found[product.code].append(product)
    used = {code: [product for product in found[code] if product.in_use] for code in codes}
    problems.add_codes("no product with the code", (code for code in used if not found[code]))
    inactive = (code for code in used if found[code] and not used[code])
    problems.add_codes("the product is inactive:", inactive, Reason.ERP_PRODUCT_INACTIVE)
    problems.add_codes("several products with the code", (code for code, some in used.items() if len(some) > 1))
    alone = {code: some[0] for code, some in used.items() if len(some) == 1}
    problems.add_codes("not salable:", (product.code for product in alone.values() if not product.salable))
    if options.taxes == "form":
        untaxed = (product.code for product in alone.values() if product.category is None)
        problems.add_codes("no account category, which says the taxes:", untaxed)
    return alone

"""A look into Tryton for orders of the shop: whether it has what their sales need. Nothing is written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, partial
from typing import NamedTuple

from pydantic import ValidationError

from orderflow.domain.order import Order
from orderflow.erp.inspection import Aspect, Inspected
from orderflow.erp.models import SalesOrderRequest, to_sales_order
from orderflow.erp.tryton.client import EVERYBODY, TrytonRecord, TrytonRest
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.parties import find_customer
from orderflow.erp.tryton.problems import Problems
from orderflow.erp.tryton.products import Product, find_products
from orderflow.erp.tryton.rights import look_at_rights
from orderflow.erp.tryton.web_shops import Installation

_MOST_ORDERS = 20
"""Orders whose customers are looked up: each takes up to three requests."""


class _Unit(TrytonRecord):
    symbol: str
    digits: int


class _Template(TrytonRecord):
    default_uom: _Unit
    sale_uom: _Unit | None


class _Counted(TrytonRecord):
    code: str
    template: _Template


_COUNTED = ("code", *(f"template.{uom}.{name}" for uom in ("default_uom", "sale_uom") for name in ("symbol", "digits")))


class _Wanted(NamedTuple):
    """What the orders of one company name."""

    requests: list[SalesOrderRequest]
    quantities: dict[str, set[Decimal]]
    """By product code."""


class TrytonInspection:
    """The questions that `TrytonErp.inspect` answers."""

    def __init__(
        self,
        rest: TrytonRest,
        options: TrytonOptions,
        installation: Callable[[], Installation],
        orders: Sequence[Order],
    ) -> None:
        self._rest = rest
        self._options = options
        self._installation = installation
        self._orders = orders

    def questions(self, *, makes_customers: bool) -> Mapping[Aspect, Callable[[], Inspected]]:
        """Return how to look at each aspect."""
        return {
            Aspect.RIGHTS: partial(look_at_rights, self._rest, self._options, makes_customers=makes_customers),
            Aspect.IDENTIFIERS: self._identifiers,
            Aspect.PRODUCTS: self._products,
            Aspect.UNITS: self._units,
            Aspect.TAXES: self._taxes,
        }

    @cached_property
    def _wanted(self) -> dict[int, _Wanted]:
        """What is wanted of each company; orders that are incomplete, or of no web shop here, are left out."""
        wanted: dict[int, _Wanted] = {}
        shops = self._installation().web_shops
        for request in filter(None, map(_request, self._orders)):
            if request.shop in shops:
                of_company = wanted.setdefault(shops[request.shop].company, _Wanted([], {}))
                of_company.requests.append(request)
                for line in request.lines:
                    code = self._options.code_of_product(line.product)
                    of_company.quantities.setdefault(code, set()).add(line.quantity)
        return wanted

    def _identifiers(self) -> Inspected:
        problems, looked_up = Problems(), set()
        for company, wanted in self._wanted.items():
            for request in wanted.requests[:_MOST_ORDERS]:
                people = (company, request.customer, request.shipment_address, request.invoice_address)
                if people not in looked_up:
                    looked_up.add(people)
                    find_customer(self._rest, self._options, company, request, problems)
        return _found(len({customer for _, customer, *_ in looked_up}), "customers", problems.texts)

    def _found_products(self, problems: Problems, options: TrytonOptions) -> Iterator[Product]:
        for company, wanted in self._wanted.items():
            yield from find_products(self._rest, options, company, wanted.quantities, problems).values()

    def _products(self) -> Inspected:
        problems = Problems()
        list(self._found_products(problems, self._options.model_copy(update={"taxes": "none"})))
        return _found(len(self._codes), "products", problems.texts)

    def _units(self) -> Inspected:
        problems, differing = Problems(), set()
        for company, wanted in self._wanted.items():
            codes = list(wanted.quantities)
            for product in self._rest.search_in(
                _Counted, "product.product", "code", codes, _COUNTED, company=company, also=EVERYBODY
            ):
                unit = _unit(product.template, self._options)
                if any(_decimals(quantity) > unit.digits for quantity in wanted.quantities[product.code]):
                    problems.add(f"quantities with more decimals than {unit.symbol} has: {product.code}")
                if product.template.sale_uom not in {None, product.template.default_uom}:
                    differing.add(product.code)
        found = _found(len(self._codes), "products", problems.texts)
        if differing and found.is_seen and not found.problems:
            names = ", ".join(sorted(differing))
            return Inspected(f"sold in another unit than kept, and counted by `unit`: {names}")
        return found

    def _taxes(self) -> Inspected:
        if self._options.taxes == "none":
            return Inspected("extra `taxes` is none: sales get no taxes", is_seen=False)
        problems = Problems()
        untaxed = [product for product in self._found_products(Problems(), self._options) if not product.taxes]
        problems.add_codes("no account category, which says the taxes:", (p.code for p in untaxed if not p.category))
        problems.add_codes("no taxes in the account category of", (p.code for p in untaxed if p.category))
        return _found(len(self._codes), "products", problems.texts)

    @property
    def _codes(self) -> set[str]:
        return {code for wanted in self._wanted.values() for code in wanted.quantities}


def _request(order: Order) -> SalesOrderRequest | None:
    try:
        return None if order.missing() else to_sales_order(order)
    except ValidationError:
        return None


def _found(count: int, what: str, problems: tuple[str, ...]) -> Inspected:
    if not count:
        return Inspected("the sample has no complete order of a webshop that extra `web_shop` names", is_seen=False)
    return Inspected(f"{count} {what} of the sample", problems)


def _unit(template: _Template, options: TrytonOptions) -> _Unit:
    return (template.sale_uom if options.unit == "sale" else None) or template.default_uom


def _decimals(quantity: Decimal) -> int:
    exponent = quantity.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

"""The records of Tryton that an order refers to: web shop, customer, addresses, products."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from orderflow.domain.order import ProductKey
from orderflow.domain.reasons import Reason
from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.wire import Record, TrytonRest
from orderflow.errors import ConfigurationError, PermanentError


class _Currency(Record):
    code: str


class WebShop(Record):
    """A web shop; orders are made in its company, its currency, and from its first warehouse."""

    name: str
    company: int
    currency: _Currency
    warehouses: tuple[int, ...]


class _Party(Record):
    name: str
    customer_payment_term: int | None
    customer_tax_rule: int | None


class _Identifier(Record):
    code: str
    party: _Party
    address: int | None


class _Unit(Record):
    symbol: str


class _Category(Record):
    customer_taxes_used: tuple[int, ...]


class _Template(Record):
    default_uom: _Unit
    sale_uom: _Unit | None
    account_category: _Category | None


class Product(Record):
    """A product with the units and taxes that a sale line needs."""

    code: str
    salable: bool
    template: _Template

    @property
    def taxes(self) -> tuple[int, ...]:
        """The ids of the taxes on selling it."""
        category = self.template.account_category
        return category.customer_taxes_used if category else ()


class Place(NamedTuple):
    """An address, and the party it belongs to."""

    address: int
    party: int


@dataclass(frozen=True)
class MasterData:
    """Everything an order refers to."""

    web_shop: WebShop
    party: int
    payment_term: int | None
    invoice: Place
    shipment: Place
    products: dict[ProductKey, Product]


def read_web_shops(rest: TrytonRest, options: TrytonOptions) -> dict[str, WebShop]:
    """Return the web shop of each webshop of the shop; ConfigurationError when the extra names what is not there."""
    names = sorted(set(options.web_shop.values()))
    fields = ("name", "company", "currency.code", "warehouses")
    found = {shop.name: shop for shop in rest.search(WebShop, "web.shop", [["name", "in", names]], fields)}
    missing = [repr(name) for name in names if name not in found]
    if missing:
        raise ConfigurationError(f"extra `web_shop`: Tryton has no web shop {', '.join(missing)}, or hides it")
    strangers = [shop.name for shop in found.values() if options.company not in {None, shop.company}]
    if strangers:
        raise ConfigurationError(f"extra `company`: {', '.join(strangers)} belongs to another company")
    return {webshop: found[name] for webshop, name in options.web_shop.items()}


def gather(rest: TrytonRest, options: TrytonOptions, shop: WebShop, request: SalesOrderRequest) -> MasterData:
    """Read what the order refers to; PermanentError ERP_REJECTED names everything that is missing, not the first."""
    problems: list[str] = []
    if request.currency != shop.currency.code:
        problems.append(f"the order is in {request.currency}, web shop {shop.name!r} sells in {shop.currency.code}")
    party, invoice, shipment = _customer(rest, options, shop, request, problems)
    products = _products(rest, options, shop, {line.product for line in request.lines}, problems)
    if problems or party is None or invoice is None or shipment is None:
        raise PermanentError("; ".join(problems), reason=Reason.ERP_REJECTED)
    return MasterData(shop, party.id, party.customer_payment_term, invoice, shipment, products)


def _customer(
    rest: TrytonRest, options: TrytonOptions, shop: WebShop, request: SalesOrderRequest, problems: list[str]
) -> tuple[_Party | None, Place | None, Place | None]:
    """Find the party and both addresses by their identifiers; the one address stands in for the other."""
    code = options.code_of_customer(request.customer)
    of_address = {
        id_: options.code_of_address(id_) for id_ in (request.invoice_address, request.shipment_address) if id_
    }
    fields = ("code", "party.name", "party.customer_payment_term", "party.customer_tax_rule", "address")
    found = rest.search_in(
        _Identifier, "party.identifier", "code", [code, *of_address.values()], fields, company=shop.company
    )
    services = {identifier.party.id: identifier.party for identifier in found if identifier.code == code}
    if len(services) != 1:
        problems.append(f"{_many(len(services))} party with the identifier {code!r} for customer {request.customer}")
    party = next(iter(services.values())) if len(services) == 1 else None
    if party and party.customer_tax_rule is not None and options.taxes == "product":
        problems.append(f"customer {request.customer} ({party.name}) has a tax rule, which is not applied over REST")
    places: dict[int, Place] = {}
    for address, wanted in of_address.items():
        place = _place(found, wanted, party, address, problems)
        if place:
            places[address] = place
    if not of_address:
        problems.append("the order names no address")
    invoice = places.get(request.invoice_address or request.shipment_address or 0)
    shipment = places.get(request.shipment_address or request.invoice_address or 0)
    return party, invoice, shipment


def _place(
    found: Iterable[_Identifier], code: str, party: _Party | None, address: int, problems: list[str]
) -> Place | None:
    """Choose the address with this identifier; the customer's own goes before another party's."""
    places = {Place(i.address, i.party.id) for i in found if i.code == code and i.address is not None}
    own = {place for place in places if party and place.party == party.id}
    chosen = own or places
    if len(chosen) == 1:
        return chosen.pop()
    if party or not chosen:  # which of several is meant, only a known customer could tell
        problems.append(f"{_many(len(chosen))} address with the identifier {code!r} for address {address}")
    return None


def _products(
    rest: TrytonRest, options: TrytonOptions, shop: WebShop, keys: Iterable[ProductKey], problems: list[str]
) -> dict[ProductKey, Product]:
    code_of = {key: options.code_of_product(key) for key in keys}
    units = ("template.default_uom.symbol", "template.sale_uom.symbol")
    fields = ("code", "salable", *units, "template.account_category.customer_taxes_used")
    by_code: dict[str, list[Product]] = defaultdict(list)
    for product in rest.search_in(Product, "product.product", "code", code_of.values(), fields, company=shop.company):
        by_code[product.code].append(product)
    _complain("no product with the code", [c for c in code_of.values() if not by_code[c]], problems)
    _complain("several products with the code", [c for c in code_of.values() if len(by_code[c]) > 1], problems)
    alone = {key: by_code[code][0] for key, code in code_of.items() if len(by_code[code]) == 1}
    _complain("not salable:", [product.code for product in alone.values() if not product.salable], problems)
    if options.taxes == "product":
        untaxed = [product.code for product in alone.values() if product.template.account_category is None]
        _complain("no account category, which says the taxes:", untaxed, problems)
    return alone


def _complain(what: str, codes: Sequence[str], problems: list[str]) -> None:
    if codes:
        problems.append(f"{what} {', '.join(sorted(codes))}")


def _many(count: int) -> str:
    return "more than one" if count else "no"

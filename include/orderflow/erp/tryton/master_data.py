"""The records of Tryton that an order refers to: web shop, customer, terms, products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orderflow.domain.order import ProductKey
from orderflow.domain.reasons import Reason
from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.tryton.client import TrytonRest
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.parties import Customer, find_customer
from orderflow.erp.tryton.problems import Problems
from orderflow.erp.tryton.products import Product, find_products
from orderflow.erp.tryton.web_shops import Installation, WebShop


@dataclass(frozen=True)
class MasterData:
    """Everything an order refers to."""

    web_shop: WebShop
    customer: Customer
    products: Mapping[ProductKey, Product]
    terms: Mapping[str, Any]
    """What the settings specify instead of the party and the configuration."""
    rounding: Product | None
    """The product for a line that makes up a rounding difference, if such lines are configured."""


def gather(
    rest: TrytonRest, options: TrytonOptions, installation: Installation, shop: WebShop, request: SalesOrderRequest
) -> MasterData:
    """Read everything the order refers to; PermanentError lists everything that is missing, not only the first."""
    problems = Problems()
    if not shop.active:
        problems.add(f"web shop {shop.name!r} is inactive", Reason.ERP_SHOP_INACTIVE)
    if request.currency != shop.currency.code:
        problems.add(f"the order is in {request.currency}, web shop {shop.name!r} sells in {shop.currency.code}")
    customer = find_customer(rest, options, shop.company, request, problems)
    keys = {line.product: options.code_of_product(line.product) for line in request.lines}
    wanted = {options.rounding_product} if options.cents == "line" and options.rounding_product else set()
    products = find_products(rest, options, shop.company, {*keys.values(), *wanted}, problems)
    problems.raise_any()
    if customer is None:
        raise AssertionError("a customer that is not found is a problem")
    return MasterData(
        shop,
        customer,
        {key: products[code] for key, code in keys.items()},
        installation.terms_for(options, request.payment_status),
        products.get(options.rounding_product or ""),
    )

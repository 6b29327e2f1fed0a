"""Fill a fresh Tryton database with a small company: run by tools/tryton.py inside Tryton's own venv.

    python tools/tryton_seed.py DATABASE < wish.json > made.json

Reads what to make (shops, products, customers) as JSON, makes it as Tryton's administrator, and prints the key of a
user who may do what the adapter needs and nothing else. The names of records are ours; there are no invented people.
"""

import json
import sys
from datetime import date
from decimal import Decimal
from typing import Any

from proteus import Model, config  # type: ignore[import-not-found]
from trytond.modules.account.tests.tools import (  # type: ignore[import-not-found]
    create_chart,
    create_fiscalyear,
    create_tax,
    get_accounts,
)
from trytond.modules.account_invoice.tests.tools import (  # type: ignore[import-not-found]
    set_fiscalyear_invoice_sequences,
)
from trytond.modules.company.tests.tools import create_company, get_company  # type: ignore[import-not-found]
from trytond.modules.currency.tests.tools import get_currency  # type: ignore[import-not-found]

VAT = Decimal("0.21")
MAY = {
    "sale.sale": {"perm_read": True, "perm_write": True, "perm_create": True},
    "sale.line": {"perm_delete": True},  # the rest of its rights come from the sale
    "stock.shipment.out": {"perm_read": True},
    "stock.move": {"perm_read": True},
}
"""All that the integration user may do beyond what Tryton lets every user read."""


def main(database: str) -> None:
    wish = json.load(sys.stdin)
    config.set_trytond(database)
    company = _company()
    _products(company, wish["products"])
    _customers(wish["customers"])
    shops = [_web_shop(company, name) for name in wish["shops"]]
    _sell_on_account()
    print(json.dumps({"company": company.id, "shops": shops, "key": _integration_user(company)}))


def _company() -> Any:
    """Make a company in euros with a chart of accounts and a fiscal year around today."""
    party = Model.get("party.party")(name="Orderflow demo company")
    party.save()
    create_company(party, get_currency("EUR"))
    company = get_company()
    create_chart(company)
    year = date.today().year  # noqa: DTZ011  # Tryton's own clock decides which year it asks for
    span = (date(year - 1, 1, 1), date(year + 1, 12, 31))
    fiscal_year = set_fiscalyear_invoice_sequences(create_fiscalyear(company, span))
    fiscal_year.save()
    fiscal_year.click("create_period")
    return company


def _products(company: Any, products: list[dict[str, str]]) -> None:
    accounts = get_accounts(company)
    tax = create_tax(VAT, company)
    tax.name = "VAT 21%"
    tax.save()
    category = Model.get("product.category")(name="Goods", accounting=True)
    category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
    category.customer_taxes.append(tax)
    category.save()
    units = {unit.name: unit for unit in Model.get("product.uom").find([])}
    for product in products:
        template = Model.get("product.template")(name=product["name"], type="goods", salable=True)
        template.default_uom = units[product["unit"]]
        template.list_price = Decimal(product["price"])
        template.account_category = category
        template.products[0].suffix_code = product["code"]
        template.save()


def _customers(customers: list[dict[str, Any]]) -> None:
    """Make a party per customer, whose identifiers carry the shop's ids of the customer and of its addresses."""
    services, addresses = Model.get("party.party"), Model.get("party.address")
    identifiers = Model.get("party.identifier")
    context = config.get_config().context
    ids = services._proxy.create([{"name": customer["name"]} for customer in customers], context)  # noqa: SLF001
    for party, customer in zip(ids, customers, strict=True):
        wanted = [{"party": party, **address} for address in customer["addresses"].values()]
        made = addresses._proxy.create(wanted, context)  # noqa: SLF001  # proteus has no public call for many at once
        codes = [{"party": party, "code": customer["code"]}]
        codes += [
            {"party": party, "address": address, "code": code}
            for address, code in zip(made, customer["addresses"], strict=True)
        ]
        identifiers._proxy.create(codes, context)  # noqa: SLF001


def _web_shop(company: Any, name: str) -> int:
    shop = Model.get("web.shop")(name=name, company=company, currency=company.currency)
    shop.warehouses.extend(Model.get("stock.location").find([("code", "=", "WH")]))
    shop.save()
    number: int = shop.id
    return number


def _sell_on_account() -> None:
    """Ship and invoice what was ordered, as a confirmed sale asks for."""
    settings = Model.get("sale.configuration")(1)
    settings.sale_invoice_method, settings.sale_shipment_method = "order", "order"
    settings.save()


def _integration_user(company: Any) -> str:
    """Make the user whose key the connection holds; returns the key."""
    group = Model.get("res.group")(name="Order integration")
    group.save()
    access = Model.get("ir.model.access")
    for name, rights in MAY.items():
        none = dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_delete"), False)
        access(model=name, group=group, **{**none, **rights}).save()
    user = Model.get("res.user")(login="order-integration", name="Order integration")
    user.groups.append(Model.get("res.group")(group.id))
    user.companies.append(Model.get("company.company")(company.id))
    user.company = Model.get("company.company")(company.id)
    user.save()
    application = Model.get("res.user.application")(user=user, application="rest")
    application.save()
    key: str = application.key
    return key


if __name__ == "__main__":
    main(sys.argv[1])

"""Fill a fresh Tryton database with a small company: run by tools/tryton.py inside Tryton's own venv.

    python tools/tryton_seed.py DATABASE < wish.json > made.json

Reads what to create (shops, products, customers) as JSON, creates it as Tryton's administrator, and prints the key of a
user who may do what the adapter needs and nothing else. The record names are ours; there are no invented people.
"""

import json
import sys
from collections.abc import Iterable
from datetime import date, timedelta
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
from trytond.modules.company.tests.tools import create_company  # type: ignore[import-not-found]
from trytond.modules.currency.tests.tools import get_currency  # type: ignore[import-not-found]

MAY = {
    "sale.sale": {"perm_read": True, "perm_write": True, "perm_create": True},
    "sale.line": {"perm_delete": True},  # its other rights come from the sale
    "stock.shipment.out": {"perm_read": True},
    "stock.move": {"perm_read": True},
}
"""Everything the integration user may do beyond what Tryton lets every user read."""
PRESSES = ("process",)
"""Buttons of a sale that only some groups may press; anyone who may write sales can quote and confirm."""


def main(database: str) -> None:
    wish = json.load(sys.stdin)
    config.set_trytond(database)
    companies = [_company(company["name"]) for company in wish["companies"]]
    countries = _countries(wish["countries"])
    categories = _categories(wish["companies"][0]["taxes"])
    shops, rules = [], []
    for company, wanted in zip(companies, wish["companies"], strict=True):
        _work_for(company)
        _books(company)
        rules.append(_taxes(company, wanted["taxes"], wish["rules"], categories))
        shops += [_web_shop(company, name) for name in wanted["shops"]]
        _sell_on_account()
    _work_for(companies[0])
    _products(categories, wish["products"])
    parties = _customers(wish["customers"], countries)
    for company, rules_of_company in zip(companies, rules, strict=True):
        _sell_to(parties, wish["customers"], company, rules_of_company)
    made = {
        "company": companies[0].id,
        "shops": shops,
        "key": _integration_user(companies[:1], "order-integration"),
        "key_of_all_companies": _integration_user(companies, "order-integration-all"),
    }
    print(json.dumps(made))


def _company(name: str) -> Any:
    """Create a company in euros."""
    party = Model.get("party.party")(name=name)
    party.save()
    create_company(party, get_currency("EUR"))
    (company,) = Model.get("company.company").find([("party", "=", party.id)])
    return company


def _work_for(company: Any) -> None:
    """Switch to a user who works for this company."""
    user = Model.get("res.user")(config.get_config().user)
    if company.id not in [one.id for one in user.companies]:
        user.companies.append(Model.get("company.company")(company.id))
    user.company = Model.get("company.company")(company.id)
    user.company_filter = "all"
    user.save()
    config.get_config()._context = Model.get("res.user").get_preferences(True, {})  # noqa: SLF001, FBT003


def _books(company: Any) -> None:
    """Create a chart of accounts and a fiscal year around today."""
    create_chart(company)
    year = date.today().year  # noqa: DTZ011  # Tryton's own clock decides which year it asks for
    span = (date(year - 1, 1, 1), date(year + 1, 12, 31))
    fiscal_year = set_fiscalyear_invoice_sequences(create_fiscalyear(company, span))
    fiscal_year.save()
    fiscal_year.click("create_period")


def _categories(names: Iterable[str]) -> dict[str, int]:
    made = {}
    for name in names:
        category = Model.get("product.category")(name=name, accounting=True)
        category.save()
        made[name] = category.id
    return made


def _countries(countries: dict[str, str]) -> dict[str, int]:
    values = [{"code": code, "name": name} for code, name in countries.items()]
    made = Model.get("country.country")._proxy.create(values, config.get_config().context)  # noqa: SLF001
    return dict(zip(countries, made, strict=True))


def _taxes(
    company: Any, taxes: dict[str, list[str]], rules: dict[str, str | None], categories: dict[str, int]
) -> dict[str, int]:
    """Create the taxes, including those of product categories, and the rules; return the rules by name."""
    accounts = get_accounts(company)
    for name, (tax, rate) in taxes.items():
        category = Model.get("product.category")(categories[name])  # read again: its accounts belong to a company
        category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
        category.customer_taxes.append(_tax(company, tax, rate))
        category.save()
    made = {}
    for name, instead in rules.items():
        rule = Model.get("account.tax.rule")(name=name, company=company)
        rule.lines.new(tax=_tax(company, instead, "0") if instead else None)
        rule.save()
        made[name] = rule.id
    return made


def _tax(company: Any, name: str, rate: str) -> Any:
    tax = create_tax(Decimal(rate), company)
    tax.name = tax.description = name
    tax.save()
    return tax


def _products(categories: dict[str, int], products: list[dict[str, Any]]) -> None:
    units = {unit.name: unit for unit in Model.get("product.uom").find([])}
    for product in products:
        template = Model.get("product.template")(name=product["name"], type=product.get("type", "goods"), salable=True)
        template.default_uom = units[product.get("unit", "Unit")]
        template.sale_uom = units[product.get("sale_unit", product.get("unit", "Unit"))]
        template.list_price = Decimal(product["price"])
        template.account_category = Model.get("product.category")(categories[product.get("category", "High")])
        template.lead_time = timedelta(days=product["lead_days"]) if "lead_days" in product else None
        template.products[0].suffix_code = product["code"]
        template.save()
        if not product.get("active", True):
            context = config.get_config().context
            Model.get("product.product")._proxy.write([template.products[0].id], {"active": False}, context)  # noqa: SLF001


def _customers(customers: list[dict[str, Any]], countries: dict[str, int]) -> list[int]:
    """Create a party per customer; its identifiers hold the shop's ids of the customer and its addresses."""
    parties, addresses = Model.get("party.party"), Model.get("party.address")
    identifiers = Model.get("party.identifier")
    context = config.get_config().context
    ids: list[int] = parties._proxy.create([{"name": customer["name"]} for customer in customers], context)  # noqa: SLF001
    for party, customer in zip(ids, customers, strict=True):
        places = customer["addresses"].values()
        wanted = [{"party": party, **place, "country": countries[place["country"]]} for place in places]
        made = addresses._proxy.create(wanted, context)  # noqa: SLF001  # proteus has no public call for many at once
        codes = [{"party": party, "code": customer["code"]}]
        codes += [{"party": party, "code": vat, "type": "eu_vat"} for vat in [customer.get("vat")] if vat]
        codes += [
            {"party": party, "address": address, "code": code}
            for address, code in zip(made, customer["addresses"], strict=True)
        ]
        identifiers._proxy.create(codes, context)  # noqa: SLF001
    return ids


def _sell_to(parties: list[int], customers: list[dict[str, Any]], company: Any, rules: dict[str, int]) -> None:
    """Set the terms on which a company sells to the customers that have any."""
    proxy = Model.get("party.party")._proxy  # noqa: SLF001
    terms = {term.name: term.id for term in Model.get("account.invoice.payment_term").find([])}
    for party, customer in zip(parties, customers, strict=True):
        values = {
            "customer_tax_rule": rules.get(customer.get("rule", "")),
            "customer_payment_term": terms.get(customer.get("term", "")),
            "sale_invoice_method": customer.get("invoice"),
            "sale_shipment_method": customer.get("shipment"),
        }
        if not customer.get("active", True):
            proxy.write([party], {"active": False}, config.get_config().context)
        if any(values.values()):
            proxy.write([party], values, {**config.get_config().context, "company": company.id})


def _web_shop(company: Any, name: str) -> int:
    shop = Model.get("web.shop")(name=name, company=company, currency=company.currency)
    shop.warehouses.extend(Model.get("stock.location").find([("code", "=", "WH")]))
    shop.save()
    number: int = shop.id
    return number


def _sell_on_account() -> None:
    """Ship and invoice according to the order, as a confirmed sale requires."""
    settings = Model.get("sale.configuration")(1)
    settings.sale_invoice_method, settings.sale_shipment_method = "order", "order"
    settings.save()


def _integration_user(companies: list[Any], login: str) -> str:
    """Create a user for a connection's key, who works for these companies; return the key."""
    group = Model.get("res.group")(name=login)
    group.save()
    access = Model.get("ir.model.access")
    for name, rights in MAY.items():
        none = dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_delete"), False)
        access(model=name, group=group, **{**none, **rights}).save()
    for name in PRESSES:
        (button,) = Model.get("ir.model.button").find([("model", "=", "sale.sale"), ("name", "=", name)])
        button.groups.append(Model.get("res.group")(group.id))
        button.save()
    user = Model.get("res.user")(login=login, name=login)
    user.groups.append(Model.get("res.group")(group.id))
    user.companies.extend(Model.get("company.company").find([("id", "in", [company.id for company in companies])]))
    user.company = Model.get("company.company")(companies[0].id)
    user.company_filter = "all"
    user.save()
    application = Model.get("res.user.application")(user=user, application="rest")
    application.save()
    key: str = application.key
    return key


if __name__ == "__main__":
    main(sys.argv[1])

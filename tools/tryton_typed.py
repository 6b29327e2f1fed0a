"""Sales entered as in Tryton's client, and the results of sales: runs inside Tryton's own venv.

    python tools/tryton_typed.py DATABASE < wanted.json > facts.json

Takes `typed`, a list of sales to create with proteus, which calls the same on-change methods as the client, and `made`,
a list of ids of existing sales. Confirms and processes all of them, posts their invoices, and prints the results.
"""

import json
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from proteus import Model, config  # type: ignore[import-not-found]
from trytond.exceptions import UserWarning as UserWarning_  # type: ignore[import-not-found]
from trytond.pool import Pool  # type: ignore[import-not-found]


def main(database: str) -> None:
    wanted = json.load(sys.stdin)
    config.set_trytond(database)
    # Posting prints each invoice, which takes seconds and does not change the books.
    Pool(database).get("account.invoice").print_invoice = classmethod(lambda _, invoices: None)  # noqa: ARG005
    typed = [_typed(sale) for sale in wanted["typed"]]
    sales = [(company, id_) for company, id_ in [*wanted["made"], *typed]]
    facts: dict[int, Any] = {}
    for company in {company for company, _ in sales}:
        _work_for(company)
        ids = [id_ for of, id_ in sales if of == company]
        warnings = _go_on(ids)
        facts |= {id_: _facts(Model.get("sale.sale")(id_), warnings) for id_ in ids}
    both = [facts[id_] for _, id_ in sales]
    print(json.dumps({"made": both[: len(wanted["made"])], "typed": both[len(wanted["made"]) :]}))


def _work_for(company: int) -> None:
    """Switch to a user who works for this company."""
    user = Model.get("res.user")(config.get_config().user)
    user.company = Model.get("company.company")(company)
    user.save()
    config.get_config()._context = Model.get("res.user").get_preferences(True, {})  # noqa: SLF001, FBT003


def _typed(wanted: dict[str, Any]) -> tuple[int, int]:
    """Enter a sale in the order in which a person would."""
    _work_for(wanted["company"])
    sale = Model.get("sale.sale")()
    sale.party = _record("party.party", wanted["party"])
    for name in ("invoice_party", "shipment_party"):
        if wanted.get(name):
            setattr(sale, name, _record("party.party", wanted[name]))
    for name in ("invoice_address", "shipment_address"):
        setattr(sale, name, _record("party.address", wanted[name]))
    for name in ("reference", "description", "comment"):
        setattr(sale, name, wanted[name])
    for name in ("sale_date", "shipping_date"):
        if wanted.get(name):
            setattr(sale, name, date.fromisoformat(wanted[name]))
    sale.contact = _contact(sale.party, wanted.get("contact"))
    for name, value in wanted.get("terms", {}).items():
        setattr(sale, name, _term(value) if name == "payment_term" else value)
    for number, wanted_line in enumerate(wanted["lines"], 1):
        line = sale.lines.new()
        line.sequence = number
        if wanted_line.get("type"):
            line.type, line.description = wanted_line["type"], wanted_line["description"]
            continue
        (line.product,) = Model.get("product.product").find([("code", "=", wanted_line["product"])])
        line.quantity = float(wanted_line["quantity"])
        line.unit_price = Decimal(wanted_line["unit_price"])
        line.description = wanted_line["description"]
    sale.save()
    sale.click("quote")
    return wanted["company"], sale.id


def _record(model: str, id_: int) -> Any:
    return Model.get(model)(id_)


def _contact(party: Any, value: str | None) -> Any:
    return next((one for one in party.contact_mechanisms if one.value == value), None)


def _term(name: str) -> Any:
    (term,) = Model.get("account.invoice.payment_term").find([("name", "=", name)])
    return term


def _go_on(ids: list[int]) -> dict[int, str]:
    """Advance sales as far as their methods allow, and post their invoices; all at once, which is much faster.

    Returns Tryton's warnings by invoice: whoever posts it in the client has to confirm them.
    """
    for state, button in (("quotation", "confirm"), ("confirmed", "process")):
        sales = Model.get("sale.sale").find([("id", "in", ids), ("state", "=", state)])
        if sales:
            Model.get("sale.sale").click(sales, button)
    invoices = [invoice for sale in Model.get("sale.sale").find([("id", "in", ids)]) for invoice in sale.invoices]
    for invoice in invoices:
        invoice.invoice_date = date.today()  # noqa: DTZ011  # as Tryton's own clock says
        invoice.save()
    try:
        Model.get("account.invoice").click(invoices, "post")
    except UserWarning_:
        return {invoice.id: warning for invoice in invoices if (warning := _warned(invoice))}
    return {}


def _warned(invoice: Any) -> str:
    try:
        invoice.click("post")
    except UserWarning_ as warning:
        return str(warning)
    return ""


def _facts(sale: Any, warnings: dict[int, str]) -> dict[str, Any]:
    return {
        "sale": _of_sale(sale),
        "shipments": [_of_shipment(shipment) for shipment in sale.shipments],
        "invoices": [{"warning": warnings.get(one.id, ""), **_of_invoice(one)} for one in sale.invoices],
    }


def _of_sale(sale: Any) -> dict[str, Any]:
    texts = ("state", "reference", "description", "comment", "invoice_method", "shipment_method")
    return {
        **{name: getattr(sale, name) or "" for name in texts},
        "contact": sale.contact.value if sale.contact else "",
        "payment_term": _name(sale.payment_term),
        "shipping_date": str(sale.shipping_date or ""),
        **_lines(sale),
        **_amounts(sale),
    }


def _lines(record: Any) -> dict[str, Any]:
    """Return the lines, and the texts between them with their places."""
    said = [(place, line) for place, line in enumerate(record.lines, 1) if line.type != "line"]
    return {
        "lines": [_of_line(line) for line in record.lines if line.type == "line"],
        "texts": [f"{place}: {line.type} {line.description or ''} {line.amount or ''}" for place, line in said],
    }


def _of_line(line: Any) -> dict[str, Any]:
    return {
        "product": line.product.code if line.product else None,
        "quantity": line.quantity,
        "unit": _name(line.unit),
        "unit_price": f"{line.unit_price:.4f}",
        "amount": str(line.amount),
        "taxes": _names(line.taxes),
    }


def _of_shipment(shipment: Any) -> dict[str, Any]:
    return {
        "state": shipment.state,
        "customer": shipment.customer.name,
        "address": shipment.delivery_address.rec_name,
        "planned_date": str(shipment.planned_date or ""),
        "moves": sorted(f"{move.quantity} {move.unit.name} {move.product.code}" for move in shipment.outgoing_moves),
    }


def _of_invoice(invoice: Any) -> dict[str, Any]:
    return {
        "state": invoice.state,
        "party": invoice.party.name,
        "payment_term": _name(invoice.payment_term),
        "due": sorted(f"{line.maturity_date} {line.debit}" for line in invoice.lines_to_pay),
        **_lines(invoice),
        "taxes": sorted(f"{tax.tax.name}: {tax.amount} on {tax.base}" for tax in invoice.taxes),
        **_amounts(invoice),
    }


def _amounts(record: Any) -> dict[str, str]:
    return {name: str(getattr(record, name)) for name in ("untaxed_amount", "tax_amount", "total_amount")}


def _name(record: Any) -> str | None:
    return record.name if record else None


def _names(records: Iterable[Any]) -> list[str]:
    return sorted(record.name for record in records)


if __name__ == "__main__":
    main(sys.argv[1])

"""A sale in a real Tryton reflects the order: master data, taxes, web shop and dates."""

from decimal import Decimal

import pytest

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from support.erp_orders import REFERENCE, lines, sales_order
from support.tryton_connector import Connect
from support.tryton_sales import CONFIRMED, OURS
from support.tryton_warehouse import sale
from tryton import RunningTryton

pytestmark = pytest.mark.tryton


def test_everything_that_is_missing_is_named_at_once(connect: Connect, tryton: RunningTryton) -> None:
    wrong = lines("NO1", "124_STUK", "NO2", "NO1")
    with pytest.raises(PermanentError) as caught:
        connect().create(sales_order(customer=99, currency="USD", invoice_address=98, lines=wrong))
    assert caught.value.reason is Reason.ERP_REJECTED
    for name in ("USD", "EUR", "customer:99", "address:98", "NO1, NO2"):
        assert name in str(caught.value)
    assert "124_STUK" not in str(caught.value)
    assert tryton.rpc("model.sale.sale.search", [], 0, None, None) == []


def test_another_currency_is_held(connect: Connect) -> None:
    with pytest.raises(PermanentError, match="the order is in USD, web shop 'Webshop 1' sells in EUR") as caught:
        connect().create(sales_order(currency="USD"))
    assert caught.value.reason is Reason.ERP_REJECTED


def test_the_sale_says_what_the_order_says(connect: Connect, tryton: RunningTryton) -> None:
    order = sales_order(
        requested_delivery_date="2026-12-01", remarks="Bel eerst", lines=lines(("3310_M", "2.5", "1.385"))
    )
    connect().create(order)
    read = sale(
        tryton,
        OURS,
        *("party.name", "web_shop.name", "reference", "description", "comment", "state", "currency.code", "sale_date"),
        *("shipment_address.street_unstructured", "invoice_address.street_unstructured", "shipping_date"),
        *("lines", "untaxed_amount", "tax_amount", "warehouse.code"),
    )
    assert read["party."]["name"] == "Customer 1324"
    assert read["web_shop."]["name"] == "Webshop 1"
    assert (read["reference"], read["description"], read["comment"]) == (
        "PO-9 / CS48193",
        "CS48193, closed_success",
        "Bel eerst",
    )
    assert (read["state"], read["currency."]["code"], read["warehouse."]["code"]) == ("quotation", "EUR", "WH")
    assert read["shipment_address."]["street_unstructured"] == "Loading dock 1324"
    assert read["invoice_address."]["street_unstructured"] == "Office 1324"
    assert [read["sale_date"][part] for part in ("year", "month", "day")] == [2026, 11, 22]
    assert [read["shipping_date"][part] for part in ("year", "month", "day")] == [2026, 12, 1]
    (line,) = tryton.rpc(
        "model.sale.line.read", read["lines"], ["quantity", "unit.symbol", "unit_price", "description"]
    )
    assert (line["quantity"], line["unit."]["symbol"], line["unit_price"]["decimal"]) == (2.5, "m", "1.3850")
    assert line["description"] == "Line 1"


def test_texts_stand_where_they_stand_in_the_shop_and_are_no_lines_of_the_order(
    connect: Connect, tryton: RunningTryton
) -> None:
    texts = [
        {"kind": "comment", "text": " Above all ", "after": 0},
        {"kind": "note", "text": "Between", "after": 1},
        {"kind": "comment", "text": " ", "after": 1},
        {"kind": "subtotal", "text": None, "after": 2},
    ]
    order = sales_order(lines=lines(("124_STUK", "1", "10.00"), ("8890_STUK", "1", "4.95")), texts=texts)
    erp = connect(confirm=True)
    created = erp.create(order)
    ids = sale(tryton, OURS, "lines")["lines"]
    read = {line["id"]: line for line in tryton.rpc("model.sale.line.read", ids, ["type", "description", "amount"])}
    assert [(read[id_]["type"], read[id_]["description"]) for id_ in ids] == [
        ("comment", "Above all"),
        ("line", "Line 1"),
        ("comment", "Between"),
        ("line", "Line 2"),
        ("subtotal", ""),
    ]
    assert read[ids[4]]["amount"]["decimal"] == "14.95"
    assert created.line_numbers == {1: ids[1], 2: ids[3]}
    assert (created.total, created.missing_effects) == (Decimal("14.95"), "")
    assert erp.find(REFERENCE) == erp.create(order)


@pytest.mark.parametrize(
    ("who", "contact"),
    [
        ({"contact": {"email": " Anna_1@Example.com", "phone": "020 1"}}, "anna_1@example.com"),
        ({"contact": {"email": "bob@example.com", "phone": "020 1"}}, "020 1"),
        ({"contact": {"email": "annax1@example.com"}}, None),
        ({"contact": {"email": "gone@example.com"}}, None),
        ({"contact": {"email": "other@example.com"}}, None),
        ({"contact": {"email": "%"}}, None),
        ({"contact": {"email": "a" * 5000}}, None),
        ({"contact": {}, "buyer": {"email": "anna_1@example.com"}}, None),
        ({"buyer": {"email": "anna_1@example.com"}}, "anna_1@example.com"),
        ({}, None),
    ],
)
def test_who_ordered_is_the_contact_if_the_party_has_their_address_and_nothing_is_added(
    connect: Connect, tryton: RunningTryton, who: dict[str, dict[str, str]], contact: str | None
) -> None:
    mechanisms = "model.party.contact_mechanism"
    party, other = (
        tryton.rpc("model.party.party.search", [["identifiers.code", "=", f"customer:{id_}"]], 0, None, None)[0]
        for id_ in (1324, 1300)
    )
    values = [
        (party, "anna_1@example.com"),
        (party, "020 1"),
        (party, "gone@example.com"),
        (other, "other@example.com"),
    ]
    made = tryton.rpc(f"{mechanisms}.create", [{"party": of, "type": "other", "value": value} for of, value in values])
    tryton.rpc(f"{mechanisms}.write", made[2:3], {"active": False})
    try:
        before = tryton.rpc(f"{mechanisms}.search", [], 0, None, None)
        people = {role: {"origin": "webshop", "key": "K1", **given} for role, given in who.items()}
        connect().create(sales_order(**people))
        assert (sale(tryton, OURS, "contact.value")["contact."] or {}).get("value") == contact
        assert tryton.rpc(f"{mechanisms}.search", [], 0, None, None) == before
    finally:
        tryton.forget_sales()
        tryton.rpc(f"{mechanisms}.delete", made)


@pytest.mark.parametrize(("taxes", "amount"), [("form", "4.20"), ("product", "4.20"), ("none", "0")])
def test_taxes_are_those_of_the_product_or_none(
    connect: Connect, tryton: RunningTryton, taxes: str, amount: str
) -> None:
    """Tryton adds none by itself over REST."""
    created = connect(taxes=taxes).create(sales_order())
    assert created.total == Decimal("20.00")
    assert Decimal(sale(tryton, OURS, "tax_amount")["tax_amount"]["decimal"]) == Decimal(amount)


def test_a_webshop_has_its_own_web_shop(connect: Connect, tryton: RunningTryton) -> None:
    connect().create(sales_order(shop="2", external_reference="2/CS48193"))
    found = sale(tryton, [["web_id", "=", "2/CS48193"]], "web_shop.name")
    assert found["web_shop."]["name"] == "Webshop 2"


def test_a_wish_for_an_earlier_day_does_not_hold_the_order(connect: Connect, tryton: RunningTryton) -> None:
    connect().create(sales_order(requested_delivery_date="2026-11-01"))
    assert sale(tryton, OURS, "shipping_date")["shipping_date"] is None


def test_an_address_of_another_party_makes_it_the_party_of_the_invoice(connect: Connect, tryton: RunningTryton) -> None:
    """A branch orders, the head office pays."""
    connect().create(sales_order(invoice_address=1630))
    read = sale(tryton, OURS, "party.name", "invoice_party.name", "shipment_party")
    assert (read["party."]["name"], read["invoice_party."]["name"]) == ("Customer 1324", "Customer 1300")
    assert read["shipment_party"] is None


def test_confirmed_sales_go_on_by_themselves(connect: Connect) -> None:
    erp = connect(confirm=True)
    created = erp.create(sales_order())
    assert created.status in CONFIRMED
    found = erp.find(REFERENCE)
    assert found is not None
    assert found.number == created.number

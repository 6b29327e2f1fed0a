"""Where each amount of an order goes: no amount is dropped unless the settings say so."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.cloudsuite.models import ShopOrder
from orderflow.cloudsuite.placing import Placed, exported_lines, place
from orderflow.domain.charges import ChargeRule, ToProduct
from orderflow.domain.order import TextLine
from orderflow.transport.document import WrittenNumber

GOODS = {"id": 1, "type": "line", "product": {"origin": "o", "key": "A"}, "quantity": "2", "unit_price": "10.00"}
SHIPPING = {"id": 2, "type": "shipment_cost", "description": "Verzending", "quantity": 1, "unit_price": "6.95"}
SERVICE = {**SHIPPING, "product": {"origin": "o", "key": "VERZEND"}}
COUPON = {**SHIPPING, "type": "coupon", "unit_price": "-5.00"}
_OF_A_PRODUCT = {"product": {"origin": "o", "key": "G"}, "quantity": "1", "unit_price": "0.00"}
TO_PRODUCT = ToProduct(product="SHIPPING")


def placed(*lines: dict[str, Any], rules: dict[str, ChargeRule] | None = None, **order: Any) -> Placed:
    document = {"id": 1, "reference": "CS1", "order_lines": list(lines), **order}
    return place(ShopOrder.from_document(document), rules or {})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (SHIPPING, "line 2 (shipment_cost) of 1 x 6.95: set `charges.shipment_cost`"),
        (
            SERVICE,
            "line 2 (shipment_cost, product VERZEND) of 1 x 6.95: set `charges.VERZEND` or `charges.shipment_cost`",
        ),
        (COUPON, "line 2 (coupon) of 1 x -5.00: set `charges.coupon`"),
        ({**SHIPPING, "quantity": None}, "line 2 (shipment_cost) of ? x 6.95: set `charges.shipment_cost`"),
        ({**SHIPPING, "unit_price": "0.0001"}, "line 2 (shipment_cost) of 1 x 0.0001: set `charges.shipment_cost`"),
        ({**SHIPPING, "quantity": -1}, "line 2 (shipment_cost) of -1 x 6.95: set `charges.shipment_cost`"),
        ({**SHIPPING, "type": "subtotal"}, "line 2 (subtotal) of 1 x 6.95: set `charges.subtotal`"),
    ],
)
def test_money_without_a_rule_is_named_with_the_setting_that_places_it(line: dict[str, Any], said: str) -> None:
    assert [str(one) for one in placed(GOODS, line).unplaced] == [said]


@pytest.mark.parametrize(
    "changes", [{"unit_price": "0.00"}, {"unit_price": None}, {"quantity": 0}, {"quantity": "0.0"}]
)
@pytest.mark.parametrize("kind", ["shipment_cost", "subtotal", "comment"])
def test_lines_without_money_that_are_no_goods_are_texts(kind: str, changes: dict[str, Any]) -> None:
    found = placed(GOODS, {**SHIPPING, "type": kind, **changes})
    assert (found.unplaced, found.charges) == ((), ())
    assert [exported.line.id for exported in found.lines] == [1]
    assert found.texts == (TextLine(kind=kind, text="Verzending", after=1),)


@pytest.mark.parametrize("kind", ["comment", "title", "subtotal"])
@pytest.mark.parametrize("changes", [{}, {"unit_price": None}])
def test_a_subtotal_whose_amount_is_ignored_is_still_a_text(kind: str, changes: dict[str, Any]) -> None:
    found = placed({**SHIPPING, "type": kind, **changes}, GOODS, rules={kind: "ignore"})
    assert found.texts == (TextLine(kind=kind, text="Verzending", after=0),)
    assert (len(found.lines), found.charges, found.unplaced) == (1, (), ())


@pytest.mark.parametrize("rule", ["ignore", "charge", "line", TO_PRODUCT])
def test_a_charge_of_nothing_is_no_text(rule: ChargeRule) -> None:
    found = placed(GOODS, {**SHIPPING, "unit_price": "0.00"}, rules={"shipment_cost": rule})
    assert (found.texts, len(found.lines), found.charges, found.unplaced) == ((), 1, (), ())


def test_texts_stand_after_the_line_above_them() -> None:
    said = [{"type": "comment", "description": text} for text in "abcd"]
    found = placed(
        said[0],
        GOODS,
        said[1],
        {**SHIPPING, "type": "x"},
        COUPON,
        said[2],
        GOODS,
        {"type": "gift", **_OF_A_PRODUCT},
        rules={"x": TO_PRODUCT, "coupon": "charge"},
    )
    assert [(text.kind, text.text, text.after) for text in found.texts] == [
        ("comment", "a", 0),
        ("comment", "b", 1),
        ("comment", "c", 2),
        ("gift", "1 x G", 3),
    ]


@pytest.mark.parametrize("changes", [{}, {"unit_price": "0.00"}, {"unit_price": "-3.0000"}, {"quantity": "-2"}])
def test_goods_are_lines_whatever_they_cost(changes: dict[str, Any]) -> None:
    (line,) = placed({**GOODS, **changes}).lines
    assert line.product is not None
    assert line.product.key == "A"


@pytest.mark.parametrize(
    ("rules", "line", "product"),
    [
        ({"shipment_cost": TO_PRODUCT}, SHIPPING, ("", "SHIPPING")),
        ({"shipment_cost": TO_PRODUCT}, SERVICE, ("o", "SHIPPING")),
        ({"VERZEND": ToProduct(product="S", origin="erp"), "shipment_cost": "ignore"}, SERVICE, ("erp", "S")),
        ({"shipment_cost": "line"}, SERVICE, ("o", "VERZEND")),
        ({"A": TO_PRODUCT}, GOODS, ("o", "SHIPPING")),
    ],
)
def test_what_is_given_a_product_is_a_line_like_any_other(
    rules: dict[str, ChargeRule], line: dict[str, Any], product: tuple[str, str]
) -> None:
    found = placed(line, {**GOODS, "id": 9, "product": {"origin": "o", "key": "B"}}, rules=rules)
    assert [exported.line.id for exported in found.lines] == [line["id"], 9]
    assert found.lines[0].product is not None
    assert (found.lines[0].product.origin, found.lines[0].product.key) == product
    assert (found.charges, found.unplaced) == ((), ())


@pytest.mark.parametrize("kind", ["discount", "orderDiscount", "coupons", "korting", "COUPON-5", "Kortingscode"])
@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("1", "5.00", "-5.00"), ("2", "2.50", "-5.00"), ("1", "-5.00", "-5.00"), ("-1", "5.00", "-5.00")],
)
def test_a_discount_is_subtracted_whichever_sign_the_shop_shows(
    kind: str, quantity: str, price: str, amount: str
) -> None:
    line = {**SHIPPING, "type": kind, "quantity": quantity, "unit_price": price}
    (charge,) = placed(GOODS, line, rules={kind: "charge"}).charges
    assert charge.amount == Decimal(amount)
    exported = placed(GOODS, line, rules={kind: TO_PRODUCT}).lines[1].line
    assert exported.quantity is not None
    assert exported.unit_price is not None
    assert exported.quantity * exported.unit_price == Decimal(amount)


@pytest.mark.parametrize("name", ["discount", "orderDiscount", "coupons", "korting"])
@pytest.mark.parametrize("value", ["5.00", "-5.00"])
def test_a_discount_of_the_order_is_subtracted_whichever_sign_it_has(name: str, value: str) -> None:
    (charge,) = placed(GOODS, rules={name: "charge"}, **{name: value}).charges
    assert charge.amount == Decimal("-5.00")


def test_a_discount_that_comes_back_with_the_goods_and_what_is_none_keep_their_signs() -> None:
    back = {**SHIPPING, "type": "discount", "quantity": "-1", "unit_price": "-5.00"}
    goods = {**GOODS, "product": {"origin": "o", "key": "DISCOUNT"}}
    found = placed(goods, back, SHIPPING, rules={"discount": "charge", "shipment_cost": "charge"})
    assert [charge.amount for charge in found.charges] == [Decimal("5.00"), Decimal("6.95")]
    assert found.lines[0].line.unit_price == Decimal("10.00")


@pytest.mark.parametrize(
    ("rule", "line", "kind", "amount"),
    [
        ("charge", SHIPPING, "shipment_cost", "6.95"),
        ("line", SHIPPING, "shipment_cost", "6.95"),
        ("charge", SERVICE, "shipment_cost", "6.95"),
        ("charge", {**COUPON, "quantity": "3"}, "coupon", "-15.00"),
        ("charge", {**SHIPPING, "quantity": "2.5", "unit_price": "1.3855"}, "shipment_cost", "3.46375"),
    ],
)
def test_a_charge_is_no_line_and_exact(rule: ChargeRule, line: dict[str, Any], kind: str, amount: str) -> None:
    found = placed(GOODS, line, rules={kind: rule})
    (charge,) = found.charges
    assert (charge.kind, charge.amount, charge.shop_line_id) == (kind, Decimal(amount), 2)
    assert [exported.line.id for exported in found.lines] == [1]


def test_a_charge_without_a_quantity_holds_the_order_although_it_is_placed() -> None:
    (one,) = placed(GOODS, {**SHIPPING, "quantity": None}, rules={"shipment_cost": "charge"}).unplaced
    assert "without a quantity" in str(one)


@pytest.mark.parametrize("value", ["6.95", 6.95, Decimal("-6.95"), 7])
def test_an_amount_of_the_order_itself_holds_it_until_a_rule_places_it(value: object) -> None:
    (one,) = placed(GOODS, shipping_costs=value).unplaced
    assert "field `shipping_costs`" in str(one)
    assert "`charges.shipping_costs`" in str(one)
    assert placed(GOODS, shipping_costs=value, rules={"shipping_costs": "ignore"}).unplaced == ()
    (charge,) = placed(GOODS, shipping_costs=value, rules={"shipping_costs": "charge"}).charges
    assert (charge.amount, charge.shop_line_id) == (Decimal(str(value)), None)
    assert placed(GOODS, shipping_costs=value, rules={"shipping_costs": TO_PRODUCT}).unplaced != ()


@pytest.mark.parametrize(
    "value",
    [
        "6,95", "€ 6.95", "1.234,56", "6.95-", "EUR 7", WrittenNumber("1e999999999"), "1e999999999", "6.95 CHF",
        "SEK 50", "PLN 9,99", "KWD 1.500", "\N{YEN SIGN}500", "50 kr", "6.95 euro", "6.95eur", "6.95 EUR excl.",
        "9,99 zł", "-€ 5,00", "- 5.00", "1 234,50",
        "1\N{NO-BREAK SPACE}234,50", "(5.00)", "\N{MINUS SIGN}5.00", "5,-", "1'234.50",
    ],
    ids=str,
)  # fmt: skip
def test_an_amount_that_cannot_be_read_holds_the_order_whatever_its_rule(value: object) -> None:
    for rule in ("charge", "line"):
        found = placed(GOODS, shipping_costs=value, rules={"shipping_costs": rule})
        assert "cannot be read" in str(found.unplaced[0])
        assert found.charges == ()
    assert placed(GOODS, shipping_costs=value, rules={"shipping_costs": "ignore"}).unplaced == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"shipping_costs": {"amount": "6.95", "vat_code": 21}},
        {"charges": [{"name": "wrapping", "amount": "3.50"}]},
        {"discounts": [{"code": "X10", "amount": "-5.00"}, {"code": "Y20", "amount": 0}]},
        {"coupon": {"id": 7, "value": "-5.00"}},
        {"charges": [{"name": "wrapping", "lines": [{"amount": "3.50"}]}]},
        {"shipping": {"method": {"code": "PICKUP", "price": "3.50"}}},
        {"shipping_method": {"code": "EXPRESS", "price": "12.00"}},
        {"payment_method": {"code": "klarna", "fee": "1.50"}},
        {"delivery": {"option": [{"id": 3, "shipping_costs": 6.95}]}},
        {"delivery_method": {"code": "EXPRESS", "price": "12.00"}},
        {"payment_method": {"code": "klarna", "price": "1.50"}},
        {"gift_wrap": {"colour": 3, "price": "2.50"}},
        {"costs": {"payment_method_costs": "2.95", "count": 2}},
    ],
)
def test_an_amount_inside_a_field_holds_the_order_unless_it_is_ignored(fields: dict[str, Any]) -> None:
    (name,) = fields
    (one,) = placed(GOODS, **fields, rules={name: "charge"}).unplaced
    assert "can only be ignored" in str(one)
    assert placed(GOODS, **fields, rules={name: "ignore"}).unplaced == ()


@pytest.mark.parametrize(
    "name",
    [
        "shipping_rate", "shippingCost", "discount_rate", "paymentFee", "payment_method_costs", "delivery_option_fee",
        "discount_code_amount", "coupon_code_value", "shippingcosts", "verzendkosten", "korting", "voucher", "freight",
        "handling", "deposit", "giftcard",
    ],
)  # fmt: skip
def test_names_of_amounts_are_written_in_many_ways(name: str) -> None:
    assert placed(GOODS, **{name: "6.95"}).unplaced != ()


@pytest.mark.parametrize("field", [{"discount_amount": "5.00"}, {"surcharge": "5,00"}, {"discount": {"value": 5}}])
def test_an_amount_in_a_line_beside_its_price_holds_the_order(field: dict[str, Any]) -> None:
    (name,) = field
    (one,) = placed({**GOODS, **field}).unplaced
    assert f"line 1, field `{name}" in str(one)
    assert placed({**GOODS, **field}, rules={name: "ignore"}).unplaced == ()


@pytest.mark.parametrize("price", [None, "0.00"])
@pytest.mark.parametrize("field", [{"amount": "-5.00"}, {"line_total": -5}, {"value": "-5,00"}])
def test_a_line_of_another_type_may_have_its_amount_elsewhere(price: str | None, field: dict[str, Any]) -> None:
    coupon = {"type": "coupon", "quantity": 1, "unit_price": price, "product": None, **field}
    for rules in ({}, {"coupon": "charge"}, {"coupon": TO_PRODUCT}):
        assert placed(GOODS, coupon, rules=rules).unplaced != ()
    assert placed(GOODS, coupon, rules={"coupon": "ignore"}).unplaced == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"shipping_costs": 0},
        {"shipping_costs": "0.00"},
        {"shipping_costs": None},
        {"shipment_state": "none", "shipment_address": 1695, "paid_amount": "20.00", "customer": 7},
        {"discount_percentage": 10, "coupon_code": "5", "cost_center_id": 12, "discount": True, "coupon": "WELKOM10"},
        {"shipping_costs": "gratis", "discount": "2026-11-22", "surcharge": "", "tip": "."},
        {"shipping_address": {"house_number": "12", "zip": "1234"}, "shipping_method": 3, "shippingDays": 2},
        {"shipping_address": {"street2": "7"}, "buyer": {"discount_percentage": 10, "total": "5"}},
        {"payment_method": {"code": "5", "price": "0.00", "value": "12.00"}, "site": {"id": 1, "value": "7"}},
        {"coupon": "SAVE5", "discount": "10%", "shipping_costs": "€ 0,00", "voucher": "X-10", "surcharge": "0 kr"},
        {"freight_status": 3, "insurance_number": "12345678", "handling_time": 2, "gift_message": "5", "delivery": "3"},
    ],
)
def test_other_fields_are_no_money(fields: dict[str, Any]) -> None:
    found = placed(GOODS, **fields)
    assert (found.unplaced, found.charges) == ((), ())


@pytest.mark.parametrize("value", ["veel", "20,00", {"value": "20.00"}, ["20"], True, "NaN"], ids=str)
def test_a_paid_amount_that_cannot_be_read_holds_the_order(value: object) -> None:
    (one,) = placed(GOODS, paid_amount=value).unplaced
    assert str(one) == "field `paid_amount` of ?, an amount that cannot be read: set `charges.paid_amount`"
    assert placed(GOODS, paid_amount=value, rules={"paid_amount": "ignore"}).unplaced == ()


@pytest.mark.parametrize("value", [None, "", " ", "0.00", 20.1, "-5", "999.00"], ids=str)
def test_a_paid_amount_is_passed_on_as_it_is(value: object) -> None:
    assert placed(GOODS, paid_amount=value).unplaced == ()


AMOUNTS = st.one_of(st.none(), st.decimals(-1000, 1000, places=4))
LINES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["line", None, "shipment_cost", "coupon", "subtotal", "comment"]),
        "product": st.sampled_from([None, {"origin": "o", "key": "A"}, {"origin": "o", "key": "VERZEND"}]),
        "quantity": AMOUNTS,
        "unit_price": AMOUNTS,
    }
)
RULES = st.dictionaries(
    st.sampled_from(["shipment_cost", "coupon", "VERZEND", "A"]), st.sampled_from([TO_PRODUCT, "line", "charge"])
)


@given(lines=st.lists(LINES), rules=RULES)
def test_every_amount_is_somewhere(lines: list[dict[str, Any]], rules: dict[str, ChargeRule]) -> None:
    """Conservation: without a rule `ignore`, what is a line, a charge or unplaced is all that the order comes to."""
    found = placed(*lines, rules=rules)
    whole = sum((_amount(line, rules) for line in lines if _is_whole(line)), Decimal(0))
    kept = sum(
        (e.line.quantity * e.line.unit_price for e in found.lines if e.line.quantity and e.line.unit_price), Decimal(0)
    )
    kept += sum((charge.amount for charge in found.charges), Decimal(0))
    if not found.unplaced:
        assert kept == whole
    priced = [line for line in lines if line["unit_price"] and line["quantity"] != 0]
    assert len(found.lines) + len(found.charges) + len(found.unplaced) >= len(priced)


def _amount(line: dict[str, Any], rules: dict[str, ChargeRule]) -> Decimal:
    """Return what a line comes to: a coupon that the settings know as one is subtracted."""
    known = line["type"] == "coupon" and not {"coupon", (line["product"] or {}).get("key")}.isdisjoint(rules)
    amount: Decimal = line["quantity"] * line["unit_price"]
    return -amount if known and min(line["quantity"], line["unit_price"]) > 0 else amount


def _is_whole(line: dict[str, Any]) -> bool:
    return line["quantity"] is not None and line["unit_price"] is not None


def test_positions_are_those_of_the_exported_lines() -> None:
    document = {"id": 1, "reference": "CS1", "order_lines": [SHIPPING, GOODS]}
    wire = ShopOrder.from_document(document)
    assert [line.id for line in exported_lines(wire)] == [1]
    assert [line.id for line in exported_lines(wire, {"shipment_cost": TO_PRODUCT})] == [2, 1]

"""The rule for rounding differences between Tryton's total and the shop's."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orderflow.erp.tryton.cents import changes_for_cents
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.products import Product
from orderflow.erp.tryton.sale import Sale
from orderflow.errors import PermanentError
from support.erp_orders import REFERENCE, lines, sales_order
from support.tryton_connector import Connect
from support.tryton_warehouse import sale
from tryton import RunningTryton

GIVEN = {"database": "erp", "web_shop": {"1": "Web shop"}}
UNEVEN = lines(("3310_M", "2.5", "1.385"), ("3310_M", "2.5", "1.385"))
"""Each line is 3.4625: 3.46 twice in Tryton, and 6.93 once in the shop."""
ROUNDING = Product.model_validate(
    {
        "id": 9,
        "code": "ROUNDING",
        "active": True,
        "salable": True,
        "template": {
            "id": 9,
            "active": True,
            "default_uom": {"id": 1, "symbol": "u"},
            "sale_uom": None,
            "account_category": None,
        },
    }
)


def _sale(untaxed: str, total: str) -> Sale:
    return Sale.model_validate(
        {
            "id": 7,
            **dict.fromkeys(("number", "description", "payment_term", "write_uid")),
            **dict.fromkeys(("invoice_method", "shipment_method"), "order"),
            **dict.fromkeys(("invoice_state", "shipment_state"), "none"),
            "web_id": REFERENCE,
            "state": "draft",
            "party": {"id": 1, "code": "WEB-1", "identifiers": []},
            "currency": {"id": 1, "code": "EUR"},
            "untaxed_amount": Decimal(untaxed),
            "total_amount": Decimal(total),
            "lines": [],
            "create_date": datetime.now(UTC),
            "create_uid": 1,
        }
    )


def _changes(untaxed: str, total: str, *, paid: str | None = None, **extra: Any) -> dict[str, Any]:
    """Two lines, 20.00 in the shop."""
    options = TrytonOptions.parse({**GIVEN, **extra})
    return changes_for_cents(_sale(untaxed, total), sales_order(paid_amount=paid), options, ROUNDING)


@pytest.mark.parametrize("cents", ["accept", "line", "hold"])
@pytest.mark.parametrize(
    ("untaxed", "total", "paid"),
    [
        ("20.00", "24.20", None),
        ("20.00", "24.20", "24.20"),
        ("20.00", "24.20", "10.00"),  # paid in part
        ("20.03", "24.24", None),  # more than rounding: the comparison of totals says so
        ("19.00", "23.00", "50.00"),
    ],
)
def test_what_is_no_rounding_is_left_alone(cents: str, untaxed: str, total: str, paid: str | None) -> None:
    assert _changes(untaxed, total, paid=paid, cents=cents, rounding_product="ROUNDING") == {}


@pytest.mark.parametrize(
    ("untaxed", "total", "paid", "missing"),
    [
        ("19.99", "24.19", None, "0.01"),
        ("20.02", "24.22", None, "-0.02"),
        ("20.00", "24.21", "24.20", "-0.01"),  # what was paid goes before the total without tax
        ("19.99", "24.20", "10.00", "0.01"),  # paid in part: nothing to compare with
    ],
)
def test_a_rounding_difference_is_noted_made_up_for_or_held(
    untaxed: str, total: str, paid: str | None, missing: str
) -> None:
    noted = _changes(untaxed, total, paid=paid)["description"]
    assert noted.startswith("CS48193, closed_success (the total with")
    ((create, (line,)),) = _changes(untaxed, total, paid=paid, cents="line", rounding_product="ROUNDING")["lines"]
    assert (create, line["product"], line["unit_price"], line["quantity"]) == ("create", 9, Decimal(missing), 1.0)
    assert line["taxes"] == [["add", []]]
    with pytest.raises(PermanentError, match="held, as the extra `cents` says"):
        _changes(untaxed, total, paid=paid, cents="hold")


def test_equal_to_the_cent_is_not_noted_although_the_total_without_tax_differs() -> None:
    assert _changes("19.99", "24.20", paid="24.20") == {}


@pytest.mark.parametrize(
    ("total", "paid", "cents", "held"),
    [
        ("24.20", "24.20", "accept", False),
        ("24.21", "24.20", "accept", True),
        ("24.21", "24.20", "line", False),
        ("25.20", "24.20", "line", True),
        ("24.20", None, "accept", True),
    ],
)
def test_what_was_paid_is_invoiced_to_the_cent_or_held(total: str, paid: str | None, cents: str, *, held: bool) -> None:
    extra = {"payment": {"closed_success": {"paid_exactly": True}}, "cents": cents, "rounding_product": "ROUNDING"}
    if not held:
        _changes("20.00", total, paid=paid, **extra)
        return
    with pytest.raises(PermanentError, match="as the extra `payment` says"):
        _changes("20.00", total, paid=paid, **extra)


@pytest.mark.tryton
def test_tryton_takes_a_rounding_line_and_the_next_attempt_adds_no_second_one(
    connect: Connect, tryton: RunningTryton
) -> None:
    order = sales_order(lines=UNEVEN)
    assert connect(confirm=True, cents="line", rounding_product="ROUNDING").create(order).total == Decimal("6.93")
    again = connect(confirm=True, cents="line", rounding_product="ROUNDING").create(order)
    read = sale(tryton, [["web_id", "=", REFERENCE]], "lines", "invoice_state")
    assert (len(read["lines"]), read["invoice_state"]) == (3, "pending")
    assert sorted(again.line_numbers) == [1, 2]


@pytest.mark.tryton
def test_a_held_order_is_no_order_yet_and_becomes_one_when_the_settings_change(
    connect: Connect, tryton: RunningTryton
) -> None:
    order = sales_order(lines=UNEVEN)
    with pytest.raises(PermanentError, match=r"6\.92 in Tryton and 6\.93 in the shop"):
        connect(cents="hold").create(order)
    assert connect().find(REFERENCE) is None
    assert connect().create(order).total == Decimal("6.92")
    assert "6.93 in the shop" in sale(tryton, [["web_id", "=", REFERENCE]], "description")["description"]

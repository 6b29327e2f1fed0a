"""Rounding and comparing, in currencies with and without cents."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.charges import Charge
from orderflow.domain.money import rounded, same_amount, smallest_unit
from support.orders import line, order

AMOUNTS = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=6)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "XXX", "", None])


@pytest.mark.parametrize(
    ("currency", "total"),
    [("EUR", "100.13"), ("JPY", "100"), ("KWD", "100.125"), ("XXX", "100.13"), (None, "100.13")],
)
def test_a_total_is_rounded_as_its_currency_is(currency: str | None, total: str) -> None:
    assert str(rounded(Decimal("100.125"), currency)) == total
    assert str(order(currency=currency, lines=(line(quantity="1", unit_price="100.125"),)).total) == total


@given(amount=AMOUNTS, currency=CURRENCIES)
def test_rounding_moves_an_amount_by_half_a_unit_at_most(amount: Decimal, currency: str | None) -> None:
    assert abs(rounded(amount, currency) - amount) <= smallest_unit(currency) / 2


@given(amount=AMOUNTS, cents=st.integers(-100, 100), tolerance=st.integers(0, 100), currency=CURRENCIES)
def test_a_tolerance_counts_smallest_units(amount: Decimal, cents: int, tolerance: int, currency: str | None) -> None:
    other = amount + cents * smallest_unit(currency)
    assert same_amount(amount, other, currency, Decimal(tolerance) / 100) is (abs(cents) <= tolerance)


def test_huge_quantities_are_rounded_too() -> None:
    assert rounded(Decimal("1E+30"), "EUR") == Decimal("1E+30")


def test_charges_count_in_the_total() -> None:
    discount = Charge(kind="discount", description=None, amount=Decimal("-5.005"), shop_line_id=3)
    assert order(charges=(discount,)).total == Decimal("35.00")

"""Keys, references and sums."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.order import OrderKey
from support.orders import line, order


@given(webshop=st.integers(min_value=0, max_value=10**9), order_id=st.integers(min_value=0, max_value=10**12))
def test_a_key_survives_its_travel_as_text(webshop: int, order_id: int) -> None:
    key = OrderKey(webshop, order_id)
    assert OrderKey.parse(str(key)) == key


def test_equal_references_of_two_webshops_are_two_external_references() -> None:
    one, two = order(key=OrderKey(1, 1)), order(key=OrderKey(2, 2))
    assert one.reference == two.reference
    assert one.external_reference != two.external_reference


def test_the_total_is_exact_where_binary_fractions_are_not() -> None:
    third = line(1, quantity=Decimal(3), unit_price=Decimal("33.33"))
    tenth = line(2, quantity=Decimal("0.1"), unit_price=Decimal("0.3"))
    assert order(lines=(third, tenth)).total == Decimal("100.02")

"""Keys, references and sums."""

from decimal import Decimal

from support.orders import line, order


def test_equal_references_of_two_webshops_are_two_external_references() -> None:
    one, two = order(webshop=1, order_id=1), order(webshop=2, order_id=2)
    assert one.reference == two.reference
    assert one.external_reference != two.external_reference


def test_the_total_is_exact_where_binary_fractions_are_not() -> None:
    third = line(1, quantity=Decimal(3), unit_price=Decimal("33.33"))
    tenth = line(2, quantity=Decimal("0.1"), unit_price=Decimal("0.3"))
    assert order(lines=(third, tenth)).total == Decimal("100.02")

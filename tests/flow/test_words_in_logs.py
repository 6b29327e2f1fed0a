"""Texts for people in the log are words, never Python representations."""

from decimal import Decimal

from orderflow.cloudsuite.models import ShopOrder
from orderflow.flow.orders.writing import difference
from orderflow.flow.reconciliation.describe import describe_day
from orderflow.ledger.models.reconciliation import DayTotal


def test_a_days_totals_are_amounts() -> None:
    total = DayTotal(
        day="2026-11-22",
        webshop=1,
        currency="EUR",
        shop_orders=2,
        shop_total=Decimal("1240.5"),
        erp_orders=1,
        erp_total=Decimal(0),
    )

    assert describe_day(total) == "2026-11-22, webshop 1: shop 2 orders, 1,240.50 EUR; ERP 1 orders, 0.00 EUR"


def test_what_the_shop_did_not_keep_is_written_as_in_the_order() -> None:
    document = {"state": "confirmed", "order_lines": [{"erp_line_number": Decimal("10.0")}]}
    kept = ShopOrder(id=1, reference="CS1", document=document)
    wanted = {"state": "processing", "erp_order_number": "ERP-1", "order_lines": [{"erp_line_number": 20}]}

    said = difference(wanted, kept)

    assert 'state is "confirmed" instead of "processing"; erp_order_number is null instead of "ERP-1"' in said
    assert "Decimal" not in said

"""The fingerprint by which an order is known to be what was sent."""

from decimal import Decimal

from orderflow.erp.models import SalesOrderRequest
from support.erp_orders import sales_order

WITH_LINE_IDS = "ce6180111cd9ea04231d69878235a926c77715e10f3b1aca7355986cfd7e5233"
"""Of `sales_order()`, as ledgers kept it when line ids were part of it."""
SENT_WITH = {1: 1001, 2: 1002}


def renumbered() -> SalesOrderRequest:
    """Return the same order with other line ids."""
    order = sales_order()
    lines = tuple(line.model_copy(update={"shop_line_id": 900 + line.position}) for line in order.lines)
    return order.model_copy(update={"lines": lines})


def edited() -> SalesOrderRequest:
    order = sales_order()
    more = order.lines[1].model_copy(update={"quantity": Decimal(2)})
    return order.model_copy(update={"lines": (order.lines[0], more)})


def test_neither_payment_nor_line_ids_are_content_and_quantities_are() -> None:
    assert sales_order(payment_status="paid").payload_hash == sales_order().payload_hash
    assert renumbered().payload_hash == sales_order().payload_hash
    assert edited().payload_hash != sales_order().payload_hash


def test_a_ledger_that_was_in_use_before_knows_what_it_sent() -> None:
    """Else every order that it exported would be said to be edited."""
    assert WITH_LINE_IDS in sales_order().payload_hashes(SENT_WITH)
    assert WITH_LINE_IDS in sales_order().payload_hashes({}), "a ledger that was lost remembers no ids"
    assert WITH_LINE_IDS in renumbered().payload_hashes(SENT_WITH)
    assert WITH_LINE_IDS not in edited().payload_hashes(SENT_WITH)

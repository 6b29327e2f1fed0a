"""Orders for tests of the domain, complete by default."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from orderflow.domain.order import Order, OrderLine, ProductKey
from orderflow.domain.states import ShopState


def line(position: int = 1, **changes: Any) -> OrderLine:
    """Return a complete line."""
    given = {
        "position": position,
        "line_id": 1000 + position,
        "product": ProductKey(origin="myorigin", key="124_STUK"),
        "description": "Hamer",
        "quantity": Decimal("2.0"),
        "unit_price": Decimal("10.00"),
    }
    return OrderLine.model_validate({**given, **changes})


def order(**changes: Any) -> Order:
    """Return a confirmed, paid, complete order."""
    given = {
        "order_id": 12345,
        "webshop": 1,
        "reference": "CS48193",
        "state": ShopState.CONFIRMED,
        "payment_status": "closed_success",
        "shipment_state": "none",
        "offline": False,
        "confirmed_at": datetime(2026, 11, 22, 12, tzinfo=UTC),
        "modified_at": datetime(2026, 11, 22, 12, tzinfo=UTC),
        "order_date": date(2026, 11, 22),
        "requested_delivery_date": None,
        "customer_order_number": "PO-9",
        "erp_order_number": None,
        "currency": "EUR",
        "customer": 1324,
        "shipment_address": 1695,
        "invoice_address": 1652,
        "remarks": None,
        "lines": (line(1), line(2)),
    }
    return Order.model_validate({**given, **changes})

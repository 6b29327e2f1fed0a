"""Orders for an ERP with the customers, addresses and products of the sandbox's catalogue."""

from typing import Any

from orderflow.erp.models import SalesOrderRequest

REFERENCE = "1/CS48193"


def lines(*products: str | tuple[str, str, str], first: int = 1) -> list[dict[str, Any]]:
    """Return a line for each product key, or for each (product key, quantity, unit price)."""
    return [_line(first + n, *((p, "1.0", "10.00") if isinstance(p, str) else p)) for n, p in enumerate(products)]


def sales_order(**changes: Any) -> SalesOrderRequest:
    """Return an order with two lines of the same product, complete by default."""
    given = {
        "external_reference": REFERENCE,
        "shop": "1",
        "shop_order_id": 12345,
        "shop_reference": "CS48193",
        "customer_order_number": "PO-9",
        "customer": 1324,
        "currency": "EUR",
        "order_date": "2026-11-22",
        "confirmed_at": "2026-11-22T06:01:03+01:00",
        "requested_delivery_date": None,
        "shipment_address": 1694,
        "invoice_address": 1654,
        "payment_status": "closed_success",
        "remarks": None,
        "lines": lines("124_STUK", "124_STUK"),
        **changes,
    }
    return SalesOrderRequest.model_validate({"idempotency_key": f"cloudsuite:{given['shop_order_id']}", **given})


def _line(position: int, key: str, quantity: str, price: str) -> dict[str, Any]:
    return {
        "position": position,
        "shop_line_id": 1000 + position,
        "product": {"origin": "myorigin", "key": key},
        "description": f"Line {position}",
        "quantity": quantity,
        "unit_price": price,
    }

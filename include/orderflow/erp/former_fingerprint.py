"""Fingerprints from before they had versions. Existing ledgers still hold such values.

Frozen: these models keep the old request's fields in their old order. They must not follow the contract.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from orderflow.domain.order import Order, ProductKey
from orderflow.erp.models import DecimalText


class _Line(BaseModel):
    position: int
    shop_line_id: int | None
    product: ProductKey
    description: str | None
    quantity: DecimalText
    unit_price: DecimalText


class _Request(BaseModel):
    external_reference: str
    shop: str
    shop_order_id: int
    shop_reference: str
    customer_order_number: str | None
    customer: int
    currency: str
    order_date: date
    confirmed_at: datetime | None
    requested_delivery_date: date | None
    shipment_address: int | None
    invoice_address: int | None
    remarks: str | None
    lines: tuple[_Line, ...]


def former_fingerprints(order: Order, line_ids: Mapping[int, int | None]) -> set[str]:
    """Return the values that an older ledger may hold for the content of a complete order.

    The earliest fingerprints included the shop's line ids (by position as sent).
    """
    request = _Request.model_validate(
        {
            **order.model_dump(exclude={"lines"}),
            "external_reference": order.external_reference,
            "shop": str(order.webshop),
            "shop_order_id": order.order_id,
            "shop_reference": order.reference,
            "lines": [
                {**line.model_dump(), "shop_line_id": line_ids.get(line.position, line.line_id)} for line in order.lines
            ],
        }
    )
    return {_hash(request, {}), _hash(request, {"lines": {"__all__": {"shop_line_id"}}})}


def _hash(request: _Request, exclude: dict[str, Any]) -> str:
    return hashlib.sha256(request.model_dump_json(exclude=exclude).encode()).hexdigest()

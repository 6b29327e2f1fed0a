"""The calls of a dry run: each as the run would make it, to the ERP or to the shop."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import simplejson

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.order import Order
from orderflow.flow.exported import Exported, line_numbers
from orderflow.flow.orders.cxml_confirmation import confirmation
from orderflow.flow.plan import planned
from orderflow.flow.services import Services
from orderflow.ledger.models.dry_runs import PlannedCall


def to_erp(order: Order, method: str, path: str, body: Mapping[str, Any]) -> PlannedCall:
    """Return a call to the ERP."""
    return _call(order, "erp", method, path, body)


def to_shop(order: Order, method: str, body: Mapping[str, Any]) -> PlannedCall:
    """Return a write to the shop's order."""
    return _call(order, "shop", method, f"/api/order/{order.order_id}/", body)


def changed(seen: ShopOrder, change: Mapping[str, Any]) -> ShopOrder:
    """Return the shop's order as it will be after a write."""
    return ShopOrder.from_document({**seen.document, **change})


def confirmation_call(
    services: Services, order: Order, seen: ShopOrder, exported: Exported, *, noticed_at: datetime | None
) -> PlannedCall:
    """Return the cXML confirmation of an order."""
    shop, user = services.settings.addressee(order.webshop)
    path = services.settings.webshop(order.webshop).messages.confirmation_path
    numbers = line_numbers(services.understand(seen), exported)
    message = confirmation(services, seen, exported.number, numbers, noticed_at=noticed_at)
    body = message.to_xml().decode().replace("\n", "")
    return planned(order, "shop", "POST", f"{path}?shop={shop}&user={user}", body)


def _call(order: Order, system: str, method: str, path: str, body: Mapping[str, Any]) -> PlannedCall:
    return planned(order, system, method, path, simplejson.dumps(body, use_decimal=True, default=str))

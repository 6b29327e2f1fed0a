"""The dry run: every call that processing an order would make, with its exact body, and none that writes."""

from collections.abc import Mapping
from typing import Any

import simplejson
from pydantic import BaseModel, ConfigDict

from orderflow.cloudsuite.messages import ORDER_STATUS_PATH
from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.decision import Action
from orderflow.domain.order import Order, OrderKey
from orderflow.erp.models import SalesOrder, to_sales_order
from orderflow.flow.confirm import confirmation, confirms_by_cxml
from orderflow.flow.order_status import to_be_told
from orderflow.flow.parties import Parties
from orderflow.flow.write_back import with_erp_fields

PREVIEW_HEAD = f"{'to':4} {'call':5} {'path':24} body"


class PlannedCall(BaseModel):
    """A call that would be made."""

    model_config = ConfigDict(frozen=True)

    system: str
    method: str
    path: str
    body: str

    def __str__(self) -> str:
        return f"{self.system:4} {self.method:5} {self.path:24} {self.body}"


def preview(parties: Parties, key: OrderKey) -> list[PlannedCall]:
    """Return the writes that processing this order now would make, in their sequence. Reads shop and ERP only."""
    wire, order = parties.read(key.order_id)
    if parties.decide(order).action is not Action.PROCESS:
        return []
    found = parties.erp.find(order.external_reference)
    calls = [] if found else [_call("erp", "POST", "/sales-orders", to_sales_order(order).model_dump(mode="json"))]
    path = f"/api/order/{wire.id}/"
    number, numbers = _numbers(order, found)
    if wire.state != "processing":
        calls.append(_call("shop", "PATCH", path, {"state": "processing"}))
    if confirms_by_cxml(parties, key):
        return [*calls, _confirmation(parties, key, wire, number, numbers), *_status(parties, key, wire, number)]
    if wire.erp_order_number != number:
        calls.append(_call("shop", "PATCH", path, {"erp_order_number": number}))
    calls.append(_call("shop", "PUT", path, with_erp_fields(wire, number, numbers)))
    return [*calls, *_status(parties, key, wire, number)]


def _numbers(order: Order, found: SalesOrder | None) -> tuple[str, Mapping[int, int | str]]:
    if found:
        return found.number, found.line_numbers
    return "<ERP number>", {line.position: f"<ERP line number {line.position}>" for line in order.lines}


def _confirmation(
    parties: Parties, key: OrderKey, wire: ShopOrder, number: str, numbers: Mapping[int, int | str]
) -> PlannedCall:
    shop, user = parties.settings.addressee(key.webshop)
    path = parties.settings.webshop(key.webshop).messages.confirmation_path
    message = confirmation(parties, key, wire, number, numbers, noticed_at=None)
    body = message.to_xml().decode().replace("\n", "")
    return PlannedCall(system="shop", method="POST", path=f"{path}?shop={shop}&user={user}", body=body)


def _status(parties: Parties, key: OrderKey, wire: ShopOrder, number: str) -> list[PlannedCall]:
    message = to_be_told(parties, key, "pushed", wire.reference, number)
    if message is None:
        return []
    path = f"{ORDER_STATUS_PATH}?shop={parties.settings.message_shop(key.webshop)}"
    return [_call("shop", "POST", path, message.to_document(api_timezone=parties.settings.api_timezone))]


def _call(system: str, method: str, path: str, body: dict[str, Any]) -> PlannedCall:
    return PlannedCall(
        system=system, method=method, path=path, body=simplejson.dumps(body, use_decimal=True, default=str)
    )

"""The dry run: every call that a run would make, with its exact body, and none that writes.

What a DAG would write is a list of `PlannedCall`, each with the subject it is about. `plan` keeps them in the ledger,
for the page, and returns them as a table for the log; whatever DAG writes can use it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import simplejson
from structlog.contextvars import bound_contextvars

from orderflow.cloudsuite.messages import ORDER_STATUS_PATH
from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.decision import Action
from orderflow.domain.order import Order, OrderKey
from orderflow.domain.window import Window
from orderflow.erp.models import SalesOrder, to_sales_order
from orderflow.flow.confirm import confirmation, confirms_by_cxml
from orderflow.flow.offline import SENT, Left, finishing_change, is_markable, unsent_offline
from orderflow.flow.order_status import to_be_told
from orderflow.flow.parties import Parties
from orderflow.flow.write_back import with_erp_fields
from orderflow.ledger.models import PlannedCall, RunRef


def keep_plan(parties: Parties, run: RunRef, calls: Collection[PlannedCall]) -> str:
    """Keep the planned calls in the ledger for some days; returns them as a table."""
    parties.ledger.plans.keep(run, calls)
    return as_table(calls)


def as_table(calls: Collection[PlannedCall]) -> str:
    """Return one line per call, with a head."""
    rows = [("about", "to", "call", "path", "body"), *((c.subject, c.system, c.method, c.path, c.body) for c in calls)]
    lines = [f"{about:12} {to:4} {call:5} {path:24} {body}" for about, to, call, path, body in rows]
    return f"dry run: {len(calls)} calls would be made\n" + "\n".join(lines)


def preview_orders(parties: Parties, keys: Iterable[OrderKey]) -> list[PlannedCall]:
    """Return the writes that processing these orders now would make. Reads shop and ERP only."""
    return _flat(parties, lambda key: _processing(parties, key), keys)


def preview_finish(parties: Parties, keys: Iterable[OrderKey]) -> list[PlannedCall]:
    """Return the writes that would finish these orders once they are written back, where no delivery is reported."""
    without = [key for key in keys if parties.settings.webshop(key.webshop).deliveries == "none"]
    return _flat(parties, lambda key: _finishing(parties, key), without)


def preview_offline_sent(parties: Parties, window: Window) -> list[PlannedCall]:
    """Return the writes that would mark the window's offline orders as sent."""
    _, orders = unsent_offline(parties, window, None)
    return [call for order in orders for call in _marking(parties, order)]


def preview_left(parties: Parties, left: Left) -> list[PlannedCall]:
    """Return the writes that would finish what a sweep has found without its last step."""
    return [
        *_flat(parties, lambda key: _left_offline(parties, key), left.offline),
        *preview_finish(parties, left.written_back),
    ]


def _flat(
    parties: Parties, planned: Callable[[OrderKey], list[PlannedCall]], keys: Iterable[OrderKey]
) -> list[PlannedCall]:
    def one(key: OrderKey) -> list[PlannedCall]:
        with bound_contextvars(order=str(key), step="dry_run"):
            return planned(key)

    return [call for calls in parties.in_parallel(one, keys) for call in calls]


def _processing(parties: Parties, key: OrderKey) -> list[PlannedCall]:
    wire, order = parties.read(key.order_id)
    if parties.decide(order).action is not Action.PROCESS:
        return []
    found = parties.erp.find(order.external_reference)
    calls = (
        [] if found else [_call(order, "erp", "POST", "/sales-orders", to_sales_order(order).model_dump(mode="json"))]
    )
    number, numbers = _numbers(order, found)
    if wire.state != "processing":
        calls.append(_to_shop(order, "PATCH", {"state": "processing"}))
    if confirms_by_cxml(parties, key):
        return [*calls, _confirmation(parties, order, wire, number, numbers), *_status(parties, order, number)]
    if wire.erp_order_number != number:
        calls.append(_to_shop(order, "PATCH", {"erp_order_number": number}))
    calls.append(_to_shop(order, "PUT", with_erp_fields(wire, number, numbers)))
    return [*calls, *_status(parties, order, number)]


def _finishing(parties: Parties, key: OrderKey) -> list[PlannedCall]:
    wire, order = parties.read(key.order_id)
    if parties.decide(order).action is not Action.PROCESS:
        return []
    field, value = finishing_change(parties, key.webshop)
    return [] if getattr(wire, field) == value else [_to_shop(order, "PATCH", {field: value})]


def _left_offline(parties: Parties, key: OrderKey) -> list[PlannedCall]:
    known, wire = parties.ledger.get(key), parties.shop.get_order(key.order_id)
    return _marking(parties, wire) if known and is_markable(parties, known, wire) else []


def _marking(parties: Parties, wire: ShopOrder) -> list[PlannedCall]:
    if wire.shipment_state == SENT:
        return []
    return [_to_shop(parties.understand(wire), "PATCH", {"shipment_state": SENT})]


def _numbers(order: Order, found: SalesOrder | None) -> tuple[str, Mapping[int, int | str]]:
    if found:
        return found.number, found.line_numbers
    return "<ERP number>", {line.position: f"<ERP line number {line.position}>" for line in order.lines}


def _confirmation(
    parties: Parties, order: Order, wire: ShopOrder, number: str, numbers: Mapping[int, int | str]
) -> PlannedCall:
    shop, user = parties.settings.addressee(order.key.webshop)
    path = parties.settings.webshop(order.key.webshop).messages.confirmation_path
    message = confirmation(parties, order.key, wire, number, numbers, noticed_at=None)
    body = message.to_xml().decode().replace("\n", "")
    return planned(order, "shop", "POST", f"{path}?shop={shop}&user={user}", body)


def _status(parties: Parties, order: Order, number: str) -> list[PlannedCall]:
    message = to_be_told(parties, order.key, "pushed", order.reference, number)
    if message is None:
        return []
    path = f"{ORDER_STATUS_PATH}?shop={parties.settings.message_shop(order.key.webshop)}"
    document = message.to_document(api_timezone=parties.settings.api_timezone)
    return [_call(order, "shop", "POST", path, document)]


def _to_shop(order: Order, method: str, body: Mapping[str, Any]) -> PlannedCall:
    return _call(order, "shop", method, f"/api/order/{order.key.order_id}/", body)


def _call(order: Order, system: str, method: str, path: str, body: Mapping[str, Any]) -> PlannedCall:
    return planned(order, system, method, path, simplejson.dumps(body, use_decimal=True, default=str))


def planned(order: Order, system: str, method: str, path: str, body: str) -> PlannedCall:
    """Return a call about an order."""
    return PlannedCall(
        subject=order.external_reference, key=order.key, system=system, method=method, path=path, body=body
    )

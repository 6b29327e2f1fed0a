"""The dry run: every call that a run would make, with its exact body, and none that writes.

What a DAG would write is a `Plan` of `PlannedCall`s, each with the subject it is about. `keep_plan` keeps them in the
ledger, for the page, and returns them as a table for the log; whatever DAG writes can use it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import simplejson

from orderflow.cloudsuite.messages import ORDER_STATUS_PATH
from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.decision import Action
from orderflow.domain.order import Order
from orderflow.domain.states import HALF_WRITTEN, IN_ERP, INTENT_OPEN, Progress, ShopState
from orderflow.domain.window import Window
from orderflow.erp.models import SalesOrderRequest, to_sales_order
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import StepResult
from orderflow.flow.customer_status import to_be_told
from orderflow.flow.orders.cxml_confirmation import confirmation, confirms_by_cxml
from orderflow.flow.orders.finish import SENT, Unfinished, finishing_change, is_markable, lacks, unsent_offline
from orderflow.flow.orders.push import gone, is_reopened, require_safe_resend, says_exported
from orderflow.flow.orders.write_back import line_numbers, refuse_cancelled, refuse_other_number, with_erp_fields
from orderflow.flow.plan import Plan, joined, planned
from orderflow.flow.services import Services
from orderflow.flow.tracing import working_on
from orderflow.ledger.models.dry_runs import PlannedCall

log = logging.getLogger(__name__)


def preview_orders(services: Services, order_ids: Iterable[int]) -> Plan:
    """Return the writes that processing these orders now would make. Reads shop and ERP only."""
    return _planned(services, lambda i: _processing(services, i), order_ids)


def preview_finish(services: Services, order_ids: Iterable[int]) -> Plan:
    """Return the writes that would finish these orders once they are written back, where no delivery is reported."""
    if not services.settings.without_deliveries:
        return Plan([])
    return _planned(services, lambda i: _finishing(services, i), order_ids)


def preview_offline_sent(services: Services, window: Window) -> Plan:
    """Return the writes that would mark the window's offline orders as sent."""
    unread, orders = unsent_offline(services, window, None)
    return Plan([call for order in orders for call in _marking(services, order)], unread)


def preview_outstanding(services: Services, left: Unfinished) -> Plan:
    """Return the writes that would finish what a sweep has found without its last step."""
    offline = _planned(services, lambda i: _left_offline(services, i), left.offline)
    return joined(offline, preview_finish(services, left.written_back))


def _planned(services: Services, work: Callable[[int], Iterable[PlannedCall]], order_ids: Iterable[int]) -> Plan:
    """Plan for many orders; as in a run, one order's failure is its own."""

    def one(order_id: int) -> Plan:
        calls: list[PlannedCall] = []
        with working_on(order_id, "dry_run"):
            try:
                for call in work(order_id):
                    calls.append(call)  # noqa: PERF402 - what was planned before a failure stays
            except OrderflowError as error:
                failure = error
            except Exception as error:
                log.exception("order id %d", order_id)
                failure = PermanentError(f"{type(error).__name__}: {error}")
            else:
                return Plan(calls)
            failure.order = failure.order or f"id {order_id}"
            log.warning("the run would fail: %s", failure)
            return Plan(calls, [StepResult(order_id, None, failure)])

    return joined(*services.in_parallel(one, order_ids))


def _processing(services: Services, order_id: int) -> Iterator[PlannedCall]:
    wire, order = services.read(order_id)
    in_erp = _in_erp(services, wire, order)
    if in_erp is not None:
        yield from _exporting(services, wire, order, in_erp)


class _InErp(NamedTuple):
    """An order as the ERP has it, or will have it once it is sent."""

    number: str
    lines: Mapping[int, int | str]
    """ERP line numbers by position."""
    line_ids: Mapping[int, int | None]
    progress: Progress
    request: SalesOrderRequest | None = None
    """What is to be sent first."""


def _in_erp(services: Services, wire: ShopOrder, order: Order) -> _InErp | None:
    """Find out what `push` would come to, by the same questions; None where it would only decide."""
    known = services.ledger.get(order.order_id)
    progress = known.progress if known else None
    if known is not None and progress in HALF_WRITTEN:
        refuse_cancelled(known.erp_number, wire)
        return _InErp(known.erp_number or "", known.erp_lines, known.line_ids, known.progress)
    decision = services.decide(order)
    begun = progress in INTENT_OPEN | IN_ERP
    if decision.action is not Action.PROCESS and not (progress in INTENT_OPEN or (begun and is_reopened(order))):
        return None
    reference = (known.external_reference if known else None) or order.external_reference
    found = services.erp.find(reference)
    if found is not None:
        refuse_cancelled(found.number, wire)
        return _InErp(found.number, found.line_numbers, known.line_ids if known else {}, Progress.PUSHED)
    if known is not None and progress in IN_ERP:
        raise gone(known)
    if begun:
        require_safe_resend(services, decision)
    elif says_exported(order, decision):
        return None
    request = to_sales_order(order).model_copy(update={"external_reference": reference})
    lines = {line.position: f"<ERP line number {line.position}>" for line in order.lines}
    return _InErp("<ERP number>", lines, {}, Progress.PUSHED, request)


def _exporting(services: Services, wire: ShopOrder, order: Order, in_erp: _InErp) -> Iterator[PlannedCall]:
    """Go the way of the steps, with what each of them would find in the shop."""
    number, shop = in_erp.number, dict(wire.document)
    if in_erp.request is not None:
        yield _call(order, "erp", "POST", "/sales-orders", in_erp.request.model_dump(mode="json"))
    if in_erp.progress is Progress.PUSHED and wire.state == ShopState.CONFIRMED:
        shop |= {"state": ShopState.PROCESSING.value}
        yield _to_shop(order, "PATCH", {"state": ShopState.PROCESSING.value})
    by_cxml = confirms_by_cxml(services, order.webshop)
    if in_erp.request is None:
        refuse_other_number(wire, number)
    if not by_cxml and in_erp.progress is not Progress.NUMBER_SET and wire.erp_order_number != number:
        shop |= {"erp_order_number": number}
        yield _to_shop(order, "PATCH", {"erp_order_number": number})
    numbers = line_numbers(wire, in_erp.lines, in_erp.line_ids)
    wanted = with_erp_fields(wire, number, numbers)
    if wanted != shop and by_cxml:
        yield _confirmation(services, order, wire, number, numbers)
    elif wanted != shop:
        yield _to_shop(order, "PUT", wanted)
    yield from _status(services, order, number)


def _finishing(services: Services, order_id: int) -> Iterator[PlannedCall]:
    wire, order = services.read(order_id)
    if order.webshop not in services.settings.without_deliveries:
        return
    known = services.ledger.get(order_id)
    written_back = known is not None and known.progress is Progress.WRITTEN_BACK
    if not written_back and not _will_be_written_back(services, wire, order):
        return
    field, value = finishing_change(services, order.webshop)
    if lacks(wire, field, value):
        yield _to_shop(order, "PATCH", {field: value})


def _will_be_written_back(services: Services, wire: ShopOrder, order: Order) -> bool:
    """Whether the steps before the finish would succeed; where they would not, their own plan says so."""
    try:
        in_erp = _in_erp(services, wire, order)
        if in_erp is None:
            return False
        list(_exporting(services, wire, order, in_erp))
    except OrderflowError:
        return False
    return True


def _left_offline(services: Services, order_id: int) -> list[PlannedCall]:
    known, wire = services.ledger.get(order_id), services.shop.get_order(order_id)
    return _marking(services, wire) if known and is_markable(services, known, wire) else []


def _marking(services: Services, wire: ShopOrder) -> list[PlannedCall]:
    if wire.shipment_state == SENT:
        return []
    return [_to_shop(services.understand(wire), "PATCH", {"shipment_state": SENT})]


def _confirmation(
    services: Services, order: Order, wire: ShopOrder, number: str, numbers: Mapping[int, int | str]
) -> PlannedCall:
    shop, user = services.settings.addressee(order.webshop)
    path = services.settings.webshop(order.webshop).messages.confirmation_path
    message = confirmation(services, wire, number, numbers, noticed_at=None)
    body = message.to_xml().decode().replace("\n", "")
    return planned(order, "shop", "POST", f"{path}?shop={shop}&user={user}", body)


def _status(services: Services, order: Order, number: str) -> list[PlannedCall]:
    message = to_be_told(services, order, "pushed", number)
    if message is None:
        return []
    path = f"{ORDER_STATUS_PATH}?shop={services.settings.message_shop(order.webshop)}"
    document = message.to_document(api_timezone=services.settings.api_timezone)
    return [_call(order, "shop", "POST", path, document)]


def _to_shop(order: Order, method: str, body: Mapping[str, Any]) -> PlannedCall:
    return _call(order, "shop", method, f"/api/order/{order.order_id}/", body)


def _call(order: Order, system: str, method: str, path: str, body: Mapping[str, Any]) -> PlannedCall:
    return planned(order, system, method, path, simplejson.dumps(body, use_decimal=True, default=str))

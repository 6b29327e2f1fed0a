"""The dry run: every call that a run would make, with its exact body, and none that writes.

What a DAG would write is a `Plan` of `PlannedCall`s, each with the subject it is about. `keep_plan` keeps them in the
ledger, for the page, and returns them as a table for the log; whatever DAG writes can use it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import simplejson
from structlog.contextvars import bound_contextvars

from orderflow.cloudsuite.messages import ORDER_STATUS_PATH
from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.decision import Action
from orderflow.domain.order import Order, OrderKey
from orderflow.domain.states import HALF_WRITTEN, IN_ERP, INTENT_OPEN, Progress, ShopState
from orderflow.domain.window import Window
from orderflow.erp.models import SalesOrderRequest, to_sales_order
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.confirm import confirmation, confirms_by_cxml
from orderflow.flow.offline import SENT, Left, finishing_change, is_markable, lacks, unsent_offline
from orderflow.flow.order_status import to_be_told
from orderflow.flow.parties import Parties
from orderflow.flow.push import gone, is_reopened, require_safe_resend, says_exported
from orderflow.flow.steps import StepResult
from orderflow.flow.write_back import line_numbers, refuse_cancelled, refuse_other_number, with_erp_fields
from orderflow.ledger.models import PlannedCall, RunRef

log = logging.getLogger(__name__)


class Plan(NamedTuple):
    """What a run would do."""

    calls: Sequence[PlannedCall]
    failed: Sequence[StepResult] = ()
    """The orders for which it would fail, after the calls that it would make before."""


def joined(*plans: Plan) -> Plan:
    """Make one plan of several."""
    return Plan([call for plan in plans for call in plan.calls], [failed for plan in plans for failed in plan.failed])


def keep_plan(parties: Parties, run: RunRef, plan: Plan) -> str:
    """Keep the planned calls in the ledger for some days; returns the plan as a table."""
    parties.ledger.plans.keep(run, plan.calls)
    return as_table(plan)


def as_table(plan: Plan) -> str:
    """Return one line per call, with a head, then one per order for which the run would fail."""
    rows = [(c.subject, c.system, c.method, c.path, c.body) for c in plan.calls]
    lines = [
        f"{about:12} {to:4} {call:5} {path:24} {body}"
        for about, to, call, path, body in [("about", "to", "call", "path", "body"), *rows]
    ]
    failures = [f"would fail: {result.error}" for result in plan.failed]
    return "\n".join([f"dry run: {len(rows)} calls would be made", *lines, *failures])


def preview_orders(parties: Parties, keys: Iterable[OrderKey]) -> Plan:
    """Return the writes that processing these orders now would make. Reads shop and ERP only."""
    return _planned(parties, lambda key: _processing(parties, key), keys)


def preview_finish(parties: Parties, keys: Iterable[OrderKey]) -> Plan:
    """Return the writes that would finish these orders once they are written back, where no delivery is reported."""
    without = [key for key in keys if parties.settings.webshop(key.webshop).deliveries == "none"]
    return _planned(parties, lambda key: _finishing(parties, key), without)


def preview_offline_sent(parties: Parties, window: Window) -> Plan:
    """Return the writes that would mark the window's offline orders as sent."""
    unread, orders = unsent_offline(parties, window, None)
    return Plan([call for order in orders for call in _marking(parties, order)], unread)


def preview_left(parties: Parties, left: Left) -> Plan:
    """Return the writes that would finish what a sweep has found without its last step."""
    offline = _planned(parties, lambda key: _left_offline(parties, key), left.offline)
    return joined(offline, preview_finish(parties, left.written_back))


def _planned(parties: Parties, work: Callable[[OrderKey], Iterable[PlannedCall]], keys: Iterable[OrderKey]) -> Plan:
    """Plan for many orders; as in a run, one order's failure is its own."""

    def one(key: OrderKey) -> Plan:
        calls: list[PlannedCall] = []
        with bound_contextvars(order=str(key), step="dry_run"):
            try:
                for call in work(key):
                    calls.append(call)  # noqa: PERF402 - what was planned before a failure stays
            except OrderflowError as error:
                failure = error
            except Exception as error:
                log.exception("%s", key)
                failure = PermanentError(f"{type(error).__name__}: {error}")
            else:
                return Plan(calls)
            failure.order = failure.order or str(key)
            log.warning("the run would fail: %s", failure)
            return Plan(calls, [StepResult(key, None, failure)])

    return joined(*parties.in_parallel(one, keys))


def _processing(parties: Parties, key: OrderKey) -> Iterator[PlannedCall]:
    wire, order = parties.read(key.order_id)
    in_erp = _in_erp(parties, wire, order)
    if in_erp is not None:
        yield from _exporting(parties, wire, order, in_erp)


class _InErp(NamedTuple):
    """An order as the ERP has it, or will have it once it is sent."""

    number: str
    lines: Mapping[int, int | str]
    """ERP line numbers by position."""
    line_ids: Mapping[int, int | None]
    progress: Progress
    request: SalesOrderRequest | None = None
    """What is to be sent first."""


def _in_erp(parties: Parties, wire: ShopOrder, order: Order) -> _InErp | None:
    """Find out what `push` would come to, by the same questions; None where it would only decide."""
    known = parties.ledger.get(order.key)
    progress = known.progress if known else None
    if known is not None and progress in HALF_WRITTEN:
        refuse_cancelled(known.erp_number, wire)
        return _InErp(known.erp_number or "", known.erp_lines, known.line_ids, known.progress)
    decision = parties.decide(order)
    begun = progress in INTENT_OPEN | IN_ERP
    if decision.action is not Action.PROCESS and not (progress in INTENT_OPEN or (begun and is_reopened(order))):
        return None
    reference = known.external_reference if known is not None and begun else order.external_reference
    found = parties.erp.find(reference)
    if found is not None:
        refuse_cancelled(found.number, wire)
        return _InErp(found.number, found.line_numbers, known.line_ids if known else {}, Progress.PUSHED)
    if known is not None and progress in IN_ERP:
        raise gone(known)
    if begun:
        require_safe_resend(parties, decision)
    elif says_exported(order, decision):
        return None
    request = to_sales_order(order).model_copy(update={"external_reference": reference})
    lines = {line.position: f"<ERP line number {line.position}>" for line in order.lines}
    return _InErp("<ERP number>", lines, {}, Progress.PUSHED, request)


def _exporting(parties: Parties, wire: ShopOrder, order: Order, in_erp: _InErp) -> Iterator[PlannedCall]:
    """Go the way of the steps, with what each of them would find in the shop."""
    number, shop = in_erp.number, dict(wire.document)
    if in_erp.request is not None:
        yield _call(order, "erp", "POST", "/sales-orders", in_erp.request.model_dump(mode="json"))
    if in_erp.progress is Progress.PUSHED and wire.state == ShopState.CONFIRMED:
        shop |= {"state": ShopState.PROCESSING.value}
        yield _to_shop(order, "PATCH", {"state": ShopState.PROCESSING.value})
    by_cxml = confirms_by_cxml(parties, order.key)
    if in_erp.request is None:
        refuse_other_number(wire, number)
    if not by_cxml and in_erp.progress is not Progress.NUMBER_SET and wire.erp_order_number != number:
        shop |= {"erp_order_number": number}
        yield _to_shop(order, "PATCH", {"erp_order_number": number})
    numbers = line_numbers(wire, in_erp.lines, in_erp.line_ids)
    wanted = with_erp_fields(wire, number, numbers)
    if wanted != shop and by_cxml:
        yield _confirmation(parties, order, wire, number, numbers)
    elif wanted != shop:
        yield _to_shop(order, "PUT", wanted)
    yield from _status(parties, order, number)


def _finishing(parties: Parties, key: OrderKey) -> Iterator[PlannedCall]:
    wire, order = parties.read(key.order_id)
    known = parties.ledger.get(key)
    written_back = known is not None and known.progress is Progress.WRITTEN_BACK
    if not written_back and not _will_be_written_back(parties, wire, order):
        return
    field, value = finishing_change(parties, key.webshop)
    if lacks(wire, field, value):
        yield _to_shop(order, "PATCH", {field: value})


def _will_be_written_back(parties: Parties, wire: ShopOrder, order: Order) -> bool:
    """Whether the steps before the finish would succeed; where they would not, their own plan says so."""
    try:
        in_erp = _in_erp(parties, wire, order)
        if in_erp is None:
            return False
        list(_exporting(parties, wire, order, in_erp))
    except OrderflowError:
        return False
    return True


def _left_offline(parties: Parties, key: OrderKey) -> list[PlannedCall]:
    known, wire = parties.ledger.get(key), parties.shop.get_order(key.order_id)
    return _marking(parties, wire) if known and is_markable(parties, known, wire) else []


def _marking(parties: Parties, wire: ShopOrder) -> list[PlannedCall]:
    if wire.shipment_state == SENT:
        return []
    return [_to_shop(parties.understand(wire), "PATCH", {"shipment_state": SENT})]


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

"""The dry run: every writing call that a run would make, with its exact body, without making any.

Each DAG's writes become a `Plan` of `PlannedCall`s, each with its subject. `keep_plan` stores them in the ledger, for
the page, and returns a table for the log, without bodies. Any DAG that writes can use it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import simplejson

from orderflow.cloudsuite.messages import ORDER_STATUS_PATH
from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.last_step import FINISHED_HERE
from orderflow.domain.lines import SentLine
from orderflow.domain.order import Order
from orderflow.domain.states import Progress
from orderflow.erp.models import SalesOrderRequest
from orderflow.errors import OrderflowError, unforeseen
from orderflow.flow.batch import StepResult
from orderflow.flow.customer_status import to_be_told
from orderflow.flow.customers.preview import preview_customer
from orderflow.flow.customers.who import plan
from orderflow.flow.exported import Exported, line_numbers
from orderflow.flow.orders.cxml_confirmation import confirmation, confirms_by_cxml
from orderflow.flow.orders.decision import Move, is_partly_written_back
from orderflow.flow.orders.finish import MARK, finish_change, finishing_change
from orderflow.flow.orders.partly_written_back import as_kept
from orderflow.flow.orders.push import investigate, request_for
from orderflow.flow.orders.sent_content import exported_as_found
from orderflow.flow.orders.write_back_rules import lines_change, number_change, require_alive, state_change
from orderflow.flow.plan import Plan, joined, planned
from orderflow.flow.services import Services
from orderflow.flow.tracing import working_on
from orderflow.ledger.models.dry_runs import PlannedCall

log = logging.getLogger(__name__)


def preview_orders(services: Services, order_ids: Iterable[int]) -> Plan:
    """Return the writes for processing these orders now. Only reads from shop and ERP."""
    return _planned(services, lambda i: _processing(services, i), order_ids)


def preview_finish(services: Services, order_ids: Iterable[int]) -> Plan:
    """Return the writes that would finish these orders after their write-back, where no delivery is reported."""
    wanted = list(order_ids)
    stored = {order.last_step for order in services.ledger.get_many(wanted).values()}
    if not services.settings.without_deliveries and stored.isdisjoint(FINISHED_HERE):
        return Plan([])
    return _planned(services, lambda i: _finishing(services, i), wanted)


def preview_marks(services: Services, order_ids: Iterable[int]) -> Plan:
    """Return the writes that would mark these offline orders as sent."""
    return _planned(services, lambda i: _marking(services, i), order_ids)


def _planned(services: Services, work: Callable[[int], Iterable[PlannedCall]], order_ids: Iterable[int]) -> Plan:
    """Plan for many orders; as in a run, one order's failure does not affect the others."""

    def one(order_id: int) -> Plan:
        calls: list[PlannedCall] = []
        with working_on(order_id, "dry_run"):
            try:
                for call in work(order_id):
                    calls.append(call)  # noqa: PERF402 - what was planned before a failure stays
            except OrderflowError as error:
                failure = error
            except Exception as error:  # noqa: BLE001 - as in a run, where `isolated` does so
                failure = unforeseen(error)
            else:
                return Plan(calls)
            failure.order = failure.order or f"id {order_id}"
            log.warning("the run would fail: %s", failure)
            return Plan(calls, [StepResult(order_id, None, failure)])

    return joined(*services.in_parallel(one, order_ids))


def _processing(services: Services, order_id: int) -> Iterator[PlannedCall]:
    shop_order, order = services.read(order_id)
    start = _start(services, order)
    if start is not None:
        yield from _exporting(services, shop_order, order, start)


class _Start(NamedTuple):
    """Where an order's write-back starts."""

    exported: Exported
    progress: Progress = Progress.PUSHED
    request: SalesOrderRequest | None = None
    """The request that is sent first."""
    before: tuple[PlannedCall, ...] = ()
    """What is sent to the ERP before that: the buyer."""


def _start(services: Services, order: Order) -> _Start | None:
    """Find out what `push` would do; None if it would neither send nor adopt."""
    known = services.ledger.get(order.order_id)
    if known is not None and is_partly_written_back(known):
        return _Start(as_kept(services, known), known.progress)
    facts, verdict = investigate(services, known, order)
    if verdict.error is not None:
        raise verdict.error
    if verdict.move is Move.CHECK and known is not None:
        require_alive(order.state, known.erp_number)
    if verdict.move is Move.ADOPT and facts.found is not None:
        return _Start(exported_as_found(known, order, facts.found))
    if verdict.move in {Move.SEND, Move.SEND_AGAIN}:
        lines = {line.position: f"<ERP line number {line.position}>" for line in order.lines}
        exported = Exported("<ERP number>", lines, tuple(map(SentLine.of, order.lines)))
        people = plan(services, order)
        calls = tuple(preview_customer(services, order, people))
        return _Start(exported, request=request_for(facts, people), before=calls)
    return None


def _exporting(services: Services, seen: ShopOrder, order: Order, start: _Start) -> Iterator[PlannedCall]:
    """Follow the steps, by their own rules, with what each of them would find in the shop."""
    exported = start.exported
    yield from start.before
    if start.request is not None:
        yield _call(order, "erp", "POST", "/sales-orders", start.request.model_dump(mode="json"))
    by_cxml = confirms_by_cxml(services, order.webshop)
    if start.progress is Progress.PUSHED or by_cxml:  # before a confirmation, the state is looked at again
        change = state_change(seen, exported)
        if change is not None:
            yield _to_shop(order, "PATCH", change)
            seen = _changed(seen, change)
    if start.progress is not Progress.NUMBER_SET and not by_cxml:
        change = number_change(seen, exported)
        if change is not None:
            yield _to_shop(order, "PATCH", change)
            seen = _changed(seen, change)
    change = lines_change(seen, services.understand(seen), services.places(seen), exported)
    if change is not None and by_cxml:
        yield _confirmation(services, order, seen, exported)
    elif change is not None:
        yield _to_shop(order, "PUT", change)
    yield from _status(services, order, exported.number)


def _changed(seen: ShopOrder, change: Mapping[str, Any]) -> ShopOrder:
    return ShopOrder.from_document({**seen.document, **change})


def _finishing(services: Services, order_id: int) -> Iterator[PlannedCall]:
    shop_order, order = services.read(order_id)
    known = services.ledger.get(order_id)
    written_back = known is not None and known.progress is Progress.WRITTEN_BACK
    last_step = services.last_step(known) if known and written_back else services.settings.last_step(order.webshop)
    if last_step not in FINISHED_HERE:
        return
    if not written_back and not _will_be_written_back(services, shop_order, order):
        return
    change = finish_change(shop_order, *finishing_change(last_step))
    if change is not None:
        yield _to_shop(order, "PATCH", change)


def _will_be_written_back(services: Services, shop_order: ShopOrder, order: Order) -> bool:
    """Whether the steps before the finish would succeed; if not, their own plan says so."""
    try:
        start = _start(services, order)
        if start is None:
            return False
        list(_exporting(services, shop_order, order, start))
    except OrderflowError:
        return False
    return True


def _marking(services: Services, order_id: int) -> list[PlannedCall]:
    shop_order, order = services.read(order_id)
    change = finish_change(shop_order, *MARK)
    return [] if change is None else [_to_shop(order, "PATCH", change)]


def _confirmation(services: Services, order: Order, seen: ShopOrder, exported: Exported) -> PlannedCall:
    shop, user = services.settings.addressee(order.webshop)
    path = services.settings.webshop(order.webshop).messages.confirmation_path
    numbers = line_numbers(services.understand(seen), exported)
    message = confirmation(services, seen, exported.number, numbers, noticed_at=None)
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

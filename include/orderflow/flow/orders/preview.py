"""The dry run: every writing call that a run would make, with its exact body, without making any.

Each DAG's writes become a `Plan` of `PlannedCall`s, each with its subject. `keep_plan` stores them in the ledger, for
the page, and returns a table for the log, without bodies. Any DAG that writes can use it.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.decision import Action
from orderflow.domain.last_step import FINISHED_HERE, LastStep
from orderflow.domain.order import Order
from orderflow.domain.states import Progress
from orderflow.errors import ClaimedElsewhereError, OrderflowError
from orderflow.flow.batch import StepResult, isolated
from orderflow.flow.customer_status import planned_to_tell
from orderflow.flow.customers.preview import in_memory
from orderflow.flow.orders.cxml_confirmation import confirms_by_cxml
from orderflow.flow.orders.finish import MARK, finish_change, finishing_change
from orderflow.flow.orders.foresee import Found, Start, Taken, look, require_unowned, start_of
from orderflow.flow.orders.planned_calls import changed, confirmation_call, to_erp, to_shop
from orderflow.flow.orders.select import Selected, failed, left
from orderflow.flow.orders.steps import has_its_turn
from orderflow.flow.orders.write_back_rules import lines_change, number_change, state_change
from orderflow.flow.plan import Plan, joined
from orderflow.flow.services import Services
from orderflow.flow.tracing import working_on
from orderflow.ledger.books.people_in_memory import PeopleInMemory
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.ledger.tables.lease import require_free

log = logging.getLogger(__name__)


def preview_orders(services: Services, order_ids: Iterable[int]) -> Plan:
    """Return the writes for processing these orders now, up to their last step. Only reads from shop, ERP and ledger.

    The orders are planned one after the other, in this order, and what one does counts for the next: the customer that
    it creates, the name that it takes. A run that works on several at a time may take them in another order. Then
    another order creates their customer or gets their name, and customers are written out that are here only named.
    """
    services, people = in_memory(services)
    taken: Taken = {}
    ids = list(dict.fromkeys(order_ids))
    found = services.in_parallel(lambda i: isolated(partial(look, services, i), f"id {i}"), ids)
    work = [partial(_processing, services, people, taken, one) for one in found]
    return joined(*map(partial(_plan_of, services), ids, work))


def preview_finish(
    services: Services, order_ids: Iterable[int], processed: Iterable[int] = (), *, read: Iterable[int] = ()
) -> Plan:
    """Return the writes for the last step of orders that the run does not also process (see `preview_orders`).

    Of orders that the run has `read` before, the ledger then has the present webshop, which may decide the last step.
    """
    fresh = {*read}
    wanted = sorted({*order_ids} - {*processed})
    return joined(
        *services.in_parallel(
            lambda i: _plan_of(services, i, partial(_outstanding, services, i, is_read=i in fresh)), wanted
        )
    )


def preview_marks(services: Services, order_ids: Iterable[int]) -> Plan:
    """Return the writes that would mark these offline orders as sent."""
    return joined(
        *services.in_parallel(lambda i: _plan_of(services, i, partial(_marking, services, i)), dict.fromkeys(order_ids))
    )


def preview_others(selected: Iterable[Selected]) -> Plan:
    """Return what becomes of the orders that are neither processed nor marked."""
    some = list(selected)
    return Plan([], failed(some), left(some))


def _plan_of(services: Services, order_id: int, work: Callable[[], Iterable[PlannedCall]]) -> Plan:
    """Plan for one order; as in a run, its failure does not affect the others, and what came before it stays."""
    calls: list[PlannedCall] = []

    def gather() -> None:
        known = services.ledger.get(order_id)
        if known is not None:
            require_free(known, f"id {order_id}", services.ledger.now())
        for call in work():
            calls.append(call)  # noqa: PERF402 - what was planned before a failure stays

    with working_on(order_id, "dry_run"):
        failure = isolated(gather, f"id {order_id}")
    if failure is None:
        return Plan(calls)
    result = [StepResult(order_id, None, failure)]
    if isinstance(failure, ClaimedElsewhereError):
        return Plan(calls, left=result)
    log.warning("the run would fail: %s", failure)
    return Plan(calls, failed=result)


def _processing(
    services: Services, people: PeopleInMemory, taken: Taken, found: Found | OrderflowError
) -> Iterator[PlannedCall]:
    if isinstance(found, OrderflowError):
        raise found
    shop_order, order, known, _ = found
    start = isolated(lambda: start_of(services, people, taken, found), f"id {order.order_id}")
    if isinstance(start, Start):
        seen = yield from _exporting(services, shop_order, order, known, start)
        yield from _last(order, seen, services.settings.last_step(order.webshop))
    elif known is not None:  # not pushed, but perhaps written back before
        reason = {"reason": start.reason} if isinstance(start, OrderflowError) else {}
        yield from _last_of(services, known.model_copy(update={"webshop": order.webshop, **reason}), order, shop_order)
    if isinstance(start, OrderflowError):
        raise start


def _exporting(
    services: Services, seen: ShopOrder, order: Order, known: LedgerOrder | None, start: Start
) -> Generator[PlannedCall, None, ShopOrder]:
    """Follow the steps, by their own rules, with what each of them would find in the shop; return what they leave."""
    exported = start.exported
    yield from start.before
    if start.request is not None:
        if start.is_first:
            require_unowned(services, order, start.request.external_reference)
        yield to_erp(order, "POST", "/sales-orders", start.request.model_dump(mode="json"))
    by_cxml = confirms_by_cxml(services, order.webshop)
    if start.progress is Progress.PUSHED or by_cxml:  # before a confirmation, the state is looked at again
        change = state_change(seen, exported)
        if change is not None:
            yield to_shop(order, "PATCH", change)
            seen = changed(seen, change)
    if start.progress is not Progress.NUMBER_SET and not by_cxml:
        change = number_change(seen, exported)
        if change is not None:
            yield to_shop(order, "PATCH", change)
            seen = changed(seen, change)
    change = lines_change(seen, services.understand(seen), services.places(seen), exported)
    if change is not None and by_cxml:
        yield confirmation_call(services, order, seen, exported, noticed_at=known.pushed_at if known else None)
    elif change is not None:
        yield to_shop(order, "PUT", change)
        seen = changed(seen, {"state": change["state"]})
    told = planned_to_tell(services, order, "pushed", exported.number)
    if told is not None:
        yield told
    return seen


def _outstanding(services: Services, order_id: int, *, is_read: bool) -> Iterator[PlannedCall]:
    known = services.ledger.get(order_id)
    if known is None or not has_its_turn(known, Progress.WRITTEN_BACK):
        return
    if (is_read and known.last_step is None) or services.last_step(known) in FINISHED_HERE:
        shop_order, order = services.read(order_id)
        known = known.model_copy(update={"webshop": order.webshop}) if is_read else known
        yield from _last_of(services, known, order, shop_order)


def _last_of(services: Services, known: LedgerOrder, order: Order, seen: ShopOrder) -> Iterator[PlannedCall]:
    if has_its_turn(known, Progress.WRITTEN_BACK):
        yield from _last(order, seen, services.last_step(known))


def _last(order: Order, seen: ShopOrder, last_step: LastStep) -> Iterator[PlannedCall]:
    change = finish_change(seen, *finishing_change(last_step)) if last_step in FINISHED_HERE else None
    if change is not None:
        yield to_shop(order, "PATCH", change)


def _marking(services: Services, order_id: int) -> Iterator[PlannedCall]:
    shop_order, order = services.read(order_id)
    known = services.ledger.get(order_id)
    was_offline = known is not None and known.progress is Progress.OFFLINE
    if was_offline and services.decide(order, known=known).action is not Action.MARK:
        return  # as the run decides then, whatever the day
    change = finish_change(shop_order, *MARK)
    if change is not None:
        yield to_shop(order, "PATCH", change)

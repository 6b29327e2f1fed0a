"""The finish: write `shipment_state=sent` to the shop for orders that will get no despatch advice."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from structlog.contextvars import bind_contextvars

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.backoff import is_finish_due
from orderflow.domain.decision import Action, Decision
from orderflow.domain.last_step import FINISHED_HERE, LastStep
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ALIVE, Progress, ShopState
from orderflow.domain.window import Window
from orderflow.domain.worklist import Worklist
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import StepResult, ends_run, isolated, values
from orderflow.flow.orders.steps import OrderStep, run_step
from orderflow.flow.orders.writing import write
from orderflow.flow.reporting.worklists import worklist_of
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.orders.claim import Claim

log = logging.getLogger(__name__)

SENT = "sent"
MARK = ("shipment_state", SENT)
"""The field and value that mark an offline order as finished."""


def mark_offline_sent(services: Services, window: Window, run: RunRef, *, first_try: int = 1) -> list[StepResult]:
    """PATCH `shipment_state=sent` on the window's unsent offline orders; `first_try` as for `run_step`.

    If the shop's list is incomplete, that error is raised after the listed orders are done.
    """
    unread, orders, short = unsent_offline(services, window, run)
    understood = [services.understand(order) for order in orders]
    known = services.ledger.get_many(order.order_id for order in understood)
    tried = {order_id for order_id, order in known.items() if _mark_failed(services, order)}

    def note(order: Order) -> int:
        if order.order_id not in tried:  # an earlier failure put it on the list of failed orders
            services.ledger.decide(order, Decision(action=Action.SKIP, reason=Reason.OFFLINE), run)
        return order.order_id

    noted = [isolated(partial(note, order), order.external_reference) for order in understood]
    failed = [
        StepResult(order.order_id, None, result)
        for order, result in zip(understood, noted, strict=True)
        if isinstance(result, OrderflowError)
    ]
    if not failed and short is None:
        services.ledger.days.offline_known(window.key)
    step = OrderStep(Step.OFFLINE_SENT, _mark_sent, None)
    marked = run_step(services, step, values(noted), run, first_try=first_try)
    if short is not None:
        raise short
    return [*unread, *failed, *marked]


def _mark_failed(services: Services, known: LedgerOrder) -> bool:
    return known.progress is Progress.SKIPPED and worklist_of(services, known) is Worklist.FAILED


def unsent_offline(
    services: Services, window: Window, run: RunRef | None
) -> tuple[list[StepResult], Sequence[ShopOrder], OrderflowError | None]:
    """Return the window's unreadable and unsent offline orders, and the error if the list is incomplete.

    With a `run`, unreadable orders are also recorded in the ledger.
    """
    rows = services.list_window(window, offline=True)
    listed = sorted(row.id for row in rows if row.state in {*ALIVE, None})
    known = services.ledger.get_many(listed)
    unsent = [i for i in listed if i not in known or known[i].progress is not Progress.SHIPMENT_SENT]
    read = services.each(lambda i: _read(services, i, run), unsent, _named)
    unread = [
        StepResult(order_id, None, result)
        for order_id, result in zip(unsent, read, strict=True)
        if isinstance(result, OrderflowError)
    ]
    return unread, _proven_offline(services, window, values(read)), rows.short


class Unfinished(NamedTuple):
    """Orders whose last step is due."""

    written_back: list[int]
    offline: list[int]
    """Orders that a day's run found and then could not mark as sent."""


def find_outstanding(
    services: Services, listed: Iterable[int], processed: Iterable[int], *, others: bool = True
) -> Unfinished:
    """Add to a sweep's own orders those that other runs left without their last step, if `others` is set.

    Orders that the sweep has `listed`, for instance because somebody named them, are due at any age.
    """
    asked = set(listed)
    now = services.now()
    due = [
        order
        for order in services.ledger.without_last_step(services.settings.without_deliveries)
        if order.order_id in asked
        or (others and is_finish_due(first_seen=order.first_seen_at, last_look=order.last_look, now=now))
    ]
    offline = [order.order_id for order in due if order.progress is Progress.SKIPPED]
    return Unfinished(sorted({*processed, *(order.order_id for order in due)} - {*offline}), offline)


def finish_outstanding(services: Services, left: Unfinished, run: RunRef, *, first_try: int = 1) -> list[StepResult]:
    """Finish the orders that a sweep found without their last step; `first_try` as for `run_step`."""
    offline = OrderStep(Step.OFFLINE_SENT, _mark_left, Progress.SKIPPED)
    marked = run_step(services, offline, left.offline, run, first_try=first_try)
    return [*marked, *finish_undelivered(services, left.written_back, run, first_try=first_try)]


def finish_undelivered(
    services: Services, order_ids: Iterable[int], run: RunRef, *, first_try: int = 1
) -> list[StepResult]:
    """Finish written-back orders that get no DESADV, as configured; `first_try` as for `run_step`."""
    known = services.ledger.get_many(order_ids)
    without = sorted(i for i, order in known.items() if services.last_step(order) in FINISHED_HERE)
    step = OrderStep(Step.FINISH, _finish, Progress.WRITTEN_BACK)
    return run_step(services, step, without, run, first_try=first_try)


def finishing_change(last_step: LastStep) -> tuple[str, str]:
    """Return the field that marks an order as finished, and its value."""
    return ("state", ShopState.DONE.value) if last_step is LastStep.DONE else MARK


def _finish(services: Services, claim: Claim, _run: RunRef) -> Outcome:
    return _change(services, claim, Step.FINISH, finishing_change(services.last_step(claim.order)))


def _mark_sent(services: Services, claim: Claim, _run: RunRef) -> Outcome:
    return _change(services, claim, Step.OFFLINE_SENT, MARK)


def _mark_left(services: Services, claim: Claim, run: RunRef) -> Outcome:
    """Mark an order that is still an offline one; otherwise record what it has become."""
    shop_order, order = services.read(claim.order_id)
    if is_markable(services, claim.order, shop_order):
        return _change(services, claim, Step.OFFLINE_SENT, MARK)
    if shop_order.offline is False:
        decision = services.decide(order)
    elif shop_order.state not in ALIVE:
        reason = Reason.CANCELLED if order.state is ShopState.CANCEL else Reason.NOT_CONFIRMED
        decision = Decision(action=Action.SKIP, reason=reason, detail=f"state is {shop_order.state}")
    else:
        claim.note(Step.OFFLINE_SENT, Outcome.UNCHANGED, message="only its day's run can tell that it is offline")
        return Outcome.UNCHANGED
    services.ledger.decide(order, decision, run)
    return Outcome.DECIDED


def is_markable(services: Services, known: LedgerOrder, shop_order: ShopOrder) -> bool:
    """Whether a skipped order is to be marked as sent.

    It must certainly be offline: it says so, or a day's run had proof of it before starting to mark it.
    """
    if shop_order.state not in ALIVE:
        return False
    if shop_order.offline is not None:
        return shop_order.offline
    return known.reason is Reason.OFFLINE or any(
        event.step is Step.OFFLINE_SENT and event.outcome is Outcome.INTENT
        for event in services.ledger.events(order_id=known.order_id)
    )


def _change(services: Services, claim: Claim, step: Step, change: tuple[str, str]) -> Outcome:
    """PATCH one field of an order if it differs, and trust only a later read."""
    field, value = change
    written = write(
        services,
        claim.order_id,
        lambda seen: finish_change(seen, field, value),
        method="PATCH",
        intend=partial(claim.intend, step),
        trust_answer=False,
    )
    outcome = Outcome.DONE if written.changed else Outcome.UNCHANGED
    claim.succeed(step, progress=Progress.SHIPMENT_SENT, outcome=outcome, last=True)
    return outcome


def finish_change(order: ShopOrder, field: str, value: str) -> Mapping[str, str] | None:
    """Return what an order needs to be finished; PermanentError if it can no longer be finished."""
    if order.state not in ALIVE:
        raise PermanentError(f"the shop's state is {order.state}", reason=Reason.CANCELLED_AFTER_EXPORT)
    return {field: value} if getattr(order, field) != value else None


def _read(services: Services, order_id: int, run: RunRef | None) -> ShopOrder:
    """Read an order; an unreadable one counts as failed, because nothing else would retry it."""
    bind_contextvars(order=str(order_id), step=Step.OFFLINE_SENT.value)
    read = isolated(lambda: services.read(order_id)[0], _named(order_id))
    if not isinstance(read, OrderflowError):
        return read
    log.warning("offline order: %s", read)
    if run and not ends_run(read):
        services.ledger.unread(order_id, "", read.reason, read.message, run)
    raise read


def _named(order_id: int) -> str:
    return f"id {order_id}"


def _proven_offline(services: Services, window: Window, orders: Sequence[ShopOrder]) -> list[ShopOrder]:
    """Keep only orders that are certainly offline: a shop that ignores the filter `offline` lists everything.

    If the orders do not say so themselves, the opposite listing must not contain them.
    """
    silent = [order for order in orders if order.offline is None]
    if not silent:
        return [order for order in orders if order.offline]
    online = services.list_window(window, offline=False)
    if {row.id for row in online} & {order.id for order in silent} or online.short:
        log.warning("the shop ignores the filter `offline` and its orders do not say what they are: none is marked")
        silent = []
    return [order for order in orders if order.offline] + silent

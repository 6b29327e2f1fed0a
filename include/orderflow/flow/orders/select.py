"""Select: read every listed order and decide, one by one, what to do with it."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from orderflow.domain.decision import Action, Decision
from orderflow.domain.go_live import gated
from orderflow.domain.never_paid import put_aside
from orderflow.domain.order import Order
from orderflow.domain.reasons import STUCK, Reason
from orderflow.domain.states import IN_ERP, INTENT_OPEN, PARTLY_WRITTEN_BACK, Progress, ShopState
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import StepResult, ends_run, isolated, values
from orderflow.flow.orders.decision import stays_resolved
from orderflow.flow.orders.go_live import go_live, is_known
from orderflow.flow.orders.withdrawals import is_returned, is_unheard_of
from orderflow.flow.services import Services
from orderflow.flow.tracing import working_on
from orderflow.ledger.models.orders import LedgerOrder, RunRef, Step
from orderflow.ledger.orders.deciding import may_decide

log = logging.getLogger(__name__)


class Selected(NamedTuple):
    """One listed order with its decision; without one if the order could not even be read."""

    order_id: int
    decision: Decision | None = None
    error: OrderflowError | None = None
    is_offline: bool = False
    """Whether the ledger then has it as an offline order that is not marked yet."""
    held: OrderflowError | None = None
    """Why the ledger then has it as held, if it has."""


def select(
    services: Services,
    order_ids: Sequence[int],
    *,
    run: RunRef,
    window: Window | None,
    record: bool = True,
    named: bool = False,
) -> list[Selected]:
    """Decide about every order, isolated from the others' failures; `record` False leaves the ledger alone.

    `named`: somebody has named these orders, so they are exported whatever the go-live date.
    """
    known = services.ledger.get_many(order_ids)
    by_person = named or window is not None
    live, zone = go_live(services, by_person=by_person), services.settings.timezone
    as_before: list[int] = []

    def one(order_id: int) -> Selected:
        with working_on(order_id, Step.SELECT.value):
            selected = isolated(partial(decide, order_id), f"id {order_id}")
            if not isinstance(selected, OrderflowError):
                return selected
            log.warning("could not be read: %s", selected)
            if record and not ends_run(selected):
                reference = known[order_id].reference if order_id in known else ""
                services.ledger.unread(order_id, reference, selected.reason, selected.message, run)
            raise selected

    def decide(order_id: int) -> Selected:
        _, order = services.read(order_id)
        decision = _with_memory(services.decide(order, window, known=known.get(order_id)), order, known.get(order_id))
        decision = _unless_never_paid(services, decision, order, known.get(order_id))
        if not is_known(known.get(order_id), decision):
            decision = gated(decision, order, go_live=live, by_person=by_person, timezone=zone)
        if record and services.ledger.decide(order, decision, run).is_as_before:
            as_before.append(order_id)
        log.info("%s: %s (%s) %s", order.external_reference, decision.action, decision.reason, decision.detail)
        held = _held(order, decision, known.get(order_id), run, services.ledger.now())
        return Selected(order_id, decision, is_offline=_is_offline(decision, known.get(order_id)), held=held)

    results = services.each(one, order_ids, lambda order_id: f"id {order_id}")
    services.ledger.looks.note(run.name, as_before)
    values(results)  # unless nothing more can be done
    selected = [
        Selected(order_id, error=result) if isinstance(result, OrderflowError) else result
        for order_id, result in zip(order_ids, results, strict=True)
    ]
    if record:
        services.ledger.days.orders_known(run.name)
    counts = Counter(str(s.decision.action) if s.decision else "not read" for s in selected)
    log.info("selected: %s", ", ".join(f"{count} {action}" for action, count in counts.items()) or "nothing")
    return selected


def _unless_never_paid(services: Services, decision: Decision, order: Order, known: LedgerOrder | None) -> Decision:
    days = services.settings.limits.never_paid_days
    if known is None or days is None:
        return decision
    return put_aside(
        decision,
        order,
        seen_as=known.shop_modified_at,
        since=known.first_seen_at,
        patience=timedelta(days=days),
        now=services.now(),
    )


def to_process(selected: Iterable[Selected]) -> list[int]:
    """Return the ids of the orders to process, sorted."""
    return sorted(s.order_id for s in selected if s.decision and s.decision.action is Action.PROCESS)


def to_mark(selected: Iterable[Selected]) -> list[int]:
    """Return the ids of the offline orders to mark as sent, sorted."""
    return sorted(s.order_id for s in selected if s.is_offline)


def failed(selected: Iterable[Selected]) -> list[StepResult]:
    """Return the orders that could not be read, or are held although they are payable: the run has not done its job."""
    errors = {s.order_id: s.error or s.held for s in selected if s.error or (s.held and s.held.reason in STUCK)}
    return [StepResult(order_id, None, error) for order_id, error in errors.items()]


def left(selected: Iterable[Selected]) -> list[StepResult]:
    """Return the other orders that are held for a person."""
    return [StepResult(s.order_id, None, s.held) for s in selected if s.held and s.held.reason not in STUCK]


def _held(
    order: Order, decision: Decision, known: LedgerOrder | None, run: RunRef, now: datetime
) -> OrderflowError | None:
    """Return why an order is held, if this decision holds it."""
    if decision.action is not Action.HOLD or (known and not may_decide(known, order, decision, run, now)):
        return None
    name = f"id {order.order_id} ({order.external_reference})"
    return PermanentError(decision.detail, reason=decision.reason, order=name)


def _is_offline(decision: Decision, known: LedgerOrder | None) -> bool:
    """Whether the ledger has an order as offline after this decision; "not of this day" changes no known order."""
    was_offline = known is not None and known.progress is Progress.OFFLINE
    return decision.action is Action.MARK or (was_offline and decision.reason is Reason.OUTSIDE_WINDOW)


def _with_memory(decision: Decision, order: Order, known: LedgerOrder | None) -> Decision:
    """Finish what was started, whatever the shop says now: the push reads again and finds out how.

    This also applies to an order in the ERP that was reopened in the shop, even if it is no longer payable, and to one
    that was cancelled or sent back there, or is no longer.
    """
    if known is None:
        return decision
    if stays_resolved(known, order):
        return Decision(action=Action.SKIP, reason=Reason.RESOLVED)
    reopened = known.erp_number is not None and order.state is ShopState.CONFIRMED
    moved = is_unheard_of(known, order.state) or is_returned(known, order.state)
    if reopened or moved or known.progress in PARTLY_WRITTEN_BACK | INTENT_OPEN:
        return Decision(action=Action.PROCESS, reason=Reason.RESUMED, detail=f"stood at {known.progress}")
    if decision.action is Action.MARK and known.progress in IN_ERP:  # marked before, or sent when it did not say so
        return Decision(action=Action.SKIP, reason=decision.reason)
    return decision

"""An order's steps as data, and how a step is run for many orders: claimed, isolated, recorded."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from orderflow.domain.reasons import NOT_SENT, NOT_THIS_ORDER, REJECTIONS, Reason
from orderflow.domain.states import INTENT_OPEN, Progress
from orderflow.errors import InDoubtError, OrderflowError, PermanentError
from orderflow.flow.batch import StepResult, isolated
from orderflow.flow.orders.push import push
from orderflow.flow.orders.write_back import patch_erp_order_number, patch_state, put_order_lines
from orderflow.flow.services import Services
from orderflow.flow.tracing import working_on
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.orders.claim import Claim

log = logging.getLogger(__name__)

_SAYS_NO = NOT_SENT | {Reason.ERP_REFUSED, Reason.ERP_UNAVAILABLE}
"""Reasons why a request for a new order has certainly failed, besides the ERP's rejection of the order itself."""

Work = Callable[[Services, Claim, RunRef], Outcome]


class OrderStep(NamedTuple):
    """A step: its name in the ledger, its work, and the progress an order must have for it (None: any)."""

    step: Step
    work: Work
    needs: Progress | None


PUSH = OrderStep(Step.PUSH, push, None)
PATCH_STATE = OrderStep(Step.PATCH_STATE, patch_state, Progress.PUSHED)
PATCH_NUMBER = OrderStep(Step.PATCH_NUMBER, patch_erp_order_number, Progress.STATE_SET)
PUT_LINES = OrderStep(Step.PUT_LINES, put_order_lines, Progress.NUMBER_SET)

ORDER_STEPS = (PUSH, PATCH_STATE, PATCH_NUMBER, PUT_LINES)
"""An order's steps, in this order."""


def run_step(
    services: Services, order_step: OrderStep, order_ids: Sequence[int], run: RunRef, *, first_try: int = 1
) -> list[StepResult]:
    """Run a step for many orders at once. One order's failure is recorded and returned, never raised.

    What a person must fix is not tried again within the tries `first_try` .. now of the same task.
    """
    refused = _refused(services, order_step.step, run, first_try)

    def one(order_id: int) -> Outcome | None:
        if order_id in refused:
            raise refused[order_id]
        with working_on(order_id, order_step.step.value):
            return _one(services, order_step, order_id, run)

    results = zip(order_ids, services.each(one, order_ids, lambda order_id: f"id {order_id}"), strict=True)
    return [
        StepResult(order_id, None, result) if isinstance(result, OrderflowError) else StepResult(order_id, result, None)
        for order_id, result in results
    ]


def _one(services: Services, order_step: OrderStep, order_id: int, run: RunRef) -> Outcome | None:
    """Do the work on an order whose turn it is; any error is in the ledger before it is raised."""
    with services.ledger.claim(order_id, run) as claim:
        if order_step.needs and not has_its_turn(claim.order, order_step.needs):
            return None
        before = claim.order.progress
        result = isolated(partial(order_step.work, services, claim, run), claim.order.name)
        if not isinstance(result, OrderflowError):
            log.info("%s %s: %s", order_step.step, claim.order.name, result)
            return result
        failure = _doubted(result, claim.order.progress)
        log.warning("%s %s: %s", order_step.step, claim.order.name, failure)
        claim.fail(order_step.step, failure, progress=_progress_after(failure, before, claim.order.progress))
        raise failure


def has_its_turn(known: LedgerOrder, needs: Progress) -> bool:
    """Whether a step may continue with an order; nothing is written to the shop if the ERP has cancelled it."""
    return known.progress is needs and known.reason is not Reason.ERP_ORDER_CANCELLED


def _doubted(error: OrderflowError, now: Progress) -> OrderflowError:
    """Put a push in doubt after an unexpected error: its request may have been sent."""
    if error.reason is Reason.UNEXPECTED and now in INTENT_OPEN and not isinstance(error, InDoubtError):
        return InDoubtError(error.message, order=error.order)
    return error


def _progress_after(error: OrderflowError, before: Progress, now: Progress) -> Progress | None:
    """Return the progress after a failed push; None: unchanged.

    The intent is dropped only if the ERP certainly does not have the order. It stays open if an earlier try left it
    open, unless the ERP has now judged the order. It also stays open if something other than the ERP failed, such as
    the ledger while the ERP's answer was being recorded.
    """
    if now is Progress.READY and error.reason in NOT_THIS_ORDER:
        return Progress.REJECTED
    if now is not Progress.PUSHING:
        return None
    if error.reason in REJECTIONS:
        return Progress.REJECTED
    if before in INTENT_OPEN or isinstance(error, InDoubtError) or error.reason not in _SAYS_NO:
        return Progress.IN_DOUBT
    return Progress.REJECTED if isinstance(error, PermanentError) else Progress.READY


def _refused(services: Services, step: Step, run: RunRef, first_try: int) -> dict[int, OrderflowError]:
    """Return the orders for which an earlier one of these tries already got a final refusal."""
    if run.try_number <= first_try:
        return {}
    refused: dict[int, OrderflowError] = {}
    for seen in services.ledger.run_orders(run.run_id, dag_id=run.dag_id):
        last = seen.last.get(step)
        if last and last.outcome is Outcome.REJECTED and first_try <= last.run.try_number < run.try_number:
            error = PermanentError(last.message, reason=last.reason, order=seen.order.name)
            refused[seen.order.order_id] = error
    return refused

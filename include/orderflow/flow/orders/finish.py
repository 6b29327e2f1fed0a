"""The finish: the last step of an order that will get no despatch advice, be it offline or written back."""

from collections.abc import Iterable, Mapping
from functools import partial

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.backoff import is_finish_due
from orderflow.domain.decision import Action
from orderflow.domain.last_step import FINISHED_HERE, LastStep
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ALIVE, Progress, ShopState
from orderflow.errors import PermanentError
from orderflow.flow.batch import StepResult
from orderflow.flow.orders.steps import OrderStep, run_step
from orderflow.flow.orders.writing import write
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import Outcome, RunRef, Step
from orderflow.ledger.orders.claim import Claim

MARK = ("shipment_state", "sent")
"""The field and value that mark an offline order as finished."""


def finish(
    services: Services, listed: Iterable[int], written_back: Iterable[int], run: RunRef, *, first_try: int = 1
) -> list[StepResult]:
    """Mark the offline orders among the listed ones as sent, and finish the others; `first_try` as for `run_step`.

    Of the others those are finished that get no DESADV, as configured.
    """
    offline = [i for i, order in services.ledger.get_many(listed).items() if order.progress is Progress.OFFLINE]
    known = services.ledger.get_many(written_back)
    without = sorted(i for i, order in known.items() if services.last_step(order) in FINISHED_HERE)
    marked = run_step(services, _MARK_SENT, sorted(offline), run, first_try=first_try)
    return [*marked, *run_step(services, _FINISH, without, run, first_try=first_try)]


def find_outstanding(
    services: Services, listed: Iterable[int], processed: Iterable[int], *, others: bool = True
) -> list[int]:
    """Add to a sweep's own orders those that other runs left without their last step, if `others` is set.

    Orders that the sweep has `listed`, for instance because somebody named them, are due at any age. Those whose last
    step depends on the settings are among them, whatever these say.
    """
    asked = set(listed)
    now = services.now()
    due = {
        order.order_id
        for order in services.ledger.without_last_step(services.settings.without_deliveries)
        if order.order_id in asked
        or (others and is_finish_due(first_seen=order.first_seen_at, last_look=order.last_look, now=now))
    }
    known = services.ledger.get_many(asked).values()  # a dry run does not know yet which webshop they have now
    unsettled = {o.order_id for o in known if o.progress is Progress.WRITTEN_BACK and o.last_step is None}
    return sorted({*processed, *due, *unsettled})


def finishing_change(last_step: LastStep) -> tuple[str, str]:
    """Return the field that marks an order as finished, and its value."""
    return ("state", ShopState.DONE.value) if last_step is LastStep.DONE else MARK


def finish_change(order: ShopOrder, field: str, value: str) -> Mapping[str, str] | None:
    """Return what an order needs to be finished; PermanentError if it can no longer be finished."""
    if order.state not in ALIVE:
        raise PermanentError(f"the shop's state is {order.state}", reason=Reason.CANCELLED_AFTER_EXPORT)
    return {field: value} if getattr(order, field) != value else None


def _finish(services: Services, claim: Claim, _run: RunRef) -> Outcome:
    return _change(services, claim, Step.FINISH, finishing_change(services.last_step(claim.order)))


def _mark_sent(services: Services, claim: Claim, run: RunRef) -> Outcome:
    """Mark an order that is still an offline one; otherwise record what it has become."""
    _, order = services.read(claim.order_id)
    decision = services.decide(order, known=claim.order)
    if decision.action is Action.MARK:
        return _change(services, claim, Step.OFFLINE_SENT, MARK)
    services.ledger.decide(order, decision, run)
    return Outcome.DECIDED


def _change(services: Services, claim: Claim, step: Step, change: tuple[str, str]) -> Outcome:
    """PATCH one field of an order if it differs, and trust only a later read."""
    field, value = change
    written = write(
        services,
        claim.order_id,
        lambda seen: None if step is Step.OFFLINE_SENT and seen.offline is False else finish_change(seen, field, value),
        method="PATCH",
        intend=partial(claim.intend, step),
        trust_answer=False,
    )
    outcome = Outcome.DONE if written.changed else Outcome.UNCHANGED
    claim.succeed(step, progress=Progress.SHIPMENT_SENT, outcome=outcome, last=True)
    return outcome


_MARK_SENT = OrderStep(Step.OFFLINE_SENT, _mark_sent, Progress.OFFLINE)
_FINISH = OrderStep(Step.FINISH, _finish, Progress.WRITTEN_BACK)

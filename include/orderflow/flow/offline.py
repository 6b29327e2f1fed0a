"""The finish: tell the shop `shipment_state=sent` for orders of which no delivery message will come."""

import logging
from collections.abc import Iterable, Sequence

from structlog.contextvars import bind_contextvars

from orderflow.cloudsuite.filters import OrderFilter
from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.backoff import is_finish_due
from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import OrderKey
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress, ShopState
from orderflow.domain.window import Window
from orderflow.errors import HeldBackError, OrderflowError, PermanentError
from orderflow.flow.parties import Parties
from orderflow.flow.steps import OrderStep, StepResult, run_step
from orderflow.ledger.models import UNKNOWN_WEBSHOP, Outcome, RunRef, Step
from orderflow.ledger.store import Claim

log = logging.getLogger(__name__)

SENT = "sent"
_UNFINISHED_STATES = {ShopState.CONFIRMED, ShopState.PROCESSING, ShopState.DONE}


def mark_offline_sent(parties: Parties, window: Window, run: RunRef) -> list[StepResult]:
    """PATCH `shipment_state=sent` on the window's offline orders that are not sent yet."""
    unread, orders = unsent_offline(parties, window, run)
    understood = [parties.understand(order) for order in orders]
    for known_offline in understood:
        parties.ledger.decide(known_offline, Decision(action=Action.SKIP, reason=Reason.OFFLINE), run)
    keys = [order.key for order in understood]
    return unread + run_step(parties, OrderStep(Step.OFFLINE_SENT, _mark_sent, None), keys, run)


def unsent_offline(
    parties: Parties, window: Window, run: RunRef | None
) -> tuple[list[StepResult], Sequence[ShopOrder]]:
    """Return which of the window's offline orders could not be read, and which are not sent yet.

    With a `run`, the former are in the ledger too.
    """
    listed = _list(parties, window, offline=True)
    known = parties.ledger.by_order_id(listed)
    unsent = [i for i in listed if i not in known or known[i].progress is not Progress.SHIPMENT_SENT]
    read = parties.in_parallel(lambda i: _read(parties, i, run), unsent)
    unread = [result for result in read if isinstance(result, StepResult)]
    return unread, _proven_offline(parties, window, [order for order in read if isinstance(order, ShopOrder)])


def left_unfinished(parties: Parties, keys: Iterable[OrderKey]) -> list[OrderKey]:
    """Add to a sweep's own orders those that were written back by a run that ended before it finished them."""
    now = parties.now()
    without = {shop for shop, settings in parties.settings.webshops.items() if settings.deliveries == "none"}
    left = [
        order.key
        for order in parties.ledger.written_back(without)
        if is_finish_due(first_seen=order.first_seen_at, last_look=order.updated_at, now=now)
    ]
    return sorted({*keys, *left})


def finish_undelivered(parties: Parties, keys: Iterable[OrderKey], run: RunRef) -> list[StepResult]:
    """Finish written-back orders of webshops that send no DESADV, the way their settings say."""
    without = [key for key in keys if parties.settings.webshop(key.webshop).deliveries == "none"]
    return run_step(parties, OrderStep(Step.FINISH, _finish, Progress.WRITTEN_BACK), without, run)


def finishing_change(parties: Parties, webshop: int) -> tuple[str, str]:
    """Return which field of an order says in this webshop that it is finished, and the value that says so."""
    if parties.settings.webshop(webshop).finish == "shipment_sent":
        return "shipment_state", SENT
    return "state", ShopState.DONE.value


def _finish(parties: Parties, claim: Claim, _run: RunRef) -> Outcome:
    return _change(parties, claim, Step.FINISH, *finishing_change(parties, claim.order.key.webshop))


def _mark_sent(parties: Parties, claim: Claim, _run: RunRef) -> Outcome:
    return _change(parties, claim, Step.OFFLINE_SENT, "shipment_state", SENT)


def _change(parties: Parties, claim: Claim, step: Step, field: str, value: str) -> Outcome:
    """Read, PATCH one field if it differs, and believe only what is read afterwards."""
    order = parties.shop.get_order(claim.order.key.order_id)
    if order.state not in _UNFINISHED_STATES:
        raise PermanentError(f"the shop's state is {order.state}", reason=Reason.CANCELLED_AFTER_EXPORT)
    if getattr(order, field) == value:
        claim.succeed(step, progress=Progress.SHIPMENT_SENT, outcome=Outcome.UNCHANGED)
        return Outcome.UNCHANGED
    claim.intend(step)
    parties.shop.patch_order(order.id, {field: value})
    kept = getattr(parties.shop.get_order(order.id), field)
    if kept != value:
        raise PermanentError(f"{field} is {kept!r} instead of {value!r}", reason=Reason.WRITEBACK_IGNORED)
    claim.succeed(step, progress=Progress.SHIPMENT_SENT)
    return Outcome.DONE


def _list(parties: Parties, window: Window, *, offline: bool) -> list[int]:
    first, last = window.api_bounds(parties.settings.api_timezone)
    rows = parties.shop.list_orders(OrderFilter(confirm_date__gte=first, confirm_date__lte=last, offline=offline))
    return sorted(row.id for row in rows if not offline or row.state in _UNFINISHED_STATES)


def _read(parties: Parties, order_id: int, run: RunRef | None) -> ShopOrder | StepResult:
    """Read an order; one that cannot be read is a failed one, for nothing else would come back to it."""
    bind_contextvars(order=str(OrderKey(UNKNOWN_WEBSHOP, order_id)), step=Step.OFFLINE_SENT.value)
    try:
        return parties.shop.get_order(order_id)
    except HeldBackError:
        raise  # our own limits say nothing about an order
    except OrderflowError as error:
        error.order = error.order or f"id {order_id}"
        log.warning("offline order: %s", error)
        if run:
            parties.ledger.unread(order_id, "", error.reason, error.message, run)
        return StepResult(OrderKey(UNKNOWN_WEBSHOP, order_id), None, error)


def _proven_offline(parties: Parties, window: Window, orders: Sequence[ShopOrder]) -> list[ShopOrder]:
    """Keep only what certainly is offline: a shop that ignores the filter `offline` lists everything.

    Where the orders do not say so themselves, the opposite listing must not name them.
    """
    silent = [order for order in orders if order.offline is None]
    online = set(_list(parties, window, offline=False)) if silent else set()
    if online & {order.id for order in silent}:
        log.warning("the shop ignores the filter `offline` and its orders do not say what they are: none is marked")
        silent = []
    return [order for order in orders if order.offline] + silent

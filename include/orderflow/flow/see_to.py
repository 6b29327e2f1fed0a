"""Seen to: what a person has dealt with by hand is closed, so that nobody is told of it for ever."""

import logging
from collections.abc import Iterable

from orderflow.domain.order import Order, OrderKey
from orderflow.domain.reasons import Reason
from orderflow.domain.standing import Standing
from orderflow.domain.states import Progress
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.parties import Parties
from orderflow.flow.push import fingerprint
from orderflow.flow.standings import standing_of
from orderflow.ledger.models import LedgerOrder, RunRef

log = logging.getLogger(__name__)

_NOTHING_TO_SEE_TO = {Standing.WAITING, Standing.OVERDUE, Standing.SKIPPED}
"""The way out of these is in the shop: payment, or cancelling the order there."""


def find_seen_to(parties: Parties, names: Iterable[str]) -> list[OrderKey]:
    """Return the orders that people call so, by the ledger, for the shop may have deleted them; PermanentError."""
    return [_find(parties, name.strip()).key for name in dict.fromkeys(names)]


def see_to(parties: Parties, keys: Iterable[OrderKey], run: RunRef) -> None:
    """Close what is open about these orders: a flag is taken down, an order that is stuck is at an end.

    What the shop shows of it now is what the person has dealt with: it is not told of again, a later change is.
    """
    for key in keys:
        order = _as_it_is_now(parties, key)
        with parties.ledger.claim(key, run) as claim:
            claim.see_to(order.modified_at if order else None, fingerprint(order) if order else None)
        log.info("%s: seen to, stands at %s now", claim.order.external_reference, claim.order.progress)


def _find(parties: Parties, name: str) -> LedgerOrder:
    found = parties.ledger.called(name)
    if not found:
        raise PermanentError(f"the ledger knows no order {name!r}", reason=Reason.ORDER_NOT_FOUND)
    if len(found) > 1:
        raise PermanentError(
            f"{name!r} may be any of {', '.join(str(order.key) for order in found)} (webshop/order id)",
            reason=Reason.REFERENCE_AMBIGUOUS,
        )
    (order,) = found
    done = order.progress is Progress.SEEN_TO
    if not done and (order.progress is Progress.UNREAD or standing_of(parties, order) in _NOTHING_TO_SEE_TO):
        raise PermanentError(
            f"order {name}: it is {order.progress} ({order.reason}), and nothing about it was begun: "
            "correct or cancel it in the shop",
            reason=order.reason,
        )
    return order


def _as_it_is_now(parties: Parties, key: OrderKey) -> Order | None:
    """Read the order; None when the shop has deleted it."""
    try:
        return parties.read(key.order_id)[1]
    except OrderflowError as error:
        if error.reason is Reason.ORDER_NOT_FOUND:
            return None
        raise

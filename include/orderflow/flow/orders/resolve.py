"""Resolve: close orders that a person has dealt with by hand, so that they are not announced for ever."""

import logging
from collections.abc import Iterable
from functools import partial

from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.domain.worklist import may_be_resolved
from orderflow.errors import ConfigurationError, OrderflowError, PermanentError
from orderflow.flow.batch import isolated
from orderflow.flow.orders.after_export import content_hash
from orderflow.flow.reporting.worklists import worklist_of
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import NOBODY, LedgerOrder, RunRef, Word

log = logging.getLogger(__name__)


def find_to_resolve(services: Services, names: Iterable[str]) -> list[int | OrderflowError]:
    """Return each order with one of these names, or why it cannot be resolved: one wrong name does not hide the others.

    They are looked up in the ledger, because the shop may have deleted them.
    """
    return [isolated(partial(_find, services, name), name) for name in dict.fromkeys(name.strip() for name in names)]


def resolve(
    services: Services, order_ids: Iterable[int], run: RunRef, *, word: Word = NOBODY, as_of: str | None = None
) -> list[int | OrderflowError]:
    """Close what is open about these orders: a flag is cleared, a stuck order is finished.

    What the shop shows now is what the person has dealt with: it is not announced again, but a later change is. The
    order's differences between shop and ERP are accepted in the same way. `as_of` is what `as_shown` returned for the
    order that the person judged: an order that has changed since stays open. Returns each order, or why it could not be
    closed.
    """

    def one(order_id: int) -> int:
        order = as_it_is_now(services, order_id)
        if as_of is not None and as_shown(order) != as_of:
            raise PermanentError("the shop has changed it since it was asked about", reason=Reason.EDITED_AFTER_EXPORT)
        with services.ledger.claim(order_id, run) as claim:
            claim.resolve(order.modified_at if order else None, content_hash(order) if order else None, word)
        services.ledger.findings.accept(order_id)
        log.info("%s: resolved, at %s now", claim.order.name, claim.order.progress)
        return order_id

    return services.each(one, order_ids, lambda order_id: f"id {order_id}")


def undo(services: Services, order_ids: Iterable[int], run: RunRef, word: Word) -> list[int | OrderflowError]:
    """Undo within a day that these orders were dealt with: restore their progress and their alerts.

    Returns each order, or why it could not be undone.
    """

    def one(order_id: int) -> int:
        with services.ledger.claim(order_id, run) as claim:
            since = claim.undo(word)
        services.ledger.findings.take_back(order_id, since)
        return order_id

    return services.each(one, order_ids, lambda order_id: f"id {order_id}")


def comment(services: Services, order_ids: Iterable[int], run: RunRef, word: Word) -> list[int | OrderflowError]:
    """Add a comment to the log of these orders; return each order, or why it could not be added."""

    def one(order_id: int) -> int:
        services.ledger.words.comment(order_id, word, run)
        return order_id

    return services.each(one, order_ids, lambda order_id: f"id {order_id}")


def as_shown(order: Order | None) -> str:
    """Return what identifies the state of an order that a person judges; changes to other fields do not matter."""
    return "gone" if order is None else f"{order.state} {content_hash(order)}"


def find_known(services: Services, names: Iterable[str]) -> list[int | OrderflowError]:
    """Return each order with one of these names, whatever its progress, or why there is none."""
    named = dict.fromkeys(name.strip() for name in names)
    return [isolated(partial(lambda name: _called(services, name).order_id, name), name) for name in named]


def _called(services: Services, name: str) -> LedgerOrder:
    if not name or not name.isprintable():
        raise ConfigurationError(f"{name!r} is no name of an order; write CS48193, 2/CS48193 or the shop's id")
    found = services.ledger.called(name)
    if not found:
        raise PermanentError(f"the ledger knows no order {name!r}", reason=Reason.ORDER_NOT_FOUND)
    if len(found) > 1:
        raise PermanentError(
            f"{name!r} may be any of {', '.join(f'{order.order_id} ({order.name})' for order in found)}: give the id",
            reason=Reason.REFERENCE_AMBIGUOUS,
        )
    return found[0]


def _find(services: Services, name: str) -> int:
    order = _called(services, name)
    done = order.progress is Progress.RESOLVED
    if not done and (order.progress is Progress.UNREAD or not may_be_resolved(worklist_of(services, order))):
        raise PermanentError(
            f"order {name}: it is {order.progress} ({order.reason}), and nothing about it was begun: "
            "correct or cancel it in the shop",
            reason=order.reason,
        )
    return order.order_id


def as_it_is_now(services: Services, order_id: int) -> Order | None:
    """Read the order; None if the shop has deleted it."""
    try:
        return services.read(order_id)[1]
    except OrderflowError as error:
        if error.reason is Reason.ORDER_NOT_FOUND:
            return None
        raise

"""Forget: erase on request what the ledger knows about an order, except what keeps it from being sent twice."""

from collections.abc import Iterable
from functools import partial

from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import isolated
from orderflow.ledger.books.erasure import Erased
from orderflow.ledger.ledger import Ledger

ELSEWHERE = (
    "erase it also where this command does not reach: the shop and the ERP (a run that still reads the order there "
    "writes its reference again), task logs, Airflow's XCom, mails and chat that were sent, and CSV files of "
    "reconciliations, which name orders"
)


def forget(ledger: Ledger, *, references: Iterable[str], order_ids: Iterable[int]) -> list[Erased | OrderflowError]:
    """Erase each order, or return why not: an error with one does not stop the others."""
    named = [isolated(partial(_find, ledger, name), name) for name in dict.fromkeys(references)]
    found = dict.fromkeys([*(one for one in named if isinstance(one, int)), *order_ids])
    erased = [isolated(partial(ledger.housekeeping.erase, order_id), f"id {order_id}") for order_id in found]
    return [*(one for one in named if isinstance(one, OrderflowError)), *erased]


def _find(ledger: Ledger, name: str) -> int:
    found = ledger.called(name) if name.strip() and name.isprintable() else []
    if len(found) == 1:
        return found[0].order_id
    if not found:
        raise PermanentError(
            f"the ledger knows no order {name!r}; write CS48193, 2/CS48193 or the shop's id",
            reason=Reason.ORDER_NOT_FOUND,
        )
    ids = ", ".join(str(order.order_id) for order in found)
    raise PermanentError(
        f"{name!r} may be any of these order ids: {ids}; give the id", reason=Reason.REFERENCE_AMBIGUOUS
    )

"""Whether a decision about an order changes it: pure, for its row as for the record of it that a dry run has."""

from datetime import datetime

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ALIVE, IN_ERP, INTENT_OPEN, was_only_marked
from orderflow.ledger.models.orders import LedgerOrder, RunRef
from orderflow.ledger.tables.lease import is_held
from orderflow.ledger.tables.orders import OrderRow


def may_decide(row: OrderRow | LedgerOrder, order: Order, decision: Decision, run: RunRef, now: datetime) -> bool:
    """Whether the decision may change the order.

    Not if its push has started, or another run is working on it. "Not of this day" does not apply to the day that the
    order belongs to, once that day has decided. An order that was marked as an offline one is decided again if it turns
    out to be an online one.
    """
    if row.decision is not None and decision.reason is Reason.OUTSIDE_WINDOW:
        return False
    return is_undecided(row, run, now) or (
        was_only_marked(row.progress, row.pushed_at)
        and _is_online_after_all(order, decision)
        and not _is_claimed(row, run, now)
    )


def _is_online_after_all(order: Order, decision: Decision) -> bool:
    """Whether an order that was an offline one is to be exported, now or later.

    One that does not say what it is gets such a decision only if the shop's lists prove that it is online.
    """
    return not order.offline and order.state in ALIVE and decision.action in {Action.PROCESS, Action.WAIT, Action.HOLD}


def is_undecided(row: OrderRow | LedgerOrder, run: RunRef, now: datetime) -> bool:
    """Whether no push has started, not even by newer code, and no other task is working on the order."""
    open_to_all = row.progress.is_known and row.progress not in IN_ERP | INTENT_OPEN
    return open_to_all and not _is_claimed(row, run, now)


def _is_claimed(row: OrderRow | LedgerOrder, run: RunRef, now: datetime) -> bool:
    return is_held(row, now) and row.claimed_by != str(run)

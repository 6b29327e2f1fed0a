"""A plan: every write that a run would make; stored for the page, and listed in the log without bodies."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orderflow.domain.order import Order
from orderflow.flow.batch import Result
from orderflow.flow.services import Services
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.orders import LedgerOrder, RunRef


class Plan(NamedTuple):
    """What a run would do."""

    calls: Sequence[PlannedCall]
    failed: Sequence[Result] = ()
    """The orders or packing slips that would fail, after the calls that would come first."""
    left: Sequence[Result] = ()
    """Those that would be left alone, and why: held for a person, or another run is working on them now."""


def joined(*plans: Plan) -> Plan:
    """Merge several plans into one."""
    return Plan(
        [call for plan in plans for call in plan.calls],
        [failed for plan in plans for failed in plan.failed],
        [left for plan in plans for left in plan.left],
    )


def keep_plan(services: Services, run: RunRef, plan: Plan) -> str:
    """Store the planned calls in the ledger for some days; return the plan as a table for the log."""
    services.ledger.plans.keep(run, plan.calls)
    return as_table(plan)


def as_table(plan: Plan) -> str:
    """Return a header and one line per call, then one line per order or packing slip that would fail or be left.

    This goes to task logs, which many people may read. So it leaves out the bodies, which identify the buyer.
    """
    return _table(
        plan, [("about", "to", "call", "path"), *((c.subject, c.system, c.method, c.path) for c in plan.calls)]
    )


def as_table_with_bodies(plan: Plan) -> str:
    """Return the same with the exact bodies, for the user's own terminal."""
    rows = ((c.subject, c.system, c.method, c.path, c.body) for c in plan.calls)
    return _table(plan, [("about", "to", "call", "path", "body"), *rows])


def _table(plan: Plan, rows: Iterable[Sequence[str]]) -> str:
    lines = [
        " ".join([f"{about:12} {to:4} {call:5} {path:24}", *body]).rstrip() for about, to, call, path, *body in rows
    ]
    failures = [f"would fail: {result.error}" for result in plan.failed]
    left = [f"would be left: {result.error}" for result in plan.left]
    return "\n".join([f"dry run: {len(plan.calls)} calls would be made", *lines, *left, *failures])


def planned(order: Order | LedgerOrder, system: str, method: str, path: str, body: str) -> PlannedCall:
    """Return a call about an order."""
    subject = order.name if isinstance(order, LedgerOrder) else order.external_reference
    return PlannedCall(subject=subject, order_id=order.order_id, system=system, method=method, path=path, body=body)

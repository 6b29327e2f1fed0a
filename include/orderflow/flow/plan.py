"""A plan: every write that a run would make; kept for the page, and listed in the log without its bodies."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orderflow.domain.order import Order
from orderflow.flow.batch import StepResult
from orderflow.flow.services import Services
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.orders import RunRef


class Plan(NamedTuple):
    """What a run would do."""

    calls: Sequence[PlannedCall]
    failed: Sequence[StepResult] = ()
    """The orders for which it would fail, after the calls that it would make before."""


def joined(*plans: Plan) -> Plan:
    """Make one plan of several."""
    return Plan([call for plan in plans for call in plan.calls], [failed for plan in plans for failed in plan.failed])


def keep_plan(services: Services, run: RunRef, plan: Plan) -> str:
    """Keep the planned calls in the ledger for some days; returns the plan as a table for the log."""
    services.ledger.plans.keep(run, plan.calls)
    return as_table(plan)


def as_table(plan: Plan) -> str:
    """Return one line per call, with a head, then one per order for which the run would fail.

    This goes to task logs, which keep it for whoever may read them. So it has no bodies: they say who buys.
    """
    return _table(
        plan, [("about", "to", "call", "path"), *((c.subject, c.system, c.method, c.path) for c in plan.calls)]
    )


def as_table_with_bodies(plan: Plan) -> str:
    """Return the same with the exact bodies, for the terminal of the person who asks."""
    rows = ((c.subject, c.system, c.method, c.path, c.body) for c in plan.calls)
    return _table(plan, [("about", "to", "call", "path", "body"), *rows])


def _table(plan: Plan, rows: Iterable[Sequence[str]]) -> str:
    lines = [
        " ".join([f"{about:12} {to:4} {call:5} {path:24}", *body]).rstrip() for about, to, call, path, *body in rows
    ]
    failures = [f"would fail: {result.error}" for result in plan.failed]
    return "\n".join([f"dry run: {len(plan.calls)} calls would be made", *lines, *failures])


def planned(order: Order, system: str, method: str, path: str, body: str) -> PlannedCall:
    """Return a call about an order."""
    return PlannedCall(
        subject=order.external_reference, order_id=order.order_id, system=system, method=method, path=path, body=body
    )

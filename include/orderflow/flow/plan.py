"""A plan: every write that a run would make; kept for the page, and shown as a table in the log."""

from collections.abc import Sequence
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
    """Keep the planned calls in the ledger for some days; returns the plan as a table."""
    services.ledger.plans.keep(run, plan.calls)
    return as_table(plan)


def as_table(plan: Plan) -> str:
    """Return one line per call, with a head, then one per order for which the run would fail."""
    rows = [(c.subject, c.system, c.method, c.path, c.body) for c in plan.calls]
    lines = [
        f"{about:12} {to:4} {call:5} {path:24} {body}"
        for about, to, call, path, body in [("about", "to", "call", "path", "body"), *rows]
    ]
    failures = [f"would fail: {result.error}" for result in plan.failed]
    return "\n".join([f"dry run: {len(rows)} calls would be made", *lines, *failures])


def planned(order: Order, system: str, method: str, path: str, body: str) -> PlannedCall:
    """Return a call about an order."""
    return PlannedCall(
        subject=order.external_reference, order_id=order.order_id, system=system, method=method, path=path, body=body
    )

"""The end of a run: its numbers, and alerts for what no task recorded."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import NamedTuple

from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError
from orderflow.flow.batch import isolated
from orderflow.flow.reporting.groups import ORDER, counted
from orderflow.flow.reporting.report import Failure, Report, report
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Alert, Subject
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunOrder, RunRef, Step

_EXAMPLES = 10
"""The most orders that one message names."""


class AlertChanges(NamedTuple):
    """What a run changed in the book of alerts."""

    opened: Sequence[Alert]
    """Alerts that it was the first to open, and that are still open."""
    closed: int
    still_open: Sequence[Alert]

    def digest(self) -> str:
        """Return one line per open alert."""
        return "\n".join(map(alert_line, self.still_open))


def alert_line(alert: Alert) -> str:
    """Describe in one line what it is about, why, how often it was seen, since when, and who owns it."""
    what = f"{alert.order} fails as a whole" if alert.is_outage else alert.order
    seen = "seen once" if alert.seen == 1 else f"seen {alert.seen} times"
    return (
        f"{what}: {alert.reason}, {seen} since {alert.opened_at:%Y-%m-%d %H:%M} UTC. "
        f"Owner: {EXPLAINED[alert.reason].owner}."
    )


def end_run(
    services: Services, run: RunRef, *, date: str, listed: Collection[int], selected: Collection[int] | None
) -> tuple[Report, AlertChanges]:
    """Sum up a run. Recorded failures have already opened their alerts; this opens those for everything else."""
    seen = services.ledger.run_orders(run.run_id, dag_id=run.dag_id, also=services.ledger.looks.of(run.name))
    summary = report(seen, date=date, listed=listed, selected=selected, sharing=_sharing(services, seen))
    book = services.ledger.alerts
    _note_before_go_live(services, run, seen)
    recorded = {(alert.order_id, alert.reason) for alert in book.open()}
    for failure in summary.failures:
        if failure.order_id is not None and (failure.order_id, failure.reason) not in recorded:
            subject = Subject.of_order(failure.order_id, failure.order)
            isolated(partial(book.see, subject, failure.reason, failure.message, run=run), failure.order)
    closed, still_open = book.close_settled(), book.open()
    changes = AlertChanges([alert for alert in still_open if alert.opened_by == run.name], closed, still_open)
    failed = {(failure.order_id, failure.reason) for failure in summary.failures}
    spoken_of = {s.order.order_id for s in seen if not s.was_worked_on}
    told = [alert for alert in changes.opened if alert.order_id not in spoken_of]
    flags = [alert for alert in told if (alert.order_id, alert.reason) not in failed]
    return summary.model_copy(update={"flags": tuple(map(_as_failure, flags))}), changes


def _note_before_go_live(services: Services, run: RunRef, seen: Collection[RunOrder]) -> None:
    """Open one alert for all orders from before go-live that this run found; close it once none is left."""
    book, subject = services.ledger.alerts, Subject.of_go_live()
    held = sorted(s.order.name for s in seen if s.order.reason is Reason.BEFORE_GO_LIVE)
    if held:
        more = f" and {len(held) - _EXAMPLES} more" if len(held) > _EXAMPLES else ""
        message = f"{counted(len(held), ORDER)}: {', '.join(held[:_EXAMPLES])}{more}."
        book.see(subject, Reason.BEFORE_GO_LIVE, message, run=run, title="")
    elif not services.ledger.days.holds_any():
        book.close(subject)


def _sharing(services: Services, seen: Collection[RunOrder]) -> dict[int, str]:
    """Return the orders pushed by this run that share their ERP order with another one.

    An ERP may use a number again. It is asked about those that share one, which are few.
    """
    pushed = (s.order for s in seen if Step.PUSH in s.last and s.last[Step.PUSH].outcome is Outcome.DONE)
    having: dict[str | None, list[LedgerOrder]] = {}
    for order in services.ledger.by_erp_number(*(order.erp_number for order in pushed if order.erp_number)):
        having.setdefault(order.erp_number, []).append(order)
    return {
        order.order_id: f"ERP order {number} is {' and '.join(f'order id {o.order_id} ({o.name})' for o in orders)}"
        for number, orders in having.items()
        if len(orders) > 1 and not all(_is_its_own(services, order) for order in orders)
        for order in orders
    }


def _is_its_own(services: Services, order: LedgerOrder) -> bool:
    """Whether the ERP has this number for an order made from this very one; an ERP that fails proves nothing."""
    name = order.external_reference or order.name
    found = isolated(lambda: services.erp.find(name, order.order_id), order.name)
    if found is None or isinstance(found, OrderflowError):
        return False
    return found.shop_order_id == order.order_id and found.number == order.erp_number


def _as_failure(alert: Alert) -> Failure:
    return Failure(order_id=alert.order_id, order=alert.order, reason=alert.reason, message=alert.message)

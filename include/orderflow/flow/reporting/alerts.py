"""Tell a person once per cause, keep count while it lasts, and close it when the order is fine again."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.reasons import Reason
from orderflow.domain.states import WRITTEN, Progress
from orderflow.domain.worklist import Worklist
from orderflow.errors import PermanentError
from orderflow.flow.batch import isolated
from orderflow.flow.reporting.report import UNFOUND, Failure, Report, report
from orderflow.flow.reporting.worklists import worklist_of
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Alert, Outage
from orderflow.ledger.models.orders import LedgerOrder, RunOrder, RunRef

FLAGS = frozenset({Reason.EDITED_AFTER_EXPORT, Reason.TOTAL_DIFFERS, Reason.EXPORTED_TWICE, Reason.REFERENCE_TAKEN})
"""What people are told about orders that are otherwise done."""


class AlertChanges(NamedTuple):
    """What a run changed in the book of alerts."""

    opened: Sequence[Failure]
    """What it has to tell people of: a retry of the same run has it again."""
    closed: int
    still_open: Sequence[Alert]

    def raise_opened(self, unfound: Sequence[str] = ()) -> None:
        """PermanentError naming every new cause, and the named orders that were not found; nothing without any."""
        parts = [
            f"{len(lines)} {what}:\n" + "\n".join(f"- {line}" for line in lines)
            for what, lines in (("new", self.opened), (UNFOUND, unfound))
            if lines
        ]
        if parts:
            reason = self.opened[0].reason if self.opened else Reason.ORDER_NOT_FOUND
            raise PermanentError("\n".join(parts), reason=reason)

    def digest(self) -> str:
        """Return one line per open alert: order, reason, how often met, who fixes it."""
        return "\n".join(map(alert_line, self.still_open))


def alert_line(alert: Alert) -> str:
    """Say in one line which order, why, how often it was met, since when, and who fixes it."""
    return _line(alert.order, alert)


def outage_line(outage: Outage) -> str:
    """Say the same of a task that fails as a whole."""
    return _line(f"{outage.dag_id}, {outage.task_id} fails as a whole", outage)


def _line(what: str, told: Alert | Outage) -> str:
    return (
        f"{what}: {told.reason}, met {told.seen} times since {told.opened_at:%Y-%m-%d %H:%M} UTC. "
        f"Who fixes it: {EXPLAINED[told.reason].owner}."
    )


def end_run(
    services: Services, run: RunRef, *, date: str, listed: Collection[int], selected: Collection[int] | None
) -> tuple[Report, AlertChanges]:
    """Sum a run up and bring the book of alerts up to date with it."""
    seen = services.ledger.run_orders(run.run_id, dag_id=run.dag_id)
    summary = report(seen, date=date, listed=listed, selected=selected)
    news = update_alerts(services, run, seen, summary.failures)
    flags = tuple(cause for cause in news.opened if cause not in summary.failures)
    return summary.model_copy(update={"flags": flags}), news


def update_alerts(
    services: Services, run: RunRef, seen: Collection[RunOrder], failures: Sequence[Failure]
) -> AlertChanges:
    """Open an alert for each new cause among a run's orders, and close those of orders that are fine again."""
    causes = _once([*failures, *_flags(seen), *_overdue(services, seen)])
    book = services.ledger.alerts
    opened = [cause for cause in causes if _is_news(services, cause, run)]
    by_id = {cause.order_id: cause.reason for cause in causes}
    alerted = {a.order_id for a in book.open() if a.order_id is not None and not a.shipment}
    over = alerted & {s.order.order_id for s in seen} | _not_looked_at_again(services, alerted)
    closed = sum(book.close(order_id, but=by_id.get(order_id)) for order_id in over)
    return AlertChanges(opened, closed, book.open())


def _is_news(services: Services, cause: Failure, run: RunRef) -> bool:
    """Note a cause on its own; one that cannot be noted is told, rather than never."""
    see = services.ledger.alerts.see
    new = isolated(lambda: see(cause.order_id, cause.order, cause.reason, cause.message, run=run), cause.order)
    return bool(new)


def _once(causes: Sequence[Failure]) -> list[Failure]:
    """Keep the first of each cause: what an order fails for may also be what it is flagged with."""
    first: dict[tuple[int | None, Reason], Failure] = {}
    for cause in causes:
        first.setdefault((cause.order_id, cause.reason), cause)
    return list(first.values())


def _not_looked_at_again(services: Services, alerted: Collection[int]) -> set[int]:
    """Return those that are over though no run will see them again: done, or gone for good."""
    known = services.ledger.get_many(alerted)
    return {order_id for order_id in alerted if order_id not in known or _is_over(known[order_id])}


def _is_over(known: LedgerOrder) -> bool:
    done = known.progress in WRITTEN and known.reason is None
    return done or (known.progress, known.reason) in {
        (Progress.SKIPPED, Reason.ORDER_NOT_FOUND),
        (Progress.RESOLVED, Reason.RESOLVED),
    }


def _flags(seen: Collection[RunOrder]) -> list[Failure]:
    """Return what is wrong with orders that are otherwise done: edited after the export, for instance."""
    return [Failure.of(s.order, s.order.reason, s.order.detail) for s in seen if s.order.reason in FLAGS]


def _overdue(services: Services, seen: Collection[RunOrder]) -> list[Failure]:
    return [
        Failure.of(s.order, Reason.OVERDUE, f"It waits since {s.order.first_seen_at:%Y-%m-%d}: {s.order.reason}.")
        for s in seen
        if worklist_of(services, s.order) is Worklist.OVERDUE
    ]

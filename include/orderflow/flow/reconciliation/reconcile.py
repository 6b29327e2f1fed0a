"""Reconcile: compare shop and ERP in both directions, record the differences, and change neither side."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orderflow.domain.findings import KINDS
from orderflow.domain.reconciliation import compare
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError
from orderflow.flow.batch import isolated
from orderflow.flow.reconciliation.alerts import alert_lost_shipments, keep_alerts
from orderflow.flow.reconciliation.describe import describe, describe_day
from orderflow.flow.reconciliation.findings import keep_findings
from orderflow.flow.reconciliation.matching import ReconciliationItem, local_day, read_both_sides, read_named
from orderflow.flow.reconciliation.totals import day_totals
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.reconciliation import DetectedDifference, Finding, Reconciliation
from orderflow.ledger.tables.lease import is_held

log = logging.getLogger(__name__)


class Reconciled(NamedTuple):
    """The result of a comparison: numbers, findings, and the orders that could not be read."""

    summary: Reconciliation
    overdue: Sequence[Finding]
    young: Sequence[Finding]
    errors: Sequence[OrderflowError]


def reconcile(services: Services, run: RunRef, *, days: int | None = None, webshop: int | None = None) -> Reconciled:
    """Compare the last `days` whole days and the current day, and everything with an open finding."""
    settings, now = services.settings.reconciliation, services.now()
    window = last_days(now, days or settings.days, services.settings.timezone)
    oldest = local_day(services, now - timedelta(days=settings.recheck_days))
    expired = services.ledger.findings.expire(before=oldest)
    open_findings = [finding for finding in services.ledger.findings.unresolved() if webshop in {None, finding.webshop}]
    sides = read_both_sides(services, window, open_findings, webshop)
    done = _compare(services, sides.subjects, now)
    errors = [*sides.errors, *done.errors]
    names = {name for subject in done.compared for name in subject.names}
    findings, resolved, refused = keep_findings(services, done.differences, names)
    errors += refused
    overdue = [finding for finding in findings if is_overdue(services, finding, now)]
    summary = Reconciliation(
        first_day=local_day(services, window.start),
        last_day=local_day(services, now),
        webshop=webshop,
        compared=len(done.compared),
        in_flight=len(done.in_flight),
        unreadable=len(errors),
        findings=len(findings),
        overdue=len(overdue),
        resolved=resolved + expired,
        totals=day_totals(services, [*done.compared, *done.in_flight], window),
    )
    services.ledger.findings.add_reconciliation(summary, run)
    young = [finding for finding in findings if finding not in overdue]
    keep_alerts(services, run, overdue, errors)
    alert_lost_shipments(services, run, sides.erp_numbers)
    _log(summary, overdue, young)
    return Reconciled(summary, overdue, young, errors)


class ComparedAgain(NamedTuple):
    """The result of comparing some orders again: numbers, and the orders that could not be compared."""

    compared: int
    different: int
    resolved: int
    errors: Sequence[OrderflowError]


def compare_again(services: Services, run: RunRef, order_ids: Collection[int]) -> ComparedAgain:
    """Compare orders that a person names, even if just changed, unless a run is working on them."""
    now, ids = services.now(), set(order_ids)
    open_findings = [finding for finding in services.ledger.findings.unresolved() if finding.order_id in ids]
    sides = read_named(services, ids, open_findings)
    done = _compare(services, sides.subjects, now, named=True)
    errors = [*sides.errors, *done.errors]
    names = {name for subject in done.compared for name in subject.names}
    findings, resolved, refused = keep_findings(services, done.differences, names)
    errors += refused
    keep_alerts(services, run, [f for f in findings if is_overdue(services, f, now)], errors, about=names)
    for finding in findings:
        log.info("still different: %s", describe(finding))
    return ComparedAgain(len(done.compared), len(findings), resolved, errors)


def last_days(now: datetime, days: int, timezone: str) -> Window:
    """Return the last whole shop-local days and the current day up to now."""
    local = now.astimezone(ZoneInfo(timezone))
    first = Window.of_day(f"{local - timedelta(days=days):%Y-%m-%d}", timezone)
    return Window(key=f"{first.key}..{local:%Y-%m-%d}", start=first.start, end=now)


def is_overdue(services: Services, finding: Finding, now: datetime) -> bool:
    """Whether a finding is older than its grace period; most kinds have none, and a notice is never overdue."""
    kind = KINDS[finding.kind]
    hours = services.settings.reconciliation.grace_hours if kind.has_grace else 0
    return not kind.is_notice and now - finding.since >= timedelta(hours=hours)


def _in_flight(services: Services, subject: ReconciliationItem, now: datetime, *, named: bool) -> bool:
    """Whether an order is still in progress: a run works on it, or one side has just changed and nobody asked for it.

    Offline orders are finished by their day's run, which comes after the day.
    """
    if subject.known and is_held(subject.known, now):
        return True
    if named:
        return False
    order = subject.pair.order
    if subject.pair.offline and order and order.confirmed_at:
        return local_day(services, order.confirmed_at) >= local_day(services, now)
    changed = subject.pair.changed_at(now)
    return changed is not None and now - changed < timedelta(minutes=services.settings.reconciliation.in_flight_minutes)


class _Comparison(NamedTuple):
    compared: list[ReconciliationItem]
    in_flight: list[ReconciliationItem]
    """Still in progress, and not judged."""
    differences: list[DetectedDifference]
    errors: list[OrderflowError]


def _compare(
    services: Services, subjects: Iterable[ReconciliationItem], now: datetime, *, named: bool = False
) -> _Comparison:
    """Judge each order separately."""
    done = _Comparison([], [], [], [])
    for subject in subjects:
        met = isolated(partial(_judge, services, subject, now, named=named), subject.names[0])
        if isinstance(met, OrderflowError):
            done.errors.append(met)
        elif met is None:
            done.in_flight.append(subject)
        else:
            done.compared.append(subject)
            done.differences.extend(met)
    return done


def _judge(
    services: Services, subject: ReconciliationItem, now: datetime, *, named: bool
) -> list[DetectedDifference] | None:
    if _in_flight(services, subject, now, named=named):
        return None
    return [] if _stays_resolved(subject) else _met(services, subject, now)


def _stays_resolved(subject: ReconciliationItem) -> bool:
    """Whether a person has dealt with it by hand, and the shop has not changed it since: it counts as resolved."""
    known, order = subject.known, subject.pair.order
    return (
        known is not None
        and known.progress is Progress.RESOLVED
        and order is not None
        and known.shop_modified_at == order.modified_at
    )


def _met(services: Services, subject: ReconciliationItem, now: datetime) -> list[DetectedDifference]:
    order = subject.pair.order
    changed = subject.pair.changed_at(now) or now
    confirmed = order.confirmed_at if order else None
    return [
        DetectedDifference(
            **discrepancy.model_dump(),
            webshop=subject.webshop,
            order_id=subject.order_id,
            external_reference=subject.names[0],
            day=local_day(services, confirmed or changed),
            since=changed,
        )
        for discrepancy in compare(subject.pair, tolerance=services.settings.amount_tolerance)
    ]


def _log(summary: Reconciliation, overdue: Sequence[Finding], young: Sequence[Finding]) -> None:
    for total in summary.totals:
        log.info("%s", describe_day(total))
    for finding in young:
        log.info("%s: %s", "listed" if KINDS[finding.kind].is_notice else "within its grace", describe(finding))
    log.info(
        "%s to %s: %d orders compared, %d in flight, %d not readable; %d differences past their grace, %d within it, "
        "%d resolved",
        summary.first_day,
        summary.last_day,
        summary.compared,
        summary.in_flight,
        summary.unreadable,
        len(overdue),
        len(young),
        summary.resolved,
    )

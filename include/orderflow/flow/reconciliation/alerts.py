"""Alerts about differences between shop and ERP: one each, and none for an order that already has an alert."""

from collections.abc import Collection

from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError
from orderflow.flow.reconciliation.describe import describe
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.reconciliation import Finding

_NOT_COMPARED = "not_compared"


def keep_alerts(
    services: Services,
    run: RunRef,
    overdue: Collection[Finding],
    errors: Collection[OrderflowError],
    *,
    about: Collection[str] | None = None,
) -> None:
    """Open an alert for each overdue difference and each order not compared; close those that are over.

    `about` are the names of the compared orders; None means all. An order that already has an alert gets no second one:
    it is the same problem, whoever found it.
    """
    book = services.ledger.alerts
    unread = {Subject.of_difference(_NOT_COMPARED, error.order or "an order", None): error for error in errors}
    still_open = {_subject(finding).id for finding in services.ledger.findings.open()} | {s.id for s in unread}
    alerts = book.open()
    for alert in alerts:
        compared = about is None or alert.order in about
        if compared and alert.is_difference and alert.subject not in still_open:
            book.close(Subject(alert.subject, alert.order))
    known = {alert.order_id for alert in alerts if alert.order_id is not None and not alert.is_difference}
    for finding in overdue:
        if finding.order_id is None or finding.order_id not in known:
            book.see(_subject(finding), Reason.SIDES_DIFFER, describe(finding), run=run, title=finding.kind)
    for subject, error in unread.items():
        book.see(subject, error.reason, error.message, run=run)


def alert_lost_shipments(services: Services, run: RunRef, erp_numbers: Collection[str]) -> None:
    """Open an alert for each packing slip that was skipped as nobody's although its order came from the shop.

    The ledger does not know the order because it was lost, or restored from a backup.
    """
    for shipment in services.ledger.shipments.skipped_of(erp_numbers):
        orders = ", ".join(shipment.content.order_numbers)
        subject = Subject.of_shipment(shipment.number, f"packing slip {shipment.number} ({orders})", None)
        services.ledger.alerts.see(subject, Reason.SLIP_ORDER_UNKNOWN, f"orders {orders}", run=run)


def _subject(finding: Finding) -> Subject:
    return Subject.of_difference(finding.kind, finding.external_reference, finding.order_id)

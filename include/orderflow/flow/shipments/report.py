"""The report on packing slips: numbers, and each cause announced once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.flow.reporting.alerts import AlertChanges
from orderflow.flow.reporting.report import Failure
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.shipments import LedgerShipment

_PATIENTLY = {
    None,
    Reason.NUMBERS_NOT_IN_SHOP,
    Reason.SLIP_PARTLY_UNKNOWN,
    Reason.TRACKING_AWAITED,
    Reason.BUDGET_SPENT,
    Reason.CIRCUIT_OPEN,
    Reason.THROTTLED,
}
"""Reasons that are not announced while an open slip is young."""


class ShipmentReport(BaseModel):
    """The slips that a run checked, by their progress now."""

    model_config = ConfigDict(frozen=True)

    looked_at: int
    sent: int
    open: int
    held: int
    rejected: int
    in_doubt: int
    skipped: int


class UnreadableShipment(NamedTuple):
    """An unreadable slip, and why."""

    number: str
    reason: Reason
    message: str


def end_shipments(
    services: Services,
    numbers: Collection[str],
    run: RunRef | None = None,
    unreadable: Collection[UnreadableShipment] = (),
) -> tuple[ShipmentReport, AlertChanges]:
    """Sum up these slips, and update the alerts about them and about unreadable ones."""
    shipments = services.ledger.shipments.get_many(numbers)
    return _summed(shipments.values()), keep_alerts(services, numbers, run, unreadable)


def _summed(shipments: Collection[LedgerShipment]) -> ShipmentReport:
    def count(*progress: ShipmentProgress) -> int:
        return sum(shipment.progress in progress for shipment in shipments)

    return ShipmentReport(
        looked_at=len(shipments),
        sent=count(ShipmentProgress.SENT),
        open=count(ShipmentProgress.OPEN),
        held=count(ShipmentProgress.HELD),
        rejected=count(ShipmentProgress.REJECTED),
        in_doubt=count(ShipmentProgress.SENDING, ShipmentProgress.IN_DOUBT),
        skipped=count(ShipmentProgress.SKIPPED),
    )


def keep_alerts(
    services: Services,
    numbers: Collection[str],
    run: RunRef | None,
    unreadable: Collection[UnreadableShipment] | None = None,
) -> AlertChanges:
    """Open and close the alerts about packing slips, and about unreadable ones.

    None: this run knows nothing about unreadable ones.
    """
    grace = timedelta(hours=services.settings.limits.slip_grace_hours)
    book, closed, opened = services.ledger.alerts, 0, set()
    for shipment in services.ledger.shipments.get_many(numbers).values():
        cause = _cause(services, shipment, services.now() - grace)
        name = cause.order if cause else shipment.number
        subject = Subject.of_shipment(shipment.number, name, cause.order_id if cause else None)
        closed += book.close(subject, but=cause.reason if cause else None)
        if cause and book.see(subject, cause.reason, cause.message, run=run):
            opened.add(subject.id)
    for bad in unreadable or ():
        subject = Subject.of_shipment(bad.number, f"packing slip {bad.number}", None)
        if book.see(subject, bad.reason, bad.message, run=run):
            opened.add(subject.id)
    gone = set() if unreadable is None else _gone(services, {bad.number for bad in unreadable})
    closed += sum(book.close(Subject.of_shipment(number, number, None)) for number in gone)
    still_open = [alert for alert in book.open() if alert.shipment]
    return AlertChanges([alert for alert in still_open if alert.subject in opened], closed, still_open)


def _gone(services: Services, unreadable: Collection[str]) -> set[str]:
    """Return the unreadable slips that the ERP does not show any more."""
    alerted = {alert.shipment for alert in services.ledger.alerts.open() if alert.shipment} - set(unreadable)
    return alerted - services.ledger.shipments.get_many(alerted).keys()


def _cause(services: Services, shipment: LedgerShipment, old_before: datetime) -> Failure | None:
    """Return what a person should know about a slip; None if nothing."""
    if shipment.progress is ShipmentProgress.SKIPPED or (
        shipment.progress is ShipmentProgress.SENT and shipment.reason is None
    ):
        return None
    if (
        shipment.progress is ShipmentProgress.OPEN
        and shipment.reason in _PATIENTLY
        and shipment.first_seen_at > old_before
    ):
        return None
    orders = services.ledger.shipments.orders(shipment.content.order_numbers)
    names = [order.name for order in orders.values()] or list(shipment.content.order_numbers)
    order_id = min((order.order_id for order in orders.values()), default=None)
    reason = shipment.reason or (
        Reason.MESSAGE_IN_DOUBT if shipment.progress is ShipmentProgress.SENDING else Reason.UNFINISHED
    )
    return Failure(
        order_id=order_id,
        order=f"packing slip {shipment.number} ({', '.join(names)})",
        reason=reason,
        message=shipment.detail,
    )

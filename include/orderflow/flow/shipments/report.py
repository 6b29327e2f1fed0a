"""The report on packing slips: what became of them in numbers, and each cause told to people once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import ShipmentProgress
from orderflow.flow.reporting.alerts import AlertChanges
from orderflow.flow.reporting.report import Failure
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.shipments import LedgerShipment

_PATIENTLY = {
    None,
    Reason.NUMBERS_NOT_IN_SHOP,
    Reason.SLIP_PARTLY_UNKNOWN,
    Reason.BUDGET_SPENT,
    Reason.CIRCUIT_OPEN,
    Reason.THROTTLED,
}
"""Why an open slip is no news while it is young."""


class ShipmentReport(BaseModel):
    """The slips that a run looked at, by where they stand now."""

    model_config = ConfigDict(frozen=True)

    looked_at: int
    sent: int
    open: int
    held: int
    rejected: int
    in_doubt: int
    skipped: int


class UnreadableShipment(NamedTuple):
    """A slip that cannot be understood, and why."""

    number: str
    reason: Reason
    message: str


def end_shipments(
    services: Services,
    numbers: Collection[str],
    run: RunRef | None = None,
    unreadable: Collection[UnreadableShipment] = (),
) -> tuple[ShipmentReport, AlertChanges]:
    """Sum up where these slips stand, and bring the book of alerts up to date with them and with the unreadable."""
    shipments = services.ledger.shipments.get_many(numbers)
    return _summed(shipments.values()), _update_alerts(services, shipments.values(), run, unreadable)


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


def _update_alerts(
    services: Services,
    shipments: Collection[LedgerShipment],
    run: RunRef | None,
    unreadable: Collection[UnreadableShipment],
) -> AlertChanges:
    grace = timedelta(hours=services.settings.limits.slip_grace_hours)
    book = services.ledger.alerts
    opened, closed = [], 0
    for shipment in shipments:
        cause = _cause(services, shipment, services.now() - grace)
        closed += book.close_shipment(shipment.number, but=cause.reason if cause else None)
        if cause and book.see(
            cause.order_id, cause.order, cause.reason, cause.message, run=run, shipment=shipment.number
        ):
            opened.append(cause)
    for bad in unreadable:
        cause = Failure(order_id=None, order=f"packing slip {bad.number}", reason=bad.reason, message=bad.message)
        if book.see(cause.order_id, cause.order, cause.reason, cause.message, run=run, shipment=bad.number):
            opened.append(cause)
    for number in _gone(services, {bad.number for bad in unreadable}):
        closed += book.close_shipment(number)
    return AlertChanges(opened, closed, [alert for alert in book.open() if alert.shipment])


def _gone(services: Services, unreadable: Collection[str]) -> set[str]:
    """Return the slips that could not be understood, and that the ERP does not show any more."""
    alerted = {alert.shipment for alert in services.ledger.alerts.open() if alert.shipment} - set(unreadable)
    return alerted - services.ledger.shipments.get_many(alerted).keys()


def _cause(services: Services, shipment: LedgerShipment, old_before: datetime) -> Failure | None:
    """Say what a person is to know about a slip; None when nothing."""
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

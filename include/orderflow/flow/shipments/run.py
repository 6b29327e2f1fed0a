"""A complete run of the packing slips, without a scheduler."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from orderflow.flow.batch import errors
from orderflow.flow.services import Services
from orderflow.flow.shipments.listing import list_shipments
from orderflow.flow.shipments.report import ShipmentReport, UnreadableShipment, end_shipments
from orderflow.flow.shipments.send import send_shipments
from orderflow.ledger.models.orders import RunRef


class ShipmentRun(NamedTuple):
    """The slips in numbers, and each problem of unsent ones, once."""

    report: ShipmentReport
    failures: Sequence[str]


def run_shipments(services: Services, run: RunRef, since: datetime | None = None) -> ShipmentRun:
    """Read the ERP's packing slips and send each eligible one to the shop; each failure is isolated."""
    listed = list_shipments(services, since)
    results = send_shipments(services, listed.numbers, run)
    unreadable = [UnreadableShipment(number, e.reason, e.message) for number, e in listed.unreadable.items()]
    report, changes = end_shipments(services, listed.numbers, run, unreadable)
    about = {*listed.numbers, *listed.unreadable}
    alerts = [alert for alert in changes.still_open if alert.shipment in about]
    others = errors(result.error for result in results if result.number not in {alert.shipment for alert in alerts})
    return ShipmentRun(report, [*(f"{a.order}: {a.reason}. {a.message}" for a in alerts), *map(str, others)])

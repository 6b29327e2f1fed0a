"""The dry run of the packing slips: the complete messages that would be sent; the ledger is left alone."""

import logging
from collections.abc import Sequence
from datetime import datetime

from orderflow.cloudsuite.messages import DESADV_PATH
from orderflow.domain.shipment import UNCLEAR, Shipment, ShipmentProgress
from orderflow.errors import OrderflowError
from orderflow.flow.plan import Plan
from orderflow.flow.services import Services
from orderflow.flow.shipments.eligibility import Eligibility, check_eligibility
from orderflow.flow.shipments.listing import read_from, read_shipments
from orderflow.flow.shipments.send import ShipmentResult, named, to_desadv
from orderflow.flow.shipments.whose import whose
from orderflow.ledger.models.dry_runs import PlannedCall

log = logging.getLogger(__name__)


def preview_shipments(services: Services, asked: datetime | None) -> Plan:
    """Return the messages that a run would send now, and the slips that would fail, unreadable ones included.

    Only reads from shop, ERP and ledger. As in a run, a slip's failure does not affect the others.
    """
    listed, unreadable = read_shipments(services, read_from(services, asked))
    shown = {shipment.number: shipment for shipment in listed}
    known = services.ledger.shipments.get_many(shown)
    still_open = services.ledger.shipments.open()
    waiting = {shipment.number: shipment.content for shipment in still_open if shipment.progress not in UNCLEAR}
    since = {shipment.number: shipment.first_seen_at for shipment in [*known.values(), *still_open]}
    ended = {number for number, shipment in known.items() if shipment.progress in UNCLEAR | {ShipmentProgress.SENT}}
    fresh = {number: shipment for number, shipment in shown.items() if number not in ended}
    found = waiting | fresh

    def one(number: str) -> Sequence[PlannedCall]:
        return _calls(services, found[number], since.get(number, services.now()))

    planned = dict(zip(found, services.each(one, found, named), strict=True))
    failed = {number: error for number, error in planned.items() if isinstance(error, OrderflowError)}
    failures = {**unreadable, **failed}
    for error in failures.values():
        log.warning("the run would fail: %s", error)
    return Plan(
        [call for calls in planned.values() if not isinstance(calls, OrderflowError) for call in calls],
        [ShipmentResult(number, None, error) for number, error in failures.items()],
    )


def _calls(services: Services, shipment: Shipment, known_since: datetime) -> Sequence[PlannedCall]:
    known, unclear = whose(services, shipment)
    orders = unclear or check_eligibility(services, shipment, known, known_since=known_since)
    if isinstance(orders, Eligibility):
        return []
    first = min(orders.values(), key=lambda order: order.order_id)
    address = services.settings.addressee(first.webshop)
    path = f"{DESADV_PATH}?shop={address.shop}&user={address.user}"
    body = to_desadv(shipment, orders).to_xml().decode()
    subject = f"slip {shipment.number}"
    return [PlannedCall(subject=subject, order_id=first.order_id, system="shop", method="POST", path=path, body=body)]

"""The dry run of the packing slips: the complete messages that would be sent; the ledger is left alone."""

from collections.abc import Iterator
from datetime import datetime

from orderflow.cloudsuite.messages import DESADV_PATH
from orderflow.domain.shipment import UNCLEAR, Shipment, ShipmentProgress
from orderflow.flow.services import Services
from orderflow.flow.shipments.eligibility import Eligibility, check_eligibility
from orderflow.flow.shipments.listing import read_from, read_shipments
from orderflow.flow.shipments.send import to_desadv
from orderflow.flow.shipments.whose import whose
from orderflow.ledger.models.dry_runs import PlannedCall


def preview_shipments(services: Services, asked: datetime | None) -> list[PlannedCall]:
    """Return the messages that a run would send now. Only reads from shop, ERP and ledger."""
    shown = {shipment.number: shipment for shipment in read_shipments(services, read_from(services, asked)).shipments}
    known = services.ledger.shipments.get_many(shown)
    still_open = services.ledger.shipments.open()
    waiting = {shipment.number: shipment.content for shipment in still_open if shipment.progress not in UNCLEAR}
    since = {shipment.number: shipment.first_seen_at for shipment in [*known.values(), *still_open]}
    ended = {number for number, shipment in known.items() if shipment.progress in UNCLEAR | {ShipmentProgress.SENT}}
    fresh = {number: shipment for number, shipment in shown.items() if number not in ended}
    return [
        call
        for number, shipment in (waiting | fresh).items()
        for call in _call(services, shipment, since.get(number, services.now()))
    ]


def _call(services: Services, shipment: Shipment, known_since: datetime) -> Iterator[PlannedCall]:
    known, unclear = whose(services, shipment)
    orders = unclear or check_eligibility(services, shipment, known, known_since=known_since)
    if isinstance(orders, Eligibility):
        return
    first = min(orders.values(), key=lambda order: order.order_id)
    address = services.settings.addressee(first.webshop)
    path = f"{DESADV_PATH}?shop={address.shop}&user={address.user}"
    body = to_desadv(shipment, orders).to_xml().decode()
    yield PlannedCall(
        subject=f"slip {shipment.number}", order_id=first.order_id, system="shop", method="POST", path=path, body=body
    )

"""The dry run of the packing slips: the complete messages that would be sent; the ledger is left alone."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from orderflow.cloudsuite.messages import DESADV_PATH
from orderflow.domain.shipment import SHIPMENT_PACES, OperatorDecision, Shipment, ShipmentProgress
from orderflow.errors import ClaimedElsewhereError, OrderflowError
from orderflow.flow.batch import isolated
from orderflow.flow.customer_status import has_texts, planned_to_tell
from orderflow.flow.plan import Plan
from orderflow.flow.services import Services
from orderflow.flow.shipments.decide import unknown
from orderflow.flow.shipments.eligibility import Eligibility
from orderflow.flow.shipments.listing import read_from, read_shipments, to_look_at
from orderflow.flow.shipments.send import (
    UNDECIDED,
    ShipmentResult,
    decided_now,
    has_its_turn,
    is_forced,
    named,
    to_desadv,
)
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.orders import LedgerOrder, RunRef
from orderflow.ledger.models.shipments import LedgerShipment, reading
from orderflow.ledger.tables.lease import require_free

log = logging.getLogger(__name__)


_Planned = tuple[Sequence[PlannedCall], Mapping[int, PlannedCall]]
"""The message of a slip, and what the customers are told then, by order id."""


def preview_shipments(
    services: Services, asked: datetime | None, run: RunRef, decided: OperatorDecision = UNDECIDED
) -> Plan:
    """Return the messages that a run would send now, and the slips that would fail, unreadable ones included.

    Only reads from shop, ERP and ledger. As in a run, a slip's failure does not affect the others.
    """
    shown, unreadable = read_shipments(services, read_from(services, asked))
    return _plan(services, _to_plan(services, shown, decided.numbers), run, decided, unreadable)


def preview_decided(services: Services, decided: OperatorDecision, run: RunRef) -> Plan:
    """Return the messages that would be sent at once because of a decision about packing slips in doubt."""
    return _plan(services, services.ledger.shipments.get_many(decided.numbers), run, decided, {})


def _plan(
    services: Services,
    found: Mapping[str, LedgerShipment],
    run: RunRef,
    decided: OperatorDecision,
    unreadable: Mapping[str, OrderflowError],
) -> Plan:
    def one(number: str) -> _Planned:
        return _calls(services, found[number], run, decided)

    planned = dict(zip(found, services.each(one, found, named), strict=True))
    strange = {number: unknown(number) for number in decided.numbers if number not in found}
    errors = {number: error for number, error in planned.items() if isinstance(error, OrderflowError)}
    results = [ShipmentResult(number, None, error) for number, error in {**unreadable, **strange, **errors}.items()]
    failed = [result for result in results if not isinstance(result.error, ClaimedElsewhereError)]
    for result in failed:
        log.warning("the run would fail: %s", result.error)
    return Plan(
        list(_once(one for one in planned.values() if not isinstance(one, OrderflowError))),
        failed,
        [result for result in results if isinstance(result.error, ClaimedElsewhereError)],
    )


def _once(planned: Iterable[_Planned]) -> Iterator[PlannedCall]:
    """Yield the calls of each slip; several slips of one order tell its customer once."""
    told = set[int]()
    for slip, texts in planned:
        yield from slip
        yield from (call for order_id, call in texts.items() if order_id not in told)
        told |= texts.keys()


def _to_plan(services: Services, shown: Sequence[Shipment], asked: Sequence[str]) -> Mapping[str, LedgerShipment]:
    """Return the slips that a run would look at, each as its ledger would then have it; `asked`: whatever is due."""
    book, now = services.ledger.shipments, services.now()
    known = book.get_many(shipment.number for shipment in shown)
    noted = {shipment.number: _noted(known.get(shipment.number), shipment, now) for shipment in shown}
    shipments = {shipment.number: shipment for shipment in book.open()} | noted
    still_open = [shipment for shipment in shipments.values() if shipment.progress in SHIPMENT_PACES]
    new = [number for number in noted if number not in known]
    # Not those that changed after they were sent: they are not sent again.
    found = to_look_at(still_open, new, book.skipped_and_known(noted.values()), now)
    shipments |= book.get_many(number for number in [*asked, *found] if number not in shipments)
    return {number: shipments[number] for number in dict.fromkeys([*asked, *found]) if number in shipments}


def _noted(known: LedgerShipment | None, shown: Shipment, now: datetime) -> LedgerShipment:
    """Return what the ledger would have after this reading."""
    content, _, is_kept = reading(known, shown)
    if known is not None:
        return known.model_copy(update={"content": content}) if is_kept else known
    return LedgerShipment(
        number=shown.number,
        progress=ShipmentProgress.OPEN,
        reason=None,
        detail="",
        content=content,
        content_hash=content.content_hash,
        attempts=0,
        first_seen_at=now,
        sent_at=None,
        updated_at=now,
        claimed_until=None,
    )


def _calls(services: Services, noted: LedgerShipment, run: RunRef, decided: OperatorDecision) -> _Planned:
    """Return what is sent because of a slip; ClaimedElsewhereError if another run is working on it."""
    require_free(noted, named(noted.number), services.ledger.now())
    forced = is_forced(services, noted, decided, run)
    if noted.number in decided.arrived or not has_its_turn(services, noted, forced=forced):
        return [], {}
    orders = decided_now(services, noted, forced=forced)
    if isinstance(orders, Eligibility):
        return [], {}
    first = min(orders.values(), key=lambda order: order.order_id)
    address = services.settings.addressee(first.webshop)
    path = f"{DESADV_PATH}?shop={address.shop}&user={address.user}"
    body = to_desadv(noted.content, orders).to_xml().decode()
    subject = f"slip {noted.number}"
    slip = PlannedCall(subject=subject, order_id=first.order_id, system="shop", method="POST", path=path, body=body)
    texts = {order.order_id: isolated(partial(_told, services, order), order.name) for order in orders.values()}
    return [slip], {order_id: call for order_id, call in texts.items() if isinstance(call, PlannedCall)}


def _told(services: Services, order: LedgerOrder) -> PlannedCall | None:
    """Return what the customer is told of a delivery, as the ledger has the order; None if nothing."""
    known = services.ledger.get(order.order_id)
    if known is None or not has_texts(services, order.webshop, "delivered"):
        return None
    return planned_to_tell(services, known, "delivered", known.erp_number)

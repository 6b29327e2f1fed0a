"""Send a packing slip to the shop, once: a message that the shop may have is never sent again on a guess."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from orderflow.cloudsuite.despatch_advice import DesadvItem, DespatchAdvice
from orderflow.cloudsuite.messages import Sent
from orderflow.domain.reasons import Reason
from orderflow.domain.shipment import UNCLEAR, OperatorDecision, Shipment, ShipmentProgress
from orderflow.errors import CallDeferredError, InDoubtError, OrderflowError, PermanentError, TransientError
from orderflow.flow.batch import isolated
from orderflow.flow.customer_status import tell
from orderflow.flow.services import Services
from orderflow.flow.shipments.eligibility import Eligibility, check_eligibility
from orderflow.flow.shipments.whose import whose
from orderflow.ledger.books.shipment_claim import ShipmentClaim
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.models.shipments import LedgerShipment

log = logging.getLogger(__name__)


UNDECIDED = OperatorDecision()
SENT_SINCE = "it was sent once more after this was decided: look into the shop's admin again, and decide again"


class ShipmentResult(NamedTuple):
    """A slip's progress after checking it; the error is one that a retry may cure, or that affects every slip."""

    number: str
    progress: ShipmentProgress | None
    error: OrderflowError | None = None


def send_shipments(
    services: Services, numbers: Sequence[str], run: RunRef, decided: OperatorDecision = UNDECIDED
) -> list[ShipmentResult]:
    """Check many slips at once and send the eligible ones; a slip's failure is recorded, not raised."""

    def one(number: str) -> ShipmentResult:
        with services.ledger.shipments.claim(number, run) as claim:
            error = _recorded(services, claim, decided)
            log.info("packing slip %s: %s %s", number, claim.shipment.progress, claim.shipment.reason or "")
            if error and error.reason is Reason.CIRCUIT_OPEN:
                raise error  # so that it is tried again after the others
            return ShipmentResult(number, claim.shipment.progress, error)

    results = [
        ShipmentResult(number, None, result) if isinstance(result, OrderflowError) else result
        for number, result in zip(numbers, services.each(one, numbers, named), strict=True)
    ]
    for result in results:
        if result.error:
            log.warning("%s", result.error)
    return results


def named(number: str) -> str:
    """Return how a slip is called in errors."""
    return f"packing slip {number}"


def _recorded(services: Services, claim: ShipmentClaim, decided: OperatorDecision) -> OrderflowError | None:
    """Check one slip; any failure is recorded in the ledger. Return the error for which its task should fail."""
    forced = isolated(partial(is_forced, services, claim.shipment, decided, claim.run), named(claim.shipment.number))
    if isinstance(forced, OrderflowError):
        return forced
    # A person's decision ends the doubt, and an order that the ledger has met since ends the skipping: like any other.
    is_open = forced or claim.shipment.progress is ShipmentProgress.SKIPPED
    before = ShipmentProgress.OPEN if is_open else claim.shipment.progress
    failed = isolated(partial(_look, services, claim, decided, forced=forced), named(claim.shipment.number))
    if failed is None:
        return None
    after = _after(failed, before, claim.shipment.progress)
    claim.fail(failed, after)
    return failed if after is before else None  # otherwise the report names it


def is_forced(services: Services, shipment: LedgerShipment, decided: OperatorDecision, run: RunRef) -> bool:
    """Whether a person says that a slip must be sent now; PermanentError if it was sent once more since."""
    forced = shipment.number in decided.send_now and not _begun_here(services, shipment, run)
    if forced and _begun_since(services, shipment, decided.made_at):
        raise PermanentError(SENT_SINCE, reason=Reason.MESSAGE_IN_DOUBT, order=named(shipment.number))
    return forced


def _begun_here(services: Services, shipment: LedgerShipment, run: RunRef) -> bool:
    """Whether this very run has already sent the slip in an earlier try: nobody has checked the shop since."""
    number = shipment.number
    return shipment.progress in UNCLEAR and any(
        event.step is Step.SEND_SHIPMENT and event.outcome is Outcome.INTENT and event.message == number
        for event in services.ledger.events(run_id=run.run_id, dag_id=run.dag_id)
    )


def _begun_since(services: Services, shipment: LedgerShipment, made_at: datetime | None) -> bool:
    """Whether another run has sent the slip after the decision to send it, so that it was not about that message."""
    if made_at is None or shipment.progress not in UNCLEAR:
        return False
    orders = services.ledger.shipments.orders(shipment.content.order_numbers).values()
    return any(
        event.step is Step.SEND_SHIPMENT
        and event.outcome is Outcome.INTENT
        and event.message == shipment.number
        and event.at > made_at
        for order in orders
        for event in services.ledger.events(order_id=order.order_id)
    )


def _look(services: Services, claim: ShipmentClaim, decided: OperatorDecision, *, forced: bool) -> None:
    shipment = claim.shipment
    if shipment.number in decided.arrived:
        claim.succeed(f"{decided.by or 'a person'} says that the shop has it")
    elif has_its_turn(services, shipment, forced=forced):
        _send(services, claim, forced=forced)


def has_its_turn(services: Services, shipment: LedgerShipment, *, forced: bool = False) -> bool:
    """Whether to send a slip if it is eligible. InDoubtError: sending was begun, and not even its end is known."""
    if shipment.progress is ShipmentProgress.SENT:
        return False
    if shipment.progress not in UNCLEAR or forced or _may_repeat(services, shipment.content):
        return True
    if shipment.progress is ShipmentProgress.SENDING:
        raise InDoubtError("begun before, and its end was not recorded", reason=Reason.MESSAGE_IN_DOUBT)
    return False


def _may_repeat(services: Services, shipment: Shipment) -> bool:
    """Whether the webshop is known to refuse a message that it already has."""
    orders = services.ledger.shipments.orders(shipment.order_numbers).values()
    return bool(orders) and all(services.settings.webshop(order.webshop).messages.repeat_is_refused for order in orders)


def decided_now(
    services: Services, shipment: LedgerShipment, *, forced: bool = False
) -> Eligibility | Mapping[str, LedgerOrder]:
    """Return why a slip is not sent now, otherwise its orders. InDoubtError: nor is one that the shop may have."""
    known, unclear = whose(services, shipment.content)
    since = shipment.first_seen_at
    verdict = unclear or check_eligibility(services, shipment.content, known, known_since=since, forced=forced)
    if isinstance(verdict, Eligibility) and shipment.progress in UNCLEAR:
        raise InDoubtError(f"not sent again: {verdict.detail}", reason=Reason.MESSAGE_IN_DOUBT)
    return verdict


def _send(services: Services, claim: ShipmentClaim, *, forced: bool) -> None:
    verdict = decided_now(services, claim.shipment, forced=forced)
    if isinstance(verdict, Eligibility):
        claim.put(*verdict)
        return
    orders = verdict
    webshop = next(iter(orders.values())).webshop
    message = to_desadv(claim.shipment.content, orders)
    message.to_xml()  # what cannot be written must fail before anything is started
    address = services.settings.addressee(webshop)
    claim.intend()
    sent = services.messages.send_desadv(message, shop=address.shop, user=address.user)
    _note_sent(services, claim, "the shop had it already" if sent is Sent.ALREADY_TAKEN else "")
    for order in orders.values():
        tell(services, order, "delivered", claim.run)


def _note_sent(services: Services, claim: ShipmentClaim, message: str) -> None:
    """Record the end, trying a few times: otherwise a person has to check the shop."""
    for wait in services.settings.limits.lookup_waits:
        try:
            claim.succeed(message)
        except TransientError as error:
            log.warning("packing slip %s was sent; recording that failed: %s", claim.shipment.number, error)
            services.sleep(wait)
        else:
            return
    claim.succeed(message)


def to_desadv(shipment: Shipment, orders: Mapping[str, LedgerOrder]) -> DespatchAdvice:
    """Translate a complete slip into the shop's message: only the shop's orders, by the numbers that it shows."""
    return DespatchAdvice(
        number=shipment.number,
        date=shipment.slip_date,
        planned_delivery_date=shipment.planned_delivery_date or shipment.slip_date,
        comment=shipment.comment,
        carrier=shipment.carrier,
        tracking_code=shipment.tracking_code,
        items=tuple(_items(shipment, orders)),
    )


def _items(shipment: Shipment, orders: Mapping[str, LedgerOrder]) -> Iterator[DesadvItem]:
    for item in shipment.items:
        order = orders.get(item.order_number)
        if order is not None:
            yield DesadvItem(
                item_num=item.line_number,
                order_num=order.erp_number or item.order_number,
                quantity=item.quantity,
                seller_item_id=item.product_key,
            )


def _after(error: OrderflowError, before: ShipmentProgress, now: ShipmentProgress) -> ShipmentProgress:
    """Return a slip's progress after a failed check: in doubt as soon as the shop may have any message of it."""
    if before in UNCLEAR:
        return ShipmentProgress.IN_DOUBT
    if now is not ShipmentProgress.SENDING:
        if error.reason is Reason.MESSAGE_INVALID and now not in UNCLEAR:
            return ShipmentProgress.HELD
        return ShipmentProgress.OPEN if now is ShipmentProgress.SKIPPED else now  # looked at again until it is known
    if isinstance(error, CallDeferredError):
        return ShipmentProgress.OPEN  # stopped by our own limits before it was sent
    if error.reason is Reason.MESSAGE_REJECTED:
        return ShipmentProgress.REJECTED
    unclear = isinstance(error, InDoubtError) or error.reason not in _CERTAINLY_NOT_TAKEN
    return ShipmentProgress.IN_DOUBT if unclear else ShipmentProgress.OPEN


_CERTAINLY_NOT_TAKEN = {Reason.SHOP_UNAVAILABLE, Reason.SHOP_AUTH, Reason.SHOP_REFUSED}
"""Reasons that prove that the shop has not accepted a message."""

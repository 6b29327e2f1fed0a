"""Push: make sure that the ERP has this order, once.

Nothing is sent before the order was read afresh, looked up in the ERP, and the intent stands in the ledger. Whatever
is unclear afterwards is looked up, and sent again only where the adapter proves that a second order cannot come of it.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import DEFERRED, REJECTIONS, Reason
from orderflow.domain.states import HALF_WRITTEN, IN_ERP, INTENT_OPEN, WRITTEN, Progress, ShopState
from orderflow.erp.models import SalesOrder, SalesOrderRequest, to_sales_order
from orderflow.errors import ClaimedElsewhereError, InDoubtError, OrderflowError, PermanentError
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.orders.claim import Claim

log = logging.getLogger(__name__)


class Content(TypedDict):
    """What was ordered when the order was sent: a fingerprint, and the shop's line id by position."""

    payload_hash: str | None
    line_ids: Mapping[int, int | None]


class Intent(Content):
    """The very request that is about to be sent."""

    external_reference: str
    idempotency_key: str
    sent_lines: Sequence[Mapping[str, Any]]


def push(services: Services, claim: Claim, run: RunRef) -> Outcome:
    """Bring the claimed order into the ERP, or take the one that is there."""
    if claim.order.progress in HALF_WRITTEN:
        return Outcome.UNCHANGED
    _, order = services.read(claim.order_id)
    if stays_resolved(claim.order, order):
        return Outcome.UNCHANGED
    decision = services.decide(order)
    begun = claim.order.progress in INTENT_OPEN | IN_ERP
    if decision.action is not Action.PROCESS and not begun:
        services.ledger.decide(order, decision, run)
        return Outcome.DECIDED
    if claim.order.progress in WRITTEN and decision.action is not Action.PROCESS and not is_reopened(order):
        check_after_export(claim, order)
        return Outcome.UNCHANGED
    found = services.erp.find(claim.order.external_reference or order.external_reference)
    if found is not None:
        _take(services, claim, order, found, _sent_before(claim, order))
    elif claim.order.progress in IN_ERP:
        raise gone(claim.order)
    elif not begun and says_exported(order, decision):
        services.ledger.decide(order, Decision(action=Action.HOLD, reason=Reason.NOT_IN_ERP), run)
        return Outcome.DECIDED
    else:
        _send(services, claim, order, decision)
    return Outcome.DONE


def says_exported(order: Order, decision: Decision) -> bool:
    """Whether the shop says that the ERP has it; where neither ledger nor ERP knows it, a person has to look."""
    return decision.reason is Reason.RESUMED or order.erp_order_number is not None


def stays_resolved(known: LedgerOrder, order: Order) -> bool:
    """Whether a person has seen to it and the shop has not changed it since."""
    return known.progress is Progress.RESOLVED and known.shop_modified_at == order.modified_at


def gone(known: LedgerOrder) -> PermanentError:
    """Say that the ERP has not got what the ledger says that it has."""
    what = f"ERP number {known.erp_number} is gone"
    if known.progress is Progress.RESOLVED:
        name = known.name
        what = f"somebody has seen to it, the shop has changed it since, and the ERP has no {name}"
    return PermanentError(what, reason=Reason.ERP_ORDER_GONE)


def is_reopened(order: Order) -> bool:
    """Whether the shop calls an order new that went to the ERP before: it has to be told again, paid or not."""
    return order.state is ShopState.CONFIRMED


def _send(services: Services, claim: Claim, order: Order, decision: Decision) -> None:
    """Create the order in the ERP; a push that was begun before is repeated only where that is proved safe."""
    begun = claim.order.progress in INTENT_OPEN
    if begun:
        require_safe_resend(services, decision)
    request = to_sales_order(order)
    if begun:
        request = request.model_copy(update=_as_sent_before(claim, request))
        claim.intend(Step.PUSH, message="once more, with the same key")
    else:
        claim.intend(Step.PUSH, **_intent(request))
    try:
        made = services.erp.create(request)
    except OrderflowError as error:
        if _proves_absence(error, begun=begun):
            raise
        _settle(services, claim, order, request, error)
    else:
        _take(services, claim, order, made, _content(request))


def _as_sent_before(claim: Claim, request: SalesOrderRequest) -> dict[str, str]:
    """Return the name and key of the request that was sent before; the shop may have renamed the order since."""
    return {
        "external_reference": claim.order.external_reference or request.external_reference,
        "idempotency_key": claim.order.idempotency_key or request.idempotency_key,
    }


def require_safe_resend(services: Services, decision: Decision) -> None:
    """InDoubtError where an order that may be on its way into the ERP must not be sent once more."""
    if not services.erp.capabilities.resend_is_safe:
        raise InDoubtError("sent before, not found in the ERP, and this ERP gives no proof against a second order")
    if decision.action is not Action.PROCESS:
        raise InDoubtError(f"sent before, not found in the ERP, and now {decision.reason} in the shop: not sent again")


def _proves_absence(error: OrderflowError, *, begun: bool) -> bool:
    """Whether the ERP certainly has no such order after this error.

    A refusal of this request says nothing about an earlier one, unless the ERP judged the order itself.
    """
    if error.reason in REJECTIONS:
        return True
    return not begun and error.reason in {Reason.ERP_REFUSED, Reason.ERP_UNAVAILABLE} | DEFERRED


def _settle(services: Services, claim: Claim, order: Order, request: SalesOrderRequest, error: OrderflowError) -> None:
    """Find out what came of an unclear request: look it up, then send it again if that is proved safe."""
    log.warning("%s: outcome unknown (%s), looking it up", request.external_reference, error)
    try:
        found = _wait_for(services, request.external_reference)
        if found is not None:
            _take(services, claim, order, found, _sent_before(claim, order))
            return
        if not services.erp.capabilities.resend_is_safe:
            raise InDoubtError(error.message) from error
        claim.intend(Step.PUSH, message="once more, with the same key")  # only while the claim is still ours
        made = services.erp.create(request)
    except ClaimedElsewhereError:
        raise
    except OrderflowError as again:
        if claim.order.progress is not Progress.PUSHING or again.reason in REJECTIONS:
            raise
        raise InDoubtError(f"{error.message}; then: {again.message}") from again
    _take(services, claim, order, made, _content(request))


def _wait_for(services: Services, external_reference: str) -> SalesOrder | None:
    """Look an order up a few times: an ERP may commit it after the answer was lost."""
    for wait in services.settings.limits.lookup_waits:
        services.sleep(wait)
        found = services.erp.find(external_reference)
        if found is not None:
            return found
    return None


def _take(services: Services, claim: Claim, order: Order, found: SalesOrder, content: Content) -> None:
    """Record that the ERP has the order, with this content, and say so if the shop's order has moved on since."""
    claim.succeed(
        Step.PUSH,
        progress=Progress.PUSHED,
        message=f"ERP number {found.number}",
        external_reference=found.external_reference,
        erp_number=found.number,
        erp_lines=found.line_numbers,
        **content,
    )
    check_after_export(claim, order)
    tolerance = services.settings.limits.total_tolerance
    if claim.order.reason is None and found.total is not None and abs(found.total - order.total) > tolerance:
        claim.flag(Reason.TOTAL_DIFFERS, f"{found.total} in the ERP, {order.total} in the shop", Step.PUSH)
    if claim.order.reason is None and found.missing_effects:
        claim.flag(Reason.ERP_NOT_PROCESSED, f"ERP number {found.number}: {found.missing_effects}", Step.PUSH)


def _content(request: SalesOrderRequest) -> Content:
    """Return what is remembered of the content of an order that was sent."""
    return {
        "payload_hash": request.payload_hash,
        "line_ids": {line.position: line.shop_line_id for line in request.lines},
    }


def _intent(request: SalesOrderRequest) -> Intent:
    return {
        **_content(request),
        "external_reference": request.external_reference,
        "idempotency_key": request.idempotency_key,
        "sent_lines": request.model_dump(mode="json")["lines"],
    }


def _sent_before(claim: Claim, order: Order) -> Content:
    """Return what the ERP's order was made from: by the ledger or, if that was lost, what the shop has now."""
    known = claim.order
    return {"payload_hash": known.payload_hash or fingerprint(order), "line_ids": known.line_ids}


def check_after_export(claim: Claim, order: Order) -> None:
    """Say so if the shop's order has been cancelled or changed since it went to the ERP."""
    if order.state is ShopState.CANCEL:
        raise PermanentError(f"ERP number {claim.order.erp_number}", reason=Reason.CANCELLED_AFTER_EXPORT)
    flag_if_edited(claim, order, Step.PUSH)


def flag_if_edited(claim: Claim, order: Order, step: Step) -> None:
    """Flag an order that no longer is what the ERP was sent; the ERP is left as it is."""
    known = claim.order
    if known.payload_hash and (
        order.missing() or known.payload_hash not in to_sales_order(order).payload_hashes(known.line_ids)
    ):
        claim.flag(Reason.EDITED_AFTER_EXPORT, f"ERP number {known.erp_number} holds the order as it was", step)


def fingerprint(order: Order) -> str | None:
    """Return what tells this order's content from any other; None when it lacks something the ERP needs."""
    return None if order.missing() else to_sales_order(order).payload_hash

"""Push: make sure that the ERP has this order, once.

Nothing is sent before the order has been read afresh and looked up in the ERP, and the intent is in the ledger with the
very name, key and content that are sent. An unclear outcome is looked up, and the order is sent again only if the ERP
itself prevents duplicates.
"""

import logging

from orderflow.domain.decision import Decision
from orderflow.domain.order import Order
from orderflow.domain.people import People
from orderflow.domain.reasons import NOT_SENT, NOT_THIS_ORDER, REJECTIONS, Reason
from orderflow.domain.states import ALIVE, INTENT_OPEN, Progress, ShopState
from orderflow.erp.models import SalesOrder, SalesOrderRequest, to_sales_order
from orderflow.errors import ClaimedElsewhereError, InDoubtError, OrderflowError, PermanentError
from orderflow.flow.orders.after_export import check_after_export, flag_of
from orderflow.flow.orders.decision import (
    FINDING_OUT,
    Facts,
    Move,
    Verdict,
    cancelled_in_erp,
    is_partly_written_back,
    next_move,
)
from orderflow.flow.orders.partly_written_back import resume
from orderflow.flow.orders.people import flag_changed_addresses, forget_rejected, named_in, people_of
from orderflow.flow.orders.sent_content import content_in_erp, content_of, content_sent_again, in_places_sent
from orderflow.flow.orders.withdrawals import is_returned
from orderflow.flow.orders.write_back_rules import require_alive
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.orders.claim import Claim

log = logging.getLogger(__name__)


def push(services: Services, claim: Claim, run: RunRef) -> Outcome:
    """Send the claimed order to the ERP, or adopt the order that is there."""
    if is_partly_written_back(claim.order):
        resume(services, claim)
        return Outcome.UNCHANGED
    _, order = services.read(claim.order_id)
    facts, verdict = investigate(services, claim.order, order)
    if verdict.error is not None:
        raise verdict.error
    if verdict.move is Move.DECIDE and verdict.decision is not None:
        services.ledger.decide(order, verdict.decision, run)
        return Outcome.DECIDED
    if verdict.move is Move.ADOPT and facts.found is not None:
        _take(services, claim, order, facts.found, None)
    elif verdict.move in {Move.SEND, Move.SEND_AGAIN}:
        people = people_of(services, order, run, begun=facts.begun)
        if isinstance(people, Decision):
            services.ledger.decide(order, people, run)
            return Outcome.DECIDED
        _send_to(services, claim, facts.order, request_for(facts, people), people)
    else:
        if verdict.move is Move.CHECK:
            check_after_export(claim, order)
            if is_returned(claim.order, order.state):
                claim.succeed(Step.PUSH, outcome=Outcome.UNCHANGED, message=f"{order.state} again in the shop")
        return Outcome.UNCHANGED
    return Outcome.DONE


def investigate(services: Services, known: LedgerOrder | None, order: Order) -> tuple[Facts, Verdict]:
    """Find out about an order until it is clear what to do. Only reads.

    An order that is to be sent again has its lines in the places of the first time.
    """
    facts = Facts(
        order=order,
        decision=_decision(services, known, order),
        known=known,
        resend_is_safe=services.erp.capabilities.resend_is_safe,
        tolerance=services.settings.limits.total_tolerance,
    )
    verdict = next_move(facts)
    while verdict.move in FINDING_OUT:
        facts = _looked_up(services, facts) if verdict.move is Move.LOOK_UP else _with_rivals(services, facts)
        verdict = next_move(facts)
    if verdict.move is Move.SEND_AGAIN:
        facts = facts._replace(order=in_places_sent(facts.known, facts.order))
    return facts, verdict


def _decision(services: Services, known: LedgerOrder | None, order: Order) -> Decision:
    """Decide about an order; one that may not have reached the ERP must be payable and whole, whatever its state says.

    The flow has not told the shop yet: somebody else has set it to `processing`.
    """
    decision = services.decide(order, known=known)
    if decision.reason is Reason.RESUMED and known is not None and known.progress in INTENT_OPEN:
        return services.decide(order.model_copy(update={"state": ShopState.CONFIRMED}), known=known)
    return decision


def request_for(facts: Facts, people: People) -> SalesOrderRequest:
    """Return the request to send: with the name and key of the first intent, if there was one."""
    request = to_sales_order(facts.order, people)
    if facts.begun and facts.known is not None:
        key = facts.known.idempotency_key or request.idempotency_key
        return request.model_copy(update={"external_reference": facts.name, "idempotency_key": key})
    return request


def _looked_up(services: Services, facts: Facts) -> Facts:
    found = services.erp.find(facts.name, facts.order.order_id)
    return facts._replace(looked_up=True, found=found, owner=_owner(services, facts, found))


def _owner(services: Services, facts: Facts, found: SalesOrder | None) -> LedgerOrder | None:
    """Return another order to which the ledger has assigned the order found: its number, or its name."""
    if found is None:
        return None
    named = services.ledger.by_external_reference([found.external_reference]).values()
    owners = [*services.ledger.by_erp_number(found.number), *named]
    return next((owner for owner in owners if owner.order_id != facts.order.order_id), None)


def _with_rivals(services: Services, facts: Facts) -> Facts:
    """Find other orders of the shop, in any webshop, with this reference or that of the order found, or its number.

    An order that was renamed since its export is found by its number alone.
    """
    called = facts.found.external_reference.partition("/")[2] if facts.found else ""
    ids = {i for one in dict.fromkeys([facts.order.reference, called]) if one for i in services.shop.ids_of(one)}
    showing = services.shop.ids_showing(facts.found.number) if facts.found else set[int]()
    return facts._replace(rivals=(ids | (showing or set())) - {facts.order.order_id}, hides_rivals=showing is None)


def _send_to(services: Services, claim: Claim, order: Order, request: SalesOrderRequest, people: People) -> None:
    """Send the order with these people, and remember who they are."""
    try:
        _send(services, claim, order, request, people)
    except PermanentError as error:
        if error.reason is Reason.ERP_REJECTED:
            forget_rejected(services, people)
        raise


def _send(services: Services, claim: Claim, order: Order, request: SalesOrderRequest, people: People) -> None:
    """Create the order in the ERP, after recording the intent."""
    begun = claim.order.progress in INTENT_OPEN
    if begun:
        claim.intend(Step.PUSH, message="once more, with the same key", **content_sent_again(claim.order, order))
    else:
        claim.intend(
            Step.PUSH,
            external_reference=request.external_reference,
            idempotency_key=request.idempotency_key,
            **content_of(order),
            **named_in(people),
        )
    try:
        made = _numbered(services.erp.create(request))
    except OrderflowError as error:
        if _proves_absence(error, begun=begun):
            raise
        _settle(services, claim, order, request, error, people=people)
    else:
        _take(services, claim, order, made, people)


def _proves_absence(error: OrderflowError, *, begun: bool) -> bool:
    """Whether this error proves that the ERP has no such order.

    A refusal of this request says nothing about an earlier one, unless the ERP judged the order itself.
    """
    if error.reason in REJECTIONS:
        return True
    return not begun and error.reason in NOT_SENT | {Reason.ERP_REFUSED, Reason.ERP_UNAVAILABLE}


def _settle(
    services: Services, claim: Claim, order: Order, request: SalesOrderRequest, error: OrderflowError, *, people: People
) -> None:
    """Settle an unclear request: look the order up, then send it again if the ERP prevents duplicates."""
    log.warning("%s: outcome unknown (%s), looking it up", request.external_reference, error)
    try:
        found = _wait_for(services, claim, order)
        if found is not None:
            _take(services, claim, order, found, people)
            return
        if not services.erp.capabilities.resend_is_safe:
            raise InDoubtError(error.message) from error
        claim.intend(Step.PUSH, message="once more, with the same key")  # only if the claim is still ours
        made = _numbered(services.erp.create(request))
    except ClaimedElsewhereError:
        raise
    except OrderflowError as again:
        if claim.order.progress is not Progress.PUSHING or again.reason in REJECTIONS | NOT_THIS_ORDER:
            raise
        told = again.reason if again.reason is Reason.ERP_ANSWER_INVALID else None
        raise InDoubtError(f"{error.message}; then: {again.message}", reason=told) from again
    _take(services, claim, order, made, people)


def _wait_for(services: Services, claim: Claim, order: Order) -> SalesOrder | None:
    """Look an order up a few times, because an ERP may commit it after its answer was lost; judge what is found."""
    for wait in services.settings.limits.lookup_waits:
        services.sleep(wait)
        facts, verdict = investigate(services, claim.order, order)
        if verdict.error is not None and facts.found is not None:
            raise verdict.error
        if verdict.move is Move.ADOPT:
            return facts.found
    return None


def _numbered(made: SalesOrder) -> SalesOrder:
    """Refuse an order that has no number yet; a later look-up will show more."""
    if not made.number.strip():
        raise InDoubtError("the ERP has taken the order and has given it no number yet")
    return made


def _take(services: Services, claim: Claim, order: Order, found: SalesOrder, people: People | None) -> None:
    """Record that the ERP has the order, and what a person must know about it; `people` if it was sent with them."""
    if found.is_cancelled:  # an idempotency key replayed: what was created once has been cancelled since
        raise cancelled_in_erp(found)
    content = content_in_erp(claim.order, order, found)
    expected = claim.order.model_copy(update={**content, "erp_number": found.number, "reason": None})
    flagged = flag_of(expected, order, found, services.settings.limits.total_tolerance)
    claim.succeed(
        Step.PUSH,
        progress=Progress.PUSHED,
        message=f"ERP number {found.number}",
        external_reference=found.external_reference,
        erp_number=found.number,
        erp_lines=found.line_numbers,
        is_proved=found.shop_order_id == order.order_id,
        last=order.state in ALIVE and flagged is None and not (people and people.addresses),
        **content,
    )
    if claim.is_released:
        return
    require_alive(order.state, found.number)
    if flagged is not None and (flagged.reason is Reason.EDITED_AFTER_EXPORT or claim.order.reason is None):
        claim.flag(*flagged, Step.PUSH)
    if people is not None:
        flag_changed_addresses(services, claim, people)

"""Check before resuming a write-back: the ERP may have cancelled the order since, or given it another number."""

import logging

from orderflow.domain.reasons import Reason
from orderflow.erp.models import SalesOrder
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import isolated
from orderflow.flow.exported import Exported, lines_of_found, sent_lines
from orderflow.flow.orders.decision import cancelled_in_erp
from orderflow.flow.orders.sent_content import lines_in_erp
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, Outcome, Step
from orderflow.ledger.orders.claim import Claim, Learnt

log = logging.getLogger(__name__)


def resume(services: Services, claim: Claim) -> None:
    """Check that the ERP has kept an order, and learn its new number; PermanentError(ERP_ORDER_CANCELLED)."""
    kept = as_kept(services, claim.order)
    if is_renumbered(kept, claim.order):
        message = f"ERP number {kept.number}, lines numbered anew; formerly {claim.order.erp_number}"
        claim.succeed(Step.PUSH, message=message, is_proved=True, **renumbering(kept))
    elif claim.order.reason is Reason.ERP_ORDER_CANCELLED:
        claim.succeed(Step.PUSH, outcome=Outcome.UNCHANGED, message="reopened in the ERP")


def is_renumbered(kept: Exported, known: LedgerOrder) -> bool:
    """Whether the ERP has given an order, or one of its lines, another number."""
    return (kept.number, kept.erp_lines) != (known.erp_number, known.erp_lines)


def renumbering(kept: Exported) -> Learnt:
    """Return what the ledger learns about an order that the ERP has renumbered; its former number stays known."""
    lines = {position: number for position, number in kept.erp_lines.items() if isinstance(number, int)}
    return {"erp_number": kept.number, "erp_lines": lines, "sent_lines": [line.to_json() for line in kept.sent]}


def as_kept(services: Services, known: LedgerOrder) -> Exported:
    """Return an order that was sent as the ERP has it now: it may have another number, and others on its lines.

    PermanentError if the ERP cancelled it before the shop knew all of it. An ERP that cannot be reached, or does not
    find the order, proves nothing: what the ledger knows goes on, be it a write-back or a cancellation.
    """
    found = isolated(lambda: services.erp.find(known.external_reference or known.name, known.order_id), known.name)
    if isinstance(found, OrderflowError):
        log.warning("%s: not looked up before its write-back continues: %s", known.name, found)
    elif found is not None and _is_this_order(services, known, found):
        if found.is_cancelled:
            raise cancelled_in_erp(found)
        return _renumbered(known, found)
    if known.reason is Reason.ERP_ORDER_CANCELLED:
        raise PermanentError(
            f"ERP number {known.erp_number} was cancelled, and nothing shows that it was reopened", reason=known.reason
        )
    return Exported.of(known)


def _is_this_order(services: Services, known: LedgerOrder, found: SalesOrder) -> bool:
    """Whether it is proved to be the order that was sent: by the shop's id, or by a name and number nobody else has."""
    if found.shop_order_id is not None:
        return found.shop_order_id == known.order_id
    if found.number == known.erp_number:
        return True
    owners = services.ledger.by_erp_number(found.number)
    return found.external_reference == known.external_reference and all(o.order_id == known.order_id for o in owners)


def _renumbered(known: LedgerOrder, found: SalesOrder) -> Exported:
    """Return the order with the numbers it has now; PermanentError(ERP_ORDER_UNPROVED) if other lines were sent."""
    has_its_lines = not known.erp_lines or known.erp_lines.keys() == found.line_numbers.keys()
    if found.number == known.erp_number and (not has_its_lines or found.line_numbers == known.erp_lines):
        return Exported.of(known)
    if not has_its_lines:
        text = f"ERP order {known.erp_number} is now {found.number}, with other lines than were sent"
        raise PermanentError(text, reason=Reason.ERP_ORDER_UNPROVED)
    log.info("%s: ERP order %s is now %s, lines %s", known.name, known.erp_number, found.number, found.line_numbers)
    former, sent = known.numbers_before(found.number), lines_in_erp(sent_lines(known), lines_of_found(found))
    return Exported.of(known)._replace(number=found.number, erp_lines=found.line_numbers, former=former, sent=sent)

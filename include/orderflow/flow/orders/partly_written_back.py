"""Check before resuming a write-back: the ERP may have cancelled the order since."""

import logging

from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError
from orderflow.flow.batch import isolated
from orderflow.flow.orders.decision import cancelled_in_erp
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, Outcome, Step
from orderflow.ledger.orders.claim import Claim

log = logging.getLogger(__name__)


def resume(services: Services, claim: Claim) -> None:
    """Check that the ERP has kept an order; PermanentError(ERP_ORDER_CANCELLED)."""
    require_kept(services, claim.order)
    if claim.order.reason is Reason.ERP_ORDER_CANCELLED:
        claim.succeed(Step.PUSH, outcome=Outcome.UNCHANGED, message="reopened in the ERP")


def require_kept(services: Services, known: LedgerOrder) -> None:
    """PermanentError if the ERP cancelled an order after it was sent and before the shop knew all of it.

    An ERP that cannot be reached, or does not find the order, proves nothing: the write-back continues.
    """
    found = isolated(lambda: services.erp.find(known.external_reference or known.name, known.order_id), known.name)
    if isinstance(found, OrderflowError):
        log.warning("%s: not looked up before its write-back continues: %s", known.name, found)
    elif found is not None and found.number == known.erp_number and found.is_cancelled:
        raise cancelled_in_erp(found)

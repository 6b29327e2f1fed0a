"""Tell the customer how far the order is: optional, at most once per moment, and never a reason to fail."""

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import simplejson

from orderflow.cloudsuite.messages import ORDER_STATUS_PATH
from orderflow.cloudsuite.order_status import OrderStatus
from orderflow.domain.order import Order
from orderflow.errors import InDoubtError, OrderflowError
from orderflow.flow.plan import planned
from orderflow.flow.services import Services
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.orders.claim import Claim

log = logging.getLogger(__name__)

Moment = Literal["pushed", "delivered"]
_STEPS: dict[Moment, Step] = {"pushed": Step.TELL_PUSHED, "delivered": Step.TELL_DELIVERED}


def tell(services: Services, order: Claim | LedgerOrder, moment: Moment, run: RunRef) -> None:
    """Send the webshop's texts for this moment, if there are any, unless that was already started; never raises.

    Pass the claim if one is held, otherwise the order, which is then claimed. An attempt that is in doubt or failed is
    in the order's log, and is not retried. Without texts this does nothing.
    """
    webshop = order.webshop if isinstance(order, LedgerOrder) else order.order.webshop
    if not has_texts(services, webshop, moment):
        return
    held: AbstractContextManager[Claim] = (
        services.ledger.claim(order.order_id, run) if isinstance(order, LedgerOrder) else nullcontext(order)
    )
    try:
        with held as claim:
            message = _to_be_told(services, claim.order, moment, claim.order.erp_number)
            if message is not None:
                _tell(services, claim, _STEPS[moment], message)
    except OrderflowError as error:
        name = order.name if isinstance(order, LedgerOrder) else order.order.name
        log.warning("%s: the customer was not notified (%s): %s", name, moment, error)


def planned_to_tell(
    services: Services, order: Order | LedgerOrder, moment: Moment, erp_number: str | None
) -> PlannedCall | None:
    """Return the call that tells the customer of this moment, for a dry run; None if there is nothing to tell."""
    message = _to_be_told(services, order, moment, erp_number)
    if message is None:
        return None
    settings = services.settings
    path = f"{ORDER_STATUS_PATH}?shop={settings.message_shop(order.webshop)}"
    body = simplejson.dumps(message.to_document(api_timezone=settings.api_timezone), use_decimal=True, default=str)
    return planned(order, "shop", "POST", path, body)


def _to_be_told(
    services: Services, order: Order | LedgerOrder, moment: Moment, erp_number: str | None
) -> OrderStatus | None:
    """Return the message for this moment; None if the webshop has no texts for it, or sending was already started."""
    texts = _texts(services, order.webshop, moment)
    if not texts or any(event.step is _STEPS[moment] for event in services.ledger.events(order_id=order.order_id)):
        return None
    return OrderStatus(
        reference=order.reference, erp_number=erp_number, at=services.now(), state_id=moment.upper(), texts=texts
    )


def has_texts(services: Services, webshop: int | None, moment: Moment) -> bool:
    """Whether customers of a webshop are told of this moment."""
    return bool(_texts(services, webshop, moment))


def _texts(services: Services, webshop: int | None, moment: Moment) -> dict[str, str]:
    texts = services.settings.webshop(webshop).messages.order_status
    return texts.pushed if moment == "pushed" else texts.delivered


def _tell(services: Services, claim: Claim, step: Step, message: OrderStatus) -> None:
    settings = services.settings
    claim.note(step, Outcome.INTENT)
    try:
        services.messages.send_order_status(
            message, shop=settings.message_shop(claim.order.webshop), api_timezone=settings.api_timezone
        )
    except OrderflowError as error:
        outcome = Outcome.IN_DOUBT if isinstance(error, InDoubtError) else Outcome.FAILED
        claim.note(step, outcome, reason=error.reason, message=error.message)
        raise
    claim.note(step, Outcome.DONE)

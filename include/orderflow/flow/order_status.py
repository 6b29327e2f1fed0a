"""Tell the customer how far the order is, in words: optional, at most once per moment, and never a reason to fail."""

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

from orderflow.cloudsuite.order_status import OrderStatus
from orderflow.domain.order import OrderKey
from orderflow.errors import InDoubtError, OrderflowError
from orderflow.flow.parties import Parties
from orderflow.ledger.models import Outcome, RunRef, Step
from orderflow.ledger.store import Claim

log = logging.getLogger(__name__)

Moment = Literal["pushed", "delivered"]
_STEPS: dict[Moment, Step] = {"pushed": Step.TELL_PUSHED, "delivered": Step.TELL_DELIVERED}


def tell(parties: Parties, order: Claim | OrderKey, moment: Moment, run: RunRef) -> None:
    """Send the webshop's texts for this moment, if it has any, unless that was begun before; never raises.

    Give the claim where one is held, else the key: the order is claimed then. What was begun and is in doubt or failed
    is in the log of the order, and is not tried again. Without texts this does nothing at all.
    """
    key = order if isinstance(order, OrderKey) else order.key
    texts = getattr(parties.settings.webshop(key.webshop).messages.order_status, moment)
    if not texts:
        return
    held: AbstractContextManager[Claim] = (
        parties.ledger.claim(order, run) if isinstance(order, OrderKey) else nullcontext(order)
    )
    try:
        with held as claim:
            if not _was_begun(parties, key, moment):
                _tell(parties, claim, moment, texts)
    except OrderflowError as error:
        log.warning("%s: the customer was not told (%s): %s", key, moment, error)


def _was_begun(parties: Parties, key: OrderKey, moment: Moment) -> bool:
    return any(event.step is _STEPS[moment] for event in parties.ledger.events(key=key))


def _tell(parties: Parties, claim: Claim, moment: Moment, texts: dict[str, str]) -> None:
    step, settings = _STEPS[moment], parties.settings
    message = OrderStatus(
        reference=claim.order.reference,
        erp_number=claim.order.erp_number,
        at=parties.now(),
        state_id=moment.upper(),
        texts=texts,
    )
    claim.note(step, Outcome.INTENT)
    try:
        parties.messages.send_order_status(
            message, shop=settings.message_shop(claim.key.webshop), api_timezone=settings.api_timezone
        )
    except OrderflowError as error:
        outcome = Outcome.IN_DOUBT if isinstance(error, InDoubtError) else Outcome.FAILED
        claim.note(step, outcome, reason=error.reason, message=error.message)
        raise
    claim.note(step, Outcome.DONE)

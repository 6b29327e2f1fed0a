"""Tell the shop of a packing slip, once: a message that it may have is never sent again on a guess."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from orderflow.cloudsuite.desadv import Desadv, DesadvItem
from orderflow.cloudsuite.messages import Sent
from orderflow.domain.packing_slip import UNCLEAR, PackingSlip, SlipProgress
from orderflow.domain.reasons import Reason
from orderflow.errors import HeldBackError, InDoubtError, OrderflowError, PermanentError, TransientError
from orderflow.flow.order_status import tell
from orderflow.flow.parties import Parties
from orderflow.flow.slip_verdict import judge
from orderflow.ledger.models import LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.slip_claim import SlipClaim

log = logging.getLogger(__name__)


class Word(NamedTuple):
    """What a person has found out about slips, by number."""

    arrived: Collection[str] = ()
    """The shop has them, or somebody has seen to it there: they count as sent."""
    send_now: Collection[str] = ()
    """The shop does not have them, or only some of their orders are the shop's: they are sent now."""


class SlipResult(NamedTuple):
    """Where a slip stands after a look at it; the error is one that trying again may cure, or that hits every slip."""

    number: str
    progress: SlipProgress | None
    error: OrderflowError | None = None


def send_slips(parties: Parties, numbers: Sequence[str], run: RunRef, word: Word = Word()) -> list[SlipResult]:  # noqa: B008  # a frozen value
    """Look at many slips at once and send those that are to be sent; one's failure is its own: recorded, not raised."""

    def one(number: str) -> SlipResult:
        try:
            with parties.ledger.slips.claim(number, run) as claim:
                error = _recorded(parties, claim, word)
                log.info("packing slip %s: %s %s", number, claim.slip.progress, claim.slip.reason or "")
                return SlipResult(number, claim.slip.progress, error)
        except OrderflowError as error:
            error.order = error.order or f"packing slip {number}"
            log.warning("%s", error)
            return SlipResult(number, None, error)

    return parties.in_parallel(one, numbers)


def _recorded(parties: Parties, claim: SlipClaim, word: Word) -> OrderflowError | None:
    """Look at one slip; whatever goes wrong is in the ledger. Returns the error that its task should fail for."""
    insisted = claim.slip.number in word.send_now and not _begun_here(parties, claim)
    # A person's word ends the doubt that was: what may happen now is what may happen to any slip.
    before = SlipProgress.OPEN if insisted else claim.slip.progress
    try:
        _look(parties, claim, word, insisted=insisted)
    except OrderflowError as error:
        failed = error
    except Exception as error:
        log.exception("packing slip %s", claim.slip.number)
        failed = PermanentError(f"{type(error).__name__}: {error}")
    else:
        return None
    after = _after(failed, before, claim.slip.progress)
    claim.fail(failed, after)
    failed.order = failed.order or f"packing slip {claim.slip.number}"
    return failed if after is before else None  # else the report tells of it


def _begun_here(parties: Parties, claim: SlipClaim) -> bool:
    """Whether this very run has sent the slip already, in an earlier try: nobody has looked into the shop since."""
    run, number = claim.run, claim.slip.number
    return claim.slip.progress in UNCLEAR and any(
        event.step is Step.SEND_SLIP and event.outcome is Outcome.INTENT and event.message == number
        for event in parties.ledger.events(run_id=run.run_id, dag_id=run.dag_id)
    )


def _look(parties: Parties, claim: SlipClaim, word: Word, *, insisted: bool) -> None:
    slip = claim.slip
    if slip.number in word.arrived:
        claim.succeed("a person says that the shop has it")
    elif slip.progress is SlipProgress.SENT:
        return
    elif slip.progress in UNCLEAR and not insisted and not _may_repeat(parties, slip.content):
        if slip.progress is SlipProgress.SENDING:
            raise InDoubtError("begun before, and its end was not recorded", reason=Reason.MESSAGE_IN_DOUBT)
    else:
        _send(parties, claim, insisted=insisted)


def _may_repeat(parties: Parties, slip: PackingSlip) -> bool:
    """Whether the webshop is known to refuse a message that it has had."""
    orders = parties.ledger.slips.orders(slip.order_numbers).values()
    return bool(orders) and all(
        parties.settings.webshop(order.key.webshop).messages.repeat_is_refused for order in orders
    )


def _send(parties: Parties, claim: SlipClaim, *, insisted: bool) -> None:
    slip = claim.slip.content
    orders = parties.ledger.slips.orders(slip.order_numbers)
    verdict = judge(parties, slip, orders, insisted=insisted)
    if verdict:
        if claim.slip.progress in UNCLEAR:
            raise InDoubtError(f"not sent again: {verdict.detail}", reason=Reason.MESSAGE_IN_DOUBT)
        claim.put(*verdict)
        return
    webshop = next(iter(orders.values())).key.webshop
    message = to_desadv(slip, orders)
    message.to_xml()  # what cannot be written must say so before anything is begun
    address = parties.settings.addressee(webshop)
    claim.intend()
    sent = parties.messages.send_desadv(message, shop=address.shop, user=address.user)
    _note_sent(parties, claim, "the shop had it already" if sent is Sent.ALREADY_TAKEN else "")
    for order in orders.values():
        tell(parties, order.key, "delivered", claim.run)


def _note_sent(parties: Parties, claim: SlipClaim, message: str) -> None:
    """Record the end, trying a few times: without it, a person has to look into the shop."""
    for wait in parties.settings.limits.lookup_waits:
        try:
            claim.succeed(message)
        except TransientError as error:
            log.warning("packing slip %s was sent; recording that failed: %s", claim.slip.number, error)
            parties.sleep(wait)
        else:
            return
    claim.succeed(message)


def to_desadv(slip: PackingSlip, orders: Mapping[str, LedgerOrder]) -> Desadv:
    """Translate a complete slip into the shop's message: the items of the orders that are the shop's."""
    return Desadv(
        number=slip.number,
        date=slip.slip_date,
        planned_delivery_date=slip.planned_delivery_date or slip.slip_date,
        comment=slip.comment,
        carrier=slip.carrier,
        tracking_code=slip.tracking_code,
        items=tuple(_items(slip, orders)),
    )


def _items(slip: PackingSlip, orders: Mapping[str, LedgerOrder]) -> Iterator[DesadvItem]:
    for item in slip.items:
        if item.order_number in orders:
            yield DesadvItem(
                item_num=item.line_number,
                order_num=item.order_number,
                quantity=item.quantity,
                seller_item_id=item.product_key,
            )


def _after(error: OrderflowError, before: SlipProgress, now: SlipProgress) -> SlipProgress:
    """Where a failed look leaves a slip: in doubt as soon as the shop may have it, from this or an earlier message."""
    if before in UNCLEAR:
        return SlipProgress.IN_DOUBT
    if now is not SlipProgress.SENDING:
        return SlipProgress.HELD if error.reason is Reason.MESSAGE_INVALID and now not in UNCLEAR else now
    if isinstance(error, HeldBackError):
        return SlipProgress.OPEN  # stopped by our own limits before it left
    if error.reason is Reason.MESSAGE_REJECTED:
        return SlipProgress.REJECTED
    unclear = isinstance(error, InDoubtError) or error.reason not in _CERTAINLY_NOT_TAKEN
    return SlipProgress.IN_DOUBT if unclear else SlipProgress.OPEN


_CERTAINLY_NOT_TAKEN = {Reason.SHOP_UNAVAILABLE, Reason.SHOP_AUTH, Reason.SHOP_REFUSED}
"""Why a message has certainly not reached the shop's books."""

"""Write back: tell the shop that the order is being processed, under which ERP number and line numbers.

Each step stands on its own: it reads the shop's order, writes only what differs, and believes only what it reads
afterwards. The shop answers 200 to fields it ignores.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from orderflow.cloudsuite.mapper import GOODS_LINE, goods_lines
from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress, ShopState
from orderflow.errors import InDoubtError, PermanentError, TransientError
from orderflow.flow.customer_status import tell
from orderflow.flow.orders.cxml_confirmation import confirm, confirmation, confirms_by_cxml
from orderflow.flow.orders.push import flag_if_edited
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder, Outcome, RunRef, Step
from orderflow.ledger.orders.claim import Claim

_KEPT_STATES = {ShopState.PROCESSING, ShopState.DONE}
"""States an exported order may be in: the flow never moves an order back."""

_PROCESSING = {"state": ShopState.PROCESSING.value}

_SEEN_LASTS = timedelta(minutes=30)
"""How long it counts that a run saw no ERP number: the steps of a large run are that far apart at a slow shop."""


def patch_state(services: Services, claim: Claim, run: RunRef) -> Outcome:
    """Step 3: PATCH state to `processing`, from `confirmed` only: a cancelled order is never brought back to life.

    Where the shop has proved that it refuses a PATCH in another state it is not read before, else it is.
    """
    with services.shop.state_condition.turn() as turn:
        if turn.proved:
            claim.intend(Step.PATCH_STATE)
            answer = services.shop.patch_order_if(ShopState.CONFIRMED, claim.order_id, _PROCESSING)
            if answer is not None:
                return _state_set(services, claim, run, answer, Outcome.DONE)
        outcome = _read_then_patch(services, claim, run, turn.patch_confirmed)
    # None: it was confirmed when it was read and is not now, or the answer to the same PATCH was lost.
    outcome = outcome or _read_then_patch(services, claim, run, services.shop.patch_order)
    if outcome is None:
        raise TransientError("the shop's state changes all the time", reason=Reason.SHOP_UNAVAILABLE)
    return outcome


def _read_then_patch(
    services: Services, claim: Claim, run: RunRef, patch: Callable[[int, Mapping[str, Any]], ShopOrder | None]
) -> Outcome | None:
    shop_order = _read_exported(services, claim)
    if shop_order.state in _KEPT_STATES:
        return _state_set(services, claim, run, shop_order, Outcome.UNCHANGED)
    if shop_order.state != ShopState.CONFIRMED:
        raise PermanentError(f"the shop's state is {shop_order.state}", reason=Reason.EDITED_AFTER_EXPORT)
    claim.intend(Step.PATCH_STATE)
    answer = patch(shop_order.id, _PROCESSING)
    return None if answer is None else _state_set(services, claim, run, answer, Outcome.DONE)


def _state_set(services: Services, claim: Claim, run: RunRef, seen: ShopOrder, outcome: Outcome) -> Outcome:
    """Record the state, and whether the shop's order, as it was just seen, leaves room for our ERP number."""
    if outcome is Outcome.DONE:
        _require_kept(_PROCESSING, {"state": seen.state})
    free = "erp_order_number" in seen.document and not seen.erp_order_number
    claim.succeed(
        Step.PATCH_STATE,
        progress=Progress.STATE_SET,
        outcome=outcome,
        number_free_for=run.name if free else None,
        number_free_at=services.now() if free else None,
    )
    return outcome


def patch_erp_order_number(services: Services, claim: Claim, run: RunRef) -> Outcome:
    """Step 3b: PATCH the ERP number; another number that is there already is never overwritten.

    The order is not read before if this very run has just seen that it has no number. Nothing but the number is sent,
    so that nothing else can be undone, and the answer shows a cancellation. A webshop that is told by cXML hears the
    number with the lines: there is nothing to do here.
    """
    if confirms_by_cxml(services, claim.order.webshop):
        return _settled(claim, Step.PATCH_NUMBER, Progress.NUMBER_SET)
    number = _erp_number(claim.order)
    if not _was_free(services, claim, run):
        shop_order = _read_exported(services, claim)
        if shop_order.erp_order_number == number:
            return _settled(claim, Step.PATCH_NUMBER, Progress.NUMBER_SET)
        refuse_other_number(shop_order, number)
    claim.intend(Step.PATCH_NUMBER)
    answer = services.shop.patch_order(claim.order_id, {"erp_order_number": number})
    refuse_cancelled(claim.order.erp_number, answer)
    _require_kept({"erp_order_number": number}, {"erp_order_number": answer.erp_order_number})
    claim.succeed(Step.PATCH_NUMBER, progress=Progress.NUMBER_SET)
    return Outcome.DONE


def _was_free(services: Services, claim: Claim, run: RunRef) -> bool:
    """Whether this run has just seen the shop's order without an ERP number; a retry looks for itself."""
    seen = claim.order.number_free_at
    fresh = seen is not None and services.now() - seen <= _SEEN_LASTS
    return fresh and claim.order.number_free_for == run.name and run.try_number == 1


def put_order_lines(services: Services, claim: Claim, run: RunRef) -> Outcome:
    """Step 3c: PUT the object just read with the ERP fields set, then read it back.

    The vendor's sample PUT says `confirmed`: sent here it would reopen the order and export it again, for PUT
    replaces the whole object. So everything else goes back exactly as it came, and the state as it should be.
    A webshop that is told by cXML gets a confirmation instead; what it has to show afterwards is the same.
    """
    shop_order = _read_exported(services, claim)
    number = _erp_number(claim.order)
    refuse_other_number(shop_order, number)
    numbers = line_numbers(shop_order, claim.order.erp_lines, claim.order.line_ids)
    wanted = with_erp_fields(shop_order, number, numbers)
    if _erp_fields(ShopOrder.from_document(wanted)) == _erp_fields(shop_order):
        outcome = _settled(claim, Step.PUT_LINES, Progress.WRITTEN_BACK)
        flag_if_edited(claim, services.understand(shop_order), Step.PUT_LINES)
    else:
        outcome = _write_lines(services, claim, shop_order, wanted)
    tell(services, claim, "pushed", run)
    return outcome


def _write_lines(services: Services, claim: Claim, shop_order: ShopOrder, wanted: Mapping[str, Any]) -> Outcome:
    """Whether a confirmation was taken whose answer was lost, the order shows; where it does not, the doubt stays."""
    claim.intend(Step.PUT_LINES)
    doubt = None
    if confirms_by_cxml(services, claim.order.webshop):
        doubt = _confirm(services, claim, shop_order)
    else:
        services.shop.put_order(shop_order.id, wanted)
    kept = services.shop.get_order(shop_order.id)
    if doubt is not None and _erp_fields(kept) != _erp_fields(ShopOrder.from_document(wanted)):
        raise doubt
    _require_kept(_erp_fields(ShopOrder.from_document(wanted)), _erp_fields(kept))
    claim.succeed(Step.PUT_LINES, progress=Progress.WRITTEN_BACK)
    flag_if_edited(claim, services.understand(kept), Step.PUT_LINES)
    return Outcome.DONE


def _confirm(services: Services, claim: Claim, shop_order: ShopOrder) -> InDoubtError | None:
    """Send the cXML confirmation if the shop does not show yet what it says; the state is set as in step 3."""
    if shop_order.state not in _KEPT_STATES:
        shop_order = services.shop.patch_order(shop_order.id, {"state": ShopState.PROCESSING.value})
    number, numbers = _erp_number(claim.order), line_numbers(shop_order, claim.order.erp_lines, claim.order.line_ids)
    wanted = with_erp_fields(shop_order, number, numbers)
    if _erp_fields(ShopOrder.from_document(wanted)) == _erp_fields(shop_order):
        return None
    noticed_at = claim.order.pushed_at
    message = confirmation(services, shop_order, number, numbers, noticed_at=noticed_at)
    return confirm(services, claim.order.webshop, message)


def with_erp_fields(shop_order: ShopOrder, number: str, numbers: Mapping[int, int | str]) -> dict[str, Any]:
    """Return the shop's object with state, ERP number and line numbers (by position) set; all else untouched."""
    position = 0
    lines: list[Mapping[str, Any]] = []
    for line in shop_order.document.get("order_lines") or []:
        if line.get("type", GOODS_LINE) in {GOODS_LINE, None}:
            position += 1
            lines.append({**line, "erp_line_number": numbers[position]})
        else:
            lines.append(line)
    state = shop_order.state if shop_order.state in _KEPT_STATES else ShopState.PROCESSING.value
    return {**shop_order.document, "state": state, "erp_order_number": number, "order_lines": lines}


def line_numbers(
    shop_order: ShopOrder, erp_lines: Mapping[int, int | str], line_ids: Mapping[int, int | None]
) -> dict[int, int | str]:
    """Return the ERP line number for each position the shop's order has now, from those by position when it was sent.

    Lines are matched by the shop's line id as it was sent, else by position, never by product: one product can stand
    on two lines. An order that has none of those ids any more was renumbered by a PUT, which may have been our own.
    PermanentError(LINES_MISMATCH) when that does not work out for every line.
    """
    lines = dict(enumerate(goods_lines(shop_order), start=1))
    by_id = {line_id: erp_lines.get(position) for position, line_id in line_ids.items() if line_id}
    has_ids = not by_id.keys().isdisjoint(line.id for line in lines.values())
    numbers = {
        position: by_id.get(line.id) if has_ids and line.id else erp_lines.get(position)
        for position, line in lines.items()
    }
    lost = [position for position, number in numbers.items() if number is None]
    if lost or len(lines) != len(erp_lines):
        raise PermanentError(
            f"the shop has {len(lines)} lines, the ERP {len(erp_lines)}; "
            f"no ERP line for position {', '.join(map(str, lost)) or 'any more'}",
            reason=Reason.LINES_MISMATCH,
        )
    return {position: number for position, number in numbers.items() if number is not None}


def _read_exported(services: Services, claim: Claim) -> ShopOrder:
    """Read the order now; a cancelled one is left alone, for any write would bring it back to life."""
    shop_order = services.shop.get_order(claim.order_id)
    refuse_cancelled(claim.order.erp_number, shop_order)
    return shop_order


def refuse_cancelled(number: str | None, shop_order: ShopOrder) -> None:
    """PermanentError for an order that is cancelled although the ERP has it."""
    if shop_order.state == ShopState.CANCEL:
        raise PermanentError(f"ERP number {number}", reason=Reason.CANCELLED_AFTER_EXPORT)


def _erp_number(known: LedgerOrder) -> str:
    if not known.erp_number:
        raise PermanentError("the ledger holds no ERP number for it", reason=Reason.UNEXPECTED)
    return known.erp_number


def refuse_other_number(shop_order: ShopOrder, number: str) -> None:
    """PermanentError where the shop has another ERP number."""
    if shop_order.erp_order_number and shop_order.erp_order_number != number:
        raise PermanentError(
            f"the shop holds {shop_order.erp_order_number}, the ERP says {number}", reason=Reason.ERP_NUMBER_CONFLICT
        )


def _settled(claim: Claim, step: Step, progress: Progress) -> Outcome:
    claim.succeed(step, progress=progress, outcome=Outcome.UNCHANGED)
    return Outcome.UNCHANGED


def _erp_fields(shop_order: ShopOrder) -> dict[str, Any]:
    lines = {
        f"erp_line_number of line {n}": line.erp_line_number for n, line in enumerate(goods_lines(shop_order), start=1)
    }
    return {"state": shop_order.state, "erp_order_number": shop_order.erp_order_number, **lines}


def _require_kept(sent: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
    lost = [
        f"{field} is {kept.get(field)!r} instead of {value!r}"
        for field, value in sent.items()
        if kept.get(field) != value
    ]
    if lost:
        raise PermanentError("; ".join(lost), reason=Reason.WRITEBACK_IGNORED)

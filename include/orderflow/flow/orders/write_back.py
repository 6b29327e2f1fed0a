"""Write back: tell the shop that the order is being processed, with its ERP number and line numbers."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Unpack

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.fingerprint import VERSION
from orderflow.domain.lines import SentLine
from orderflow.domain.reasons import Reason
from orderflow.domain.states import Progress
from orderflow.errors import PermanentError
from orderflow.flow.customer_status import has_texts, tell
from orderflow.flow.exported import Exported, as_shown, line_numbers
from orderflow.flow.orders.after_export import content_after_write, flag_if_edited, is_edited
from orderflow.flow.orders.cxml_confirmation import confirm, confirmation, confirms_by_cxml
from orderflow.flow.orders.partly_written_back import as_kept, is_renumbered, renumbering
from orderflow.flow.orders.write_back_rules import lines_change, number_change, state_change
from orderflow.flow.orders.writing import Change, Written, difference, write
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import Outcome, RunRef, Step
from orderflow.ledger.orders.claim import Claim, Learnt


def patch_state(services: Services, claim: Claim, _run: RunRef) -> Outcome:
    """Step 3: PATCH state to `processing`, from `confirmed` only: a cancelled order is never revived."""
    return _patch(services, claim, Step.PATCH_STATE, Progress.STATE_SET, state_change)


def patch_erp_order_number(services: Services, claim: Claim, _run: RunRef) -> Outcome:
    """Step 3b: PATCH the ERP number; a different number in the shop is never overwritten.

    A webshop that uses cXML gets the number with the lines: nothing to do here.
    """
    if confirms_by_cxml(services, claim.order.webshop):
        claim.succeed(Step.PATCH_NUMBER, progress=Progress.NUMBER_SET, outcome=Outcome.UNCHANGED)
        return Outcome.UNCHANGED
    return _patch(services, claim, Step.PATCH_NUMBER, Progress.NUMBER_SET, number_change)


def put_order_lines(services: Services, claim: Claim, run: RunRef) -> Outcome:
    """Step 3c: PUT the object just read with the ERP fields set, then read it back.

    A webshop that uses cXML gets a confirmation instead; what it must show afterwards is the same. The ERP is asked
    first whether it has kept the order: it may have been cancelled or renumbered there since the push.
    """
    exported = as_kept(services, claim.order)
    shown = [exported]

    def change(seen: ShopOrder) -> Mapping[str, Any] | None:
        order = services.understand(seen)
        wanted = lines_change(seen, order, services.places(seen), shown[-1])
        shown.append(as_shown(order, shown[-1]))  # after a PUT, lines are recognised by their content
        return wanted

    if confirms_by_cxml(services, claim.order.webshop):
        written = _confirmed(services, claim, change, exported)
    else:
        intend = partial(claim.intend, Step.PUT_LINES)
        written = write(services, claim.order_id, change, method="PUT", intend=intend)
    renumbered = is_renumbered(exported, claim.order)
    learnt: Learnt = renumbering(exported) if renumbered else {}
    if written.changed:
        learnt |= _caused_by_us(services, claim, written, exported)
    order = services.understand(written.order)
    edited = is_edited(claim.order.model_copy(update=learnt), order)
    last = not (edited or has_texts(services, claim.order.webshop, "pushed"))
    learnt["last_step"] = services.settings.last_step(claim.order.webshop)
    learnt["shop_modified_at"] = order.modified_at  # so that our own change is not taken for somebody's edit
    progress = Progress.WRITTEN_BACK
    outcome = _succeeded(claim, Step.PUT_LINES, progress, written, last=last, is_proved=renumbered, **learnt)
    if not last:
        flag_if_edited(claim, order, Step.PUT_LINES)
        tell(services, claim, "pushed", run)
    return outcome


def _patch(
    services: Services,
    claim: Claim,
    step: Step,
    progress: Progress,
    change: Callable[[ShopOrder, Exported], Mapping[str, Any] | None],
) -> Outcome:
    exported = Exported.of(claim.order)
    intend = partial(claim.intend, step)
    written = write(services, claim.order_id, lambda seen: change(seen, exported), method="PATCH", intend=intend)
    learnt = _content_after(services, claim, written) if written.changed else {}
    return _succeeded(claim, step, progress, written, last=True, **learnt)


def _confirmed(services: Services, claim: Claim, change: Change, exported: Exported) -> Written:
    """Send the cXML confirmation unless the shop already shows its content; the state is set as in step 3.

    If the answer to a confirmation was lost, the order shows whether it was accepted; if not, the doubt remains.
    """
    intend = partial(claim.intend, Step.PUT_LINES)
    before = write(
        services, claim.order_id, lambda seen: state_change(seen, exported), method="PATCH", intend=intend
    ).order
    if change(before) is None:
        return Written(before, before, changed=False)
    order = services.understand(before)
    message = confirmation(
        services, before, exported.number, line_numbers(order, exported), noticed_at=claim.order.pushed_at
    )
    intend()
    doubt = confirm(services, order.webshop, message)
    kept = services.shop.get_order(claim.order_id)
    missing = change(kept)
    if missing is not None:
        raise doubt or PermanentError(difference(missing, kept), reason=Reason.WRITEBACK_IGNORED)
    return Written(before, kept, changed=True)


def _caused_by_us(services: Services, claim: Claim, written: Written, exported: Exported) -> Learnt:
    """Return what our own write has changed in the order: lines with new ids, texts that were trimmed.

    From now on the lines are known by their new ids, and texts that the shop trims when storing are not an edit.
    """
    after = services.understand(written.order)
    positions = {number: position for position, number in exported.erp_lines.items()}
    lines = [
        SentLine.of(line)._replace(position=positions[line.erp_line_number])
        for line in after.lines
        if line.erp_line_number in positions
    ]
    return {
        **_content_after(services, claim, written),
        "sent_lines": [line.to_json() for line in lines],
        "line_ids": {line.position: line.line_id for line in lines},
    }


def _content_after(services: Services, claim: Claim, written: Written) -> Learnt:
    """Return the content as the shop has stored it with our write; nothing if somebody else has changed it."""
    before, after = services.understand(written.before), services.understand(written.order)
    content = content_after_write(claim.order, before, after)
    return {} if content is None else {"payload_hash": content, "payload_version": VERSION}


def _succeeded(
    claim: Claim,
    step: Step,
    progress: Progress,
    written: Written,
    *,
    last: bool = False,
    is_proved: bool = False,
    **learnt: Unpack[Learnt],
) -> Outcome:
    outcome = Outcome.DONE if written.changed else Outcome.UNCHANGED
    claim.succeed(step, progress=progress, outcome=outcome, last=last, is_proved=is_proved, **learnt)
    return outcome

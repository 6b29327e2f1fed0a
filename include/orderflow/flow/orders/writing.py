"""Write to an order of the shop: read it, decide, write once, and trust only a later read.

Nothing is repeated based on an old read: after an unclear answer, a pause that the shop asked for, or a new token, the
order is read and decided again, because somebody may have cancelled it meanwhile. The shop answers 200 to fields that
it ignores.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError, TransientError, TurnedAwayError
from orderflow.flow.services import Services

Change = Callable[[ShopOrder], Mapping[str, Any] | None]
"""What to write to an order as just read, None if nothing; PermanentError if nothing may be written."""

_MOVES = 5


class Written(NamedTuple):
    """The result of a write."""

    before: ShopOrder
    """The order as read before the first attempt."""
    order: ShopOrder
    """As the shop shows it afterwards."""
    changed: bool
    """Whether anything was written."""


def write(
    services: Services,
    order_id: int,
    change: Change,
    *,
    method: Literal["PATCH", "PUT"],
    intend: Callable[[], None],
    trust_answer: bool = True,
) -> Written:
    """Write until `change` finds nothing more to write; `intend` is called before each attempt.

    The answer to a PATCH is trusted if it shows everything that was wanted, unless `trust_answer` is False; that to a
    PUT never.

    TransientError if the shop stays unclear; PermanentError(WRITEBACK_IGNORED) if it does not store what it accepted.
    """
    before: list[ShopOrder] = []
    turned_away: list[TurnedAwayError] = []
    trust_answer = trust_answer and method == "PATCH"

    def attempt() -> Written:
        for _ in range(_MOVES):
            seen = services.shop.get_order(order_id)
            wanted = change(seen)
            if wanted is None:
                return Written(before[0] if before else seen, seen, changed=bool(before))
            intend()
            before.append(seen)
            try:
                answer = _send(services, method, seen, wanted)
            except TurnedAwayError as error:
                before.pop()  # nothing was done
                _refuse_twice(turned_away, error)
                continue
            if answer is not None:
                kept = _kept(services, change, answer, trust_answer=trust_answer)
                return Written(before[0], kept, changed=True)
        if turned_away:
            raise turned_away[-1].refusal
        message = "the order's state kept changing while it was being updated"
        raise TransientError(message, reason=Reason.SHOP_UNAVAILABLE)

    return services.shop.repeating(attempt)


def _refuse_twice(turned_away: list[TurnedAwayError], error: TurnedAwayError) -> None:
    """Allow any number of pauses while moves are left, but only one new token: a second refusal is final."""
    final = isinstance(error.refusal, PermanentError)
    if final and any(isinstance(before.refusal, PermanentError) for before in turned_away):
        raise error.refusal
    turned_away.append(error)


def _send(services: Services, method: str, seen: ShopOrder, wanted: Mapping[str, Any]) -> ShopOrder | None:
    """Write once, in the state just seen; None if the order has left that state.

    That a shop obeys such a condition is ASSUMED. A shop that does not know it writes anyway, and one that refuses it
    is sent the write without it.
    """
    send = services.shop.put_order if method == "PUT" else services.shop.patch_order
    answer = send(seen.id, wanted, only_in=seen.state)
    if answer is None and services.shop.get_order(seen.id).state == seen.state:
        return send(seen.id, wanted)
    return answer


def _kept(services: Services, change: Change, answer: ShopOrder, *, trust_answer: bool) -> ShopOrder:
    """Return the order as stored: the answer if it shows everything that was sent, otherwise a fresh read."""
    if trust_answer and _is_settled(change, answer):
        return answer
    kept = services.shop.get_order(answer.id)
    missing = change(kept)
    if missing is not None:
        raise PermanentError(difference(missing, kept), reason=Reason.WRITEBACK_IGNORED)
    return kept


def _is_settled(change: Change, answer: ShopOrder) -> bool:
    """Whether an answer shows that nothing is left to write; a partial answer shows nothing."""
    try:
        return change(answer) is None
    except PermanentError:
        return False


def difference(wanted: Mapping[str, Any], kept: ShopOrder) -> str:
    """List the fields that the shop did not store."""
    lost = [
        f"{field} is {_in_json(kept.document.get(field))} instead of {_in_json(wanted[field])}"
        for field in ("state", "erp_order_number", "shipment_state")
        if field in wanted and kept.document.get(field) != wanted[field]
    ]
    held = kept.document.get("order_lines") or []
    numbers = [
        (line.get("erp_line_number"), after.get("erp_line_number"))
        for line, after in zip(wanted.get("order_lines") or [], held, strict=False)
    ]
    lost += [
        f"erp_line_number is {_in_json(after)} instead of {_in_json(line)}" for line, after in numbers if line != after
    ]
    return "; ".join(lost) or "the shop did not keep what was written"


def _in_json(value: object) -> str:
    """Format a value as in the order's JSON, not as in Python."""
    return json.dumps(value, ensure_ascii=False, default=str)

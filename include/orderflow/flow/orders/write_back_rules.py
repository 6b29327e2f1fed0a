"""What to write back to an order as just read: one rule per step, used by the run and by the dry run.

Each returns the change, or None if the shop already shows it, or raises PermanentError if nothing may be written.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ALIVE, KEPT_STATES, ShopState
from orderflow.errors import PermanentError
from orderflow.flow.exported import Exported, Number, line_numbers

_PROCESSING: Mapping[str, Any] = {"state": ShopState.PROCESSING.value}


def require_alive(state: str | None, number: str | None) -> None:
    """PermanentError if the shop has cancelled or withdrawn an order that the ERP has: any write would revive it."""
    what = f"ERP number {number}"
    if state == ShopState.CANCEL:
        raise PermanentError(what, reason=Reason.CANCELLED_AFTER_EXPORT)
    if state not in ALIVE:
        text = f"the shop's state is {state or 'unknown'}; {what}"
        raise PermanentError(text, reason=Reason.WITHDRAWN_AFTER_EXPORT)


def state_change(shop_order: ShopOrder, exported: Exported) -> Mapping[str, Any] | None:
    """Step 3: the state becomes `processing`, from `confirmed` only."""
    require_alive(shop_order.state, exported.number)
    return None if shop_order.state in KEPT_STATES else _PROCESSING


def number_change(shop_order: ShopOrder, exported: Exported) -> Mapping[str, Any] | None:
    """Step 3b: the ERP number; a number in the shop that is not this order's, now or formerly, is never overwritten."""
    require_alive(shop_order.state, exported.number)
    held = shop_order.erp_order_number
    if held and held not in {exported.number, *exported.former}:
        raise PermanentError(
            f"the shop holds {held}, the ERP says {exported.number}", reason=Reason.ERP_NUMBER_CONFLICT
        )
    return None if held == exported.number else {"erp_order_number": exported.number}


def lines_change(
    shop_order: ShopOrder, order: Order, places: Sequence[int], exported: Exported
) -> Mapping[str, Any] | None:
    """Step 3c: the object just read with state, ERP number and line numbers set, and the rest unchanged.

    The vendor's sample PUT contains `confirmed`. Because PUT replaces the whole object, sending that here would reopen
    the order and export it again, so the correct state is sent. `order` is the parsed object, `places` are its lines'
    indexes in it. PermanentError(LINES_MISMATCH) if a line is in doubt.
    """
    number_change(shop_order, exported)
    wanted = _with_erp_fields(shop_order, exported.number, line_numbers(order, exported), places)
    return None if _erp_fields(wanted) == _erp_fields(shop_order.document) else wanted


def _with_erp_fields(
    shop_order: ShopOrder, number: str, numbers: Mapping[int, Number], places: Sequence[int]
) -> dict[str, Any]:
    """Return the shop's object with state, ERP number and line numbers (by position) set, the rest unchanged."""
    lines = list(shop_order.document.get("order_lines") or [])
    for position, place in enumerate(places, start=1):
        lines[place] = {**lines[place], "erp_line_number": numbers[position]}
    state = shop_order.state if shop_order.state in KEPT_STATES else ShopState.PROCESSING.value
    return {**shop_order.document, "state": state, "erp_order_number": number, "order_lines": lines}


def _erp_fields(document: Mapping[str, Any]) -> tuple[Any, ...]:
    numbers = [line.get("erp_line_number") for line in document.get("order_lines") or []]
    return document.get("state"), str(document.get("erp_order_number") or "").strip(), list(map(_as_number, numbers))


def _as_number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value

"""Whether an order found in the ERP is the shop's order that was looked for.

A name proves nothing: references repeat, restart and change. What counts, in this order: the shop's order id as
returned by the ERP, what the ledger knows about that ERP order, the number that the shop shows, and finally the
content.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from orderflow.domain.lines import SentLine, goods_of
from orderflow.domain.money import same_amount
from orderflow.domain.order import Order
from orderflow.erp.models import SalesOrder
from orderflow.flow.exported import sent_lines
from orderflow.ledger.models.orders import LedgerOrder


class Proof(StrEnum):
    """How certain it is."""

    OURS = "ours"
    LIKELY = "likely"
    """Only the content supports it, and nothing contradicts it."""
    ANOTHERS = "another's"
    NUMBER_REPEATS = "number repeats"
    """Another order of the shop, sent under another name, has its number, and the ERP says of neither whose it is."""
    CONTRADICTED = "contradicted"
    """Its content is not this order's."""


class ProofResult(NamedTuple):
    """The proof, and what contradicts it."""

    proof: Proof
    detail: str = ""


def prove(
    found: SalesOrder, order: Order, known: LedgerOrder | None, owner: LedgerOrder | None, *, tolerance: Decimal
) -> ProofResult:
    """Judge the order found; `owner` is another shop order to which the ledger has assigned it, if any."""
    if found.shop_order_id is not None:
        if found.shop_order_id == order.order_id:
            return ProofResult(Proof.OURS)
        return ProofResult(Proof.ANOTHERS, f"it was made from order id {found.shop_order_id}")
    if owner is not None:
        other_name = owner.external_reference not in {None, found.external_reference}
        proof = Proof.NUMBER_REPEATS if other_name and owner.erp_number == found.number else Proof.ANOTHERS
        return ProofResult(proof, f"it belongs to order id {owner.order_id} ({owner.name})")
    if found.number in {known.erp_number if known else None, order.erp_order_number}:
        return ProofResult(Proof.OURS)
    against = _contradiction(found, order, known, tolerance)
    return ProofResult(Proof.CONTRADICTED, against) if against else ProofResult(Proof.LIKELY)


def _contradiction(found: SalesOrder, order: Order, known: LedgerOrder | None, tolerance: Decimal) -> str:
    """Return what in the ERP's order cannot be this order; missing values contradict nothing.

    An order that was sent is compared with what was sent, because the shop may have changed it since.
    """
    sent = sent_lines(known)
    expected = sent or tuple(map(SentLine.of, order.lines))
    if len(found.lines) != len(expected):
        return f"it has {len(found.lines)} lines instead of {len(expected)}"
    if found.customer is not None and order.customer is not None and found.customer != order.customer:
        return f"it is of customer {found.customer}, not {order.customer}"
    theirs = [line.content for line in found.lines if line.content is not None]
    if len(theirs) == len(expected) and _differ([goods_of(line) for line in theirs], [e.goods for e in expected]):
        return "its lines hold other goods"
    if not sent and found.total is not None and not same_amount(found.total, order.total, order.currency, tolerance):
        return f"its total is {found.total}, not {order.total}"
    return ""


def _differ(theirs: Sequence[str], ours: Sequence[str | None]) -> bool:
    return None not in ours and Counter(theirs) != Counter(ours)

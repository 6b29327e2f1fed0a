"""Whether an order that the ERP was found to have is the shop's order that was looked for.

A name proves nothing: references repeat, restart and change. What counts, in this sequence: the shop's order id that
the ERP gives, what the ledger knows of that ERP order, the number that the shop shows, and at last the content.
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
    """How sure it is."""

    OURS = "ours"
    LIKELY = "likely"
    """Only the content speaks for it, and nothing against it."""
    ANOTHERS = "another's"
    CONTRADICTED = "contradicted"
    """It holds something else than this order."""


class ProofResult(NamedTuple):
    """The proof, and what speaks against it."""

    proof: Proof
    detail: str = ""


def prove(
    found: SalesOrder, order: Order, known: LedgerOrder | None, owner: LedgerOrder | None, *, tolerance: Decimal
) -> ProofResult:
    """Judge what was found; `owner` is another shop order that the ledger has given this ERP order to, if any."""
    if found.shop_order_id is not None:
        if found.shop_order_id == order.order_id:
            return ProofResult(Proof.OURS)
        return ProofResult(Proof.ANOTHERS, f"it was made from order id {found.shop_order_id}")
    if owner is not None:
        return ProofResult(Proof.ANOTHERS, f"it belongs to order id {owner.order_id} ({owner.name})")
    if found.number in {known.erp_number if known else None, order.erp_order_number}:
        return ProofResult(Proof.OURS)
    against = _contradiction(found, order, known, tolerance)
    return ProofResult(Proof.CONTRADICTED, against) if against else ProofResult(Proof.LIKELY)


def _contradiction(found: SalesOrder, order: Order, known: LedgerOrder | None, tolerance: Decimal) -> str:
    """Say what of the ERP's order cannot be this order; what it does not tell contradicts nothing.

    An order that was sent is compared with what was sent, for the shop may have changed it since.
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

"""What happened to an order in the shop after its export: cancelled, withdrawn, edited, or nothing."""

from typing import Final

from orderflow.domain.fingerprint import VERSION, fingerprint, same_goods
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.erp.former_fingerprint import former_fingerprints
from orderflow.flow.orders.write_back_rules import require_alive
from orderflow.ledger.models.orders import LedgerOrder, Step
from orderflow.ledger.orders.claim import Claim

EITHER: Final = "either"
"""The fingerprint of an order that was sent twice with different content: no order has it, so it counts as edited."""


def check_after_export(claim: Claim, order: Order) -> None:
    """PermanentError if the shop's order was cancelled or withdrawn after the export; flag it if it was edited."""
    require_alive(order.state, claim.order.erp_number)
    flag_if_edited(claim, order, Step.PUSH)


def flag_if_edited(claim: Claim, order: Order, step: Step) -> None:
    """Flag an order that differs from what the ERP was sent; the ERP is not changed."""
    if is_edited(claim.order, order):
        holds = "may hold" if claim.order.payload_hash == EITHER else "holds"
        claim.flag(Reason.EDITED_AFTER_EXPORT, f"ERP number {claim.order.erp_number} {holds} the former order", step)


def is_edited(known: LedgerOrder, order: Order) -> bool:
    """Whether an order's content has changed since it was sent; False if the ledger does not know."""
    if not known.payload_hash:
        return False
    if order.missing():
        return True
    if known.payload_version == VERSION:
        return known.payload_hash != fingerprint(order)
    return known.payload_hash not in former_fingerprints(order, known.line_ids)


def content_hash(order: Order) -> str | None:
    """Return the hash of an order's content; None if it lacks something the ERP needs."""
    return None if order.missing() else fingerprint(order)


def content_after_write(known: LedgerOrder, before: Order, after: Order) -> str | None:
    """Return the fingerprint of an order after our own write; None if somebody else has changed it.

    A shop may trim texts when storing them. Any other difference cannot come from a PUT of the object just read.
    """
    if is_edited(known, before) or after.missing() or not same_goods(fingerprint(before), fingerprint(after)):
        return None
    return fingerprint(after)

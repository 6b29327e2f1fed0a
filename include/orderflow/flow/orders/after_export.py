"""What happened to an order in the shop after its export: cancelled, withdrawn, edited, or nothing."""

from decimal import Decimal
from typing import Final, NamedTuple

from orderflow.domain.fingerprint import fingerprint, has_content, may_be_stored
from orderflow.domain.money import same_amount
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.erp.former_fingerprint import former_fingerprints
from orderflow.erp.models import SalesOrder
from orderflow.flow.orders.write_back_rules import require_alive
from orderflow.ledger.models.orders import LedgerOrder, Step
from orderflow.ledger.orders.claim import Claim

EITHER: Final = "either"
"""The fingerprint of an order that was sent twice with different content: no order has it, so it counts as edited."""


def check_after_export(claim: Claim, order: Order) -> None:
    """PermanentError if the shop's order was cancelled or withdrawn after the export; flag it if it was edited."""
    require_alive(order.state, claim.order.erp_number)
    flag_if_edited(claim, order, Step.PUSH)


class Flag(NamedTuple):
    """Something that a person must know about an order that is otherwise fine."""

    reason: Reason
    message: str


def flag_of(known: LedgerOrder, order: Order, found: SalesOrder, tolerance: Decimal) -> Flag | None:
    """Return what a person must know about an order that the ERP has: edited since, another total, not processed."""
    if is_edited(known, order):
        return Flag(Reason.EDITED_AFTER_EXPORT, what_erp_holds(known))
    if found.total is not None and not same_amount(found.total, order.total, order.currency, tolerance):
        return Flag(Reason.TOTAL_DIFFERS, f"{found.total} in the ERP, {order.total} in the shop")
    if found.missing_effects:
        return Flag(Reason.ERP_NOT_PROCESSED, f"ERP number {found.number}: {found.missing_effects}")
    return None


def flag_if_edited(claim: Claim, order: Order, step: Step) -> None:
    """Flag an order that differs from what the ERP was sent; the ERP is not changed."""
    if is_edited(claim.order, order):
        claim.flag(Reason.EDITED_AFTER_EXPORT, what_erp_holds(claim.order), step)


def what_erp_holds(known: LedgerOrder) -> str:
    """Say which order the ERP has instead of an edited one."""
    holds = "may hold" if known.payload_hash == EITHER else "holds"
    return f"ERP number {known.erp_number} {holds} the former order"


def is_edited(known: LedgerOrder, order: Order) -> bool:
    """Whether an order's content has changed since it was sent; False if the ledger does not know."""
    if not known.payload_hash:
        return False
    if order.missing():
        return True
    is_same = has_content(order, known.payload_hash, known.payload_version)
    if is_same is None:
        is_same = known.payload_hash in former_fingerprints(order, known.line_ids)
    return not is_same


def content_hash(order: Order) -> str | None:
    """Return the hash of an order's content; None if it lacks something the ERP needs."""
    return None if order.missing() else fingerprint(order)


def content_after_write(known: LedgerOrder, before: Order, after: Order) -> str | None:
    """Return the fingerprint of an order after our own write; None if somebody else has changed it.

    A shop may trim texts when storing them. Any other difference cannot come from a PUT of the object just read.
    """
    if is_edited(known, before) or after.missing() or not may_be_stored(before, after):
        return None
    return fingerprint(after)

"""What to do with an order, and why: one decision, used by the run and by the dry run.

Pure: from what is known, it returns either what to find out next or what to do. `investigate` (push.py) finds out.
"""

from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from orderflow.domain.decision import Action, Decision
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.states import IN_ERP, INTENT_OPEN, PARTLY_WRITTEN_BACK, WRITTEN, Progress, ShopState
from orderflow.erp.models import SalesOrder
from orderflow.errors import InDoubtError, OrderflowError, PermanentError
from orderflow.flow.orders.proof import Proof, prove
from orderflow.ledger.models.orders import LedgerOrder


class Move(StrEnum):
    """The next step for an order."""

    LOOK_UP = "look up"
    """Find out whether the ERP has it."""
    LOOK_FOR_RIVALS = "look for rivals"
    """Find out whether other orders of the shop have its reference."""
    LEAVE = "leave"
    CHECK = "check"
    """It is exported: only check whether the shop has changed it since."""
    DECIDE = "decide"
    """Record the decision: nothing is sent."""
    ADOPT = "adopt"
    """Take over the order that the ERP has."""
    SEND = "send"
    SEND_AGAIN = "send again"
    """Send again what was sent before and is not there, if the ERP itself prevents duplicates."""
    REFUSE = "refuse"


FINDING_OUT = frozenset({Move.LOOK_UP, Move.LOOK_FOR_RIVALS})


class Facts(NamedTuple):
    """What is known about an order."""

    order: Order
    """As just read from the shop."""
    decision: Decision
    known: LedgerOrder | None
    resend_is_safe: bool
    """Whether the ERP itself prevents duplicates."""
    tolerance: Decimal
    looked_up: bool = False
    found: SalesOrder | None = None
    owner: LedgerOrder | None = None
    """Another shop order that the ledger has given the found order to, or its name."""
    rivals: Collection[int] | None = None
    """Other orders of the shop with the same reference, or that show the number found; None if not checked."""

    hides_rivals: bool = False
    """Whether the shop cannot tell which of its orders show the number found."""

    @property
    def progress(self) -> Progress | None:
        """Its progress in the ledger."""
        return self.known.progress if self.known else None

    @property
    def begun(self) -> bool:
        """Whether it went to the ERP before, or may have."""
        marked = self.known is not None and self.known.is_marked_offline
        return self.progress in INTENT_OPEN | IN_ERP and not marked

    @property
    def name(self) -> str:
        """Its name in the ERP: the one it was sent under, otherwise the one it would get now."""
        given = self.known.external_reference if self.known and self.begun else None
        return given or self.order.external_reference


class Verdict(NamedTuple):
    """What to do next, and why."""

    move: Move
    decision: Decision | None = None
    error: OrderflowError | None = None


def next_move(facts: Facts) -> Verdict:
    """Return what to do with an order, or what to find out first: the first rule with an answer decides."""
    answers = (verdict for rule in _RULES if (verdict := rule(facts)) is not None)
    return next(answers, Verdict(Move.SEND))


def _past_the_push(facts: Facts) -> Verdict | None:
    resolved = facts.known is not None and stays_resolved(facts.known, facts.order)
    return Verdict(Move.LEAVE) if resolved or is_partly_written_back(facts.known) else None


def _not_payable(facts: Facts) -> Verdict | None:
    if facts.decision.action is Action.PROCESS:
        return None
    if not facts.begun:
        return Verdict(Move.DECIDE, facts.decision)
    done = facts.progress in WRITTEN and not is_reopened(facts.order)
    return Verdict(Move.CHECK) if done else None


def _not_looked_up(facts: Facts) -> Verdict | None:
    return None if facts.looked_up else Verdict(Move.LOOK_UP)


def _found(facts: Facts) -> Verdict | None:
    """Adopt only an order that is proved to be this one, alive and numbered."""
    if facts.found is None:
        return None
    answers = (verdict for rule in _RULES_OF_FOUND if (verdict := rule(facts, facts.found)) is not None)
    return next(answers, Verdict(Move.ADOPT))


def _gone(facts: Facts) -> Verdict | None:
    """Refuse if the ERP does not have an order that it has according to the ledger."""
    known = facts.known
    if known is None or known.progress not in IN_ERP or not facts.begun:
        return None
    what = f"ERP number {known.erp_number} is gone"
    if known.progress is Progress.RESOLVED:
        what = f"resolved by hand, changed in the shop since, and the ERP has no {known.name}"
    return _refused(what, Reason.ERP_ORDER_GONE)


def _sent_before(facts: Facts) -> Verdict | None:
    """Send again only if the order still has to be sent and the ERP prevents duplicates."""
    if not facts.begun:
        return None
    if not facts.resend_is_safe:
        return _in_doubt("sent before, not found in the ERP, and this ERP cannot prevent duplicates: not sent again")
    if facts.decision.action is not Action.PROCESS:
        reason = facts.decision.reason
        return _in_doubt(f"sent before, not found in the ERP, and now {reason} in the shop: not sent again")
    return Verdict(Move.SEND_AGAIN)


def _said_to_be_there(facts: Facts) -> Verdict | None:
    if not says_exported(facts.order, facts.decision):
        return None
    return Verdict(Move.DECIDE, Decision(action=Action.HOLD, reason=Reason.NOT_IN_ERP))


_RULES = (_past_the_push, _not_payable, _not_looked_up, _found, _gone, _sent_before, _said_to_be_there)


_NOT_OURS = {
    Proof.ANOTHERS: Reason.REFERENCE_TAKEN,
    Proof.NUMBER_REPEATS: Reason.ERP_NUMBER_CONFLICT,
    Proof.CONTRADICTED: Reason.ERP_ORDER_UNPROVED,
}


def _another_order(facts: Facts, found: SalesOrder) -> Verdict | None:
    finding = prove(found, facts.order, facts.known, facts.owner, tolerance=facts.tolerance)
    if finding.proof in _NOT_OURS:
        proved = "may not be" if finding.proof is Proof.NUMBER_REPEATS else "is not"
        message = f"{_name(found)}, and {proved} order id {facts.order.order_id}: {finding.detail}"
        return _refused(message, _NOT_OURS[finding.proof])
    if finding.proof is Proof.OURS or facts.begun:
        return None
    if facts.rivals is None:
        return Verdict(Move.LOOK_FOR_RIVALS)
    others = ", ".join(f"id {order_id}" for order_id in sorted(facts.rivals))
    text = f"{_name(found)}, and may be another order of the shop with this reference or number: {others}"
    if others:
        return _refused(text, Reason.REFERENCE_TAKEN)
    blind = f"{_name(found)}, and another order of the shop may have its number: the shop ignores `erp_order_number`"
    return _refused(blind, Reason.ERP_ORDER_UNPROVED) if facts.hides_rivals else None


def _cancelled(_facts: Facts, found: SalesOrder) -> Verdict | None:
    return Verdict(Move.REFUSE, error=cancelled_in_erp(found)) if found.is_cancelled else None


def cancelled_in_erp(found: SalesOrder) -> PermanentError:
    """Say that an order of the ERP does not count as an export."""
    return PermanentError(f"{_name(found)} and is {found.status}", reason=Reason.ERP_ORDER_CANCELLED)


def _unnumbered(_facts: Facts, found: SalesOrder) -> Verdict | None:
    return None if found.number.strip() else _in_doubt("the ERP has it and has given it no number yet")


_RULES_OF_FOUND = (_another_order, _cancelled, _unnumbered)


def _name(found: SalesOrder) -> str:
    return f"the ERP's order {found.number} is called {found.external_reference}"


def _refused(message: str, reason: Reason) -> Verdict:
    return Verdict(Move.REFUSE, error=PermanentError(message, reason=reason))


def _in_doubt(message: str) -> Verdict:
    return Verdict(Move.REFUSE, error=InDoubtError(message))


def is_partly_written_back(known: LedgerOrder | None) -> bool:
    """Whether the ERP has it but the shop does not know everything yet: there is nothing to push."""
    return known is not None and known.progress in PARTLY_WRITTEN_BACK


def stays_resolved(known: LedgerOrder, order: Order) -> bool:
    """Whether a person has resolved it and the shop has not changed it since."""
    return known.progress is Progress.RESOLVED and known.shop_modified_at == order.modified_at


def is_reopened(order: Order) -> bool:
    """Whether the shop shows an exported order as new: it must be written back again, paid or not."""
    return order.state is ShopState.CONFIRMED


def says_exported(order: Order, decision: Decision) -> bool:
    """Whether the shop says that the ERP has it. If neither ledger nor ERP knows it, a person must check."""
    return decision.reason is Reason.RESUMED or order.erp_order_number is not None

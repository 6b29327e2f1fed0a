"""May this order be exported, as far as its payment goes? The vendor's table, as data."""

from typing import NamedTuple

from orderflow.domain.decision import Action
from orderflow.domain.reasons import Reason


class PaymentRule(NamedTuple):
    """What a payment status means for the export."""

    action: Action
    reason: Reason


PAYMENT_RULES: dict[str, PaymentRule] = {
    "closed_success": PaymentRule(Action.PROCESS, Reason.PAID),
    "paid": PaymentRule(Action.PROCESS, Reason.PAID),
    "account": PaymentRule(Action.PROCESS, Reason.INVOICED_LATER),
    "closed_canceled": PaymentRule(Action.WAIT, Reason.PAYMENT_CANCELLED),
    "started": PaymentRule(Action.WAIT, Reason.PAYMENT_STARTED),
    "none": PaymentRule(Action.WAIT, Reason.NOT_PAID),
}
"""Source: CloudSuite, Order JSON orderflow - states, step 1."""

UNKNOWN = PaymentRule(Action.HOLD, Reason.PAYMENT_UNKNOWN)
WITHOUT_PAYMENT_OPTION = PaymentRule(Action.PROCESS, Reason.NO_PAYMENT_OPTION)


def payment_rule(payment_status: str | None, *, payment_option: bool) -> PaymentRule:
    """Look the status up. `none` is payable only in a webshop without a payment option; an unknown one never is."""
    if payment_status == "none" and not payment_option:
        return WITHOUT_PAYMENT_OPTION
    return PAYMENT_RULES.get(payment_status or "", UNKNOWN)

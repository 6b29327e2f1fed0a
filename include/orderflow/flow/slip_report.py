"""The report on packing slips: what became of them in numbers, and each cause told to people once."""

from collections.abc import Collection
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from orderflow.domain.order import OrderKey
from orderflow.domain.packing_slip import SlipProgress
from orderflow.domain.reasons import Reason
from orderflow.flow.alerting import News
from orderflow.flow.parties import Parties
from orderflow.flow.report import Failure
from orderflow.ledger.models import RunRef
from orderflow.ledger.slip_models import LedgerSlip

_PATIENTLY = {
    None,
    Reason.NUMBERS_NOT_IN_SHOP,
    Reason.SLIP_PARTLY_UNKNOWN,
    Reason.BUDGET_SPENT,
    Reason.ENDPOINT_PAUSED,
}
"""Why an open slip is no news while it is young."""
_NO_ORDER = OrderKey(0, 0)


class SlipReport(BaseModel):
    """The slips that a run looked at, by where they stand now."""

    model_config = ConfigDict(frozen=True)

    looked_at: int
    sent: int
    open: int
    held: int
    rejected: int
    in_doubt: int
    skipped: int


def end_slips(parties: Parties, numbers: Collection[str], run: RunRef | None = None) -> tuple[SlipReport, News]:
    """Sum up where these slips stand, and bring the book of alerts up to date with them."""
    slips = parties.ledger.slips.get_many(numbers)
    return _summed(slips.values()), _update_alerts(parties, slips.values(), run)


def _summed(slips: Collection[LedgerSlip]) -> SlipReport:
    def count(*progress: SlipProgress) -> int:
        return sum(slip.progress in progress for slip in slips)

    return SlipReport(
        looked_at=len(slips),
        sent=count(SlipProgress.SENT),
        open=count(SlipProgress.OPEN),
        held=count(SlipProgress.HELD),
        rejected=count(SlipProgress.REJECTED),
        in_doubt=count(SlipProgress.SENDING, SlipProgress.IN_DOUBT),
        skipped=count(SlipProgress.SKIPPED),
    )


def _update_alerts(parties: Parties, slips: Collection[LedgerSlip], run: RunRef | None) -> News:
    grace = timedelta(hours=parties.settings.limits.slip_grace_hours)
    book = parties.ledger.alerts
    opened, closed = [], 0
    for slip in slips:
        cause = _cause(parties, slip, parties.now() - grace)
        closed += book.close_slip(slip.number, but=cause.reason if cause else None)
        if cause and book.see(cause.key, cause.order, cause.reason, cause.message, run=run, slip=slip.number):
            opened.append(cause)
    return News(opened, closed, [alert for alert in book.open() if alert.slip])


def _cause(parties: Parties, slip: LedgerSlip, old_before: datetime) -> Failure | None:
    """Say what a person is to know about a slip; None when nothing."""
    if slip.progress is SlipProgress.SKIPPED or (slip.progress is SlipProgress.SENT and slip.reason is None):
        return None
    if slip.progress is SlipProgress.OPEN and slip.reason in _PATIENTLY and slip.first_seen_at > old_before:
        return None
    orders = parties.ledger.slips.orders(slip.content.order_numbers)
    names = [order.external_reference for order in orders.values()] or list(slip.content.order_numbers)
    key = min((order.key for order in orders.values()), default=_NO_ORDER)
    reason = slip.reason or (Reason.MESSAGE_IN_DOUBT if slip.progress is SlipProgress.SENDING else Reason.UNFINISHED)
    return Failure(
        key=key, order=f"packing slip {slip.number} ({', '.join(names)})", reason=reason, message=slip.detail
    )

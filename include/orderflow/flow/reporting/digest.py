"""The digest: everything that is open in one message, worst first, when it has something new to say and on Mondays."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from orderflow.domain.reasons import Owner, Reason
from orderflow.flow.reporting.announce import LOG
from orderflow.flow.reporting.groups import CauseGroup, grouped, overdue_payments
from orderflow.flow.reporting.messages import Message, Writer, as_code, escaped
from orderflow.flow.reporting.worklists import OpenState, open_state
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Alert
from orderflow.ledger.models.orders import LedgerOrder

_MEMO = "digest"


class Digest(NamedTuple):
    """The open alerts, orders with overdue payments, the number of orders on each list, and the differences."""

    alerts: Sequence[Alert]
    overdue: Sequence[LedgerOrder]
    open: OpenState
    differences: int
    """Open differences between shop and ERP, including those within their grace period."""
    never_paid: int
    """How many orders were skipped because nobody has paid them."""
    new: frozenset[str]
    """What no message has named yet: subjects of alerts, and orders that became overdue since the last digest."""

    @classmethod
    def of(cls, services: Services) -> Self:
        """Read it from the ledger."""
        ledger = services.ledger
        patience = timedelta(days=services.settings.limits.give_up_days)
        overdue = ledger.overdue_orders(old_before=services.now() - patience)
        known = set((ledger.memos.read(_MEMO) or {}).get("overdue", []))
        joined = {alert.subject for alert in ledger.outbox.unsaid(LOG)}
        late = {f"order {order.order_id}" for order in overdue if order.order_id not in known}
        differences = len(ledger.findings.open())
        asleep = ledger.snoozes.until()
        awake = [alert for alert in ledger.alerts.open() if alert.cause not in asleep]
        never_paid = ledger.count_never_paid()
        return cls(awake, overdue, open_state(services), differences, never_paid, frozenset(joined | late))

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is open except orders that are waiting for payment and are not overdue."""
        return not (self.alerts or self.overdue or self.differences)

    def is_due(self, services: Services) -> bool:
        """Whether it is sent today: it has something new to say, it is Monday, or the settings want it every day."""
        monday = services.now().astimezone(ZoneInfo(services.settings.timezone)).weekday() == 0
        return not self.is_quiet and (bool(self.new) or monday or services.settings.alerts.digest_every_day)

    def leave(self, services: Services) -> None:
        """Record what was said, so that it is not new tomorrow."""
        services.ledger.memos.leave(_MEMO, self._memo())
        services.ledger.outbox.say(self.alerts)

    def _memo(self) -> dict[str, Any]:
        return {"overdue": sorted(order.order_id for order in self.overdue)}

    def message(self, services: Services, writer: Writer, *, owners: Collection[Owner] = frozenset(Owner)) -> Message:
        """Write it for these owners."""
        groups = grouped(services.ledger, [alert for alert in self.alerts if alert.owner in owners])
        late = [overdue_payments(self.overdue)] if self.overdue and Owner.SHOP in owners else []
        causes = [*groups, *late]
        subject = f"digest: {len(causes)} open cause{'' if len(causes) == 1 else 's'}"
        counts = [f"Open orders: {self.open}.", f"Differences between shop and ERP: {self.differences} open."]
        counts += [f"Put aside because nobody has paid them: {self.never_paid}."] if self.never_paid else []
        where = [f"All orders: {writer.links.page}"]
        text = [*counts, "", *(self._line(writer, group, str) for group in causes), "", *where]
        chat = [*counts, "", *(self._line(writer, group, as_code) for group in causes), "", *where]
        return Message(subject, "\n".join(text), "\n".join([f"*{escaped(subject)}*", *chat]))

    def _line(self, writer: Writer, group: CauseGroup, quote: Any) -> str:
        subjects = {alert.subject for alert in self.alerts if alert.cause == group.cause}
        if group.reason is Reason.OVERDUE:
            subjects = {f"order {order.order_id}" for order in self.overdue}
        new = len(subjects & self.new)
        return f"- {writer.line(group, quote)}{f' · {new} new' if new else ''}"

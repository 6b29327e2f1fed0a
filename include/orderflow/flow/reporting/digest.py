"""The daily digest: what is open, in one message, so that what was told once is not forgotten."""

from collections.abc import Sequence
from typing import NamedTuple, Self

from orderflow.domain.worklist import Worklist
from orderflow.flow.reporting.alerts import alert_line, outage_line
from orderflow.flow.reporting.worklists import OpenState, open_state
from orderflow.flow.services import Services
from orderflow.ledger.models.alerts import Alert, Outage


class Digest(NamedTuple):
    """The open alerts and outages, how many orders stand on each open list, how many differences are not resolved."""

    alerts: Sequence[Alert]
    outages: Sequence[Outage]
    open: OpenState
    findings: int

    @classmethod
    def of(cls, services: Services) -> Self:
        """Read it from the ledger."""
        ledger = services.ledger
        return cls(ledger.alerts.open(), ledger.outages.open(), open_state(services), len(ledger.findings.open()))

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is open but orders that wait for their payment, as they may."""
        others = sum(count for listed, count in self.open.counts.items() if listed is not Worklist.WAITING)
        return not (self.alerts or self.outages or self.findings or others)

    @property
    def subject(self) -> str:
        """What is open, in numbers."""
        alerts = len(self.alerts) + len(self.outages)
        return f"digest: {alerts} open alerts, {self.findings} differences between shop and ERP"

    def __str__(self) -> str:
        """One line per list, per outage and, oldest first, per alert."""
        lines = [
            f"Open orders: {self.open}.",
            f"Differences between shop and ERP: {self.findings} open.",
            f"Alerts: {len(self.alerts) + len(self.outages)} open.",
            *(f"- {outage_line(outage)}" for outage in self.outages),
            *(f"- {alert_line(alert)}" for alert in self.alerts),
        ]
        return "\n".join(lines)

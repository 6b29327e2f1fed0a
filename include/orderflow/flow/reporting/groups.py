"""Alerts by cause: one line for people, no matter how many orders have it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from orderflow.domain.advice import advice
from orderflow.domain.explanation import Explanation
from orderflow.domain.reasons import Owner, Reason
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Alert
from orderflow.ledger.models.orders import LedgerOrder

URGENCY = (
    *(Reason.EXPORTED_TWICE, Reason.ERP_IN_DOUBT, Reason.MESSAGE_IN_DOUBT, Reason.CANCELLED_AFTER_EXPORT),
    *(Reason.ERP_UNAVAILABLE, Reason.SHOP_UNAVAILABLE, Reason.LEDGER_UNAVAILABLE, Reason.AIRFLOW_UNAVAILABLE),
    Reason.CONFIGURATION,
)
"""What is listed first: goods or money may be lost, or nothing works."""


ORDER, PACKING_SLIP, TASK = "order", "packing slip", "task"
NOT_COUNTED = ""
"""The unit of alerts that are not about orders, packing slips or tasks: the days the schedule missed, for instance."""


class CauseGroup(NamedTuple):
    """The alerts of one cause, in the form that people need."""

    cause: str
    reason: Reason
    title: str
    names: Sequence[str]
    order_ids: Sequence[int]
    amounts: dict[str, Decimal]
    """By currency, for the orders whose amount is known."""
    since: datetime
    until: datetime | None
    """When the last of them closed; None while one is open."""
    unit: str = ORDER
    """The unit of `names`; with NOT_COUNTED they are the subject itself."""
    said: str = ""
    """The message, if it says more than the names."""

    @property
    def advice(self) -> Explanation:
        """What it means, who owns it, and the next step."""
        return advice(self.reason, self.title)

    @property
    def owner(self) -> Owner:
        """Who has to act."""
        return self.advice.owner

    @property
    def size(self) -> str:
        """Say how many there are of what; a single failed task is named, as is anything not counted."""
        is_named = self.unit == NOT_COUNTED or (self.unit == TASK and len(self.names) == 1)
        return ", ".join(self.names) if is_named else counted(len(self.names), self.unit)

    @property
    def is_about_orders(self) -> bool:
        """Whether there are orders to open on the page."""
        return bool(self.order_ids)


def _unit(alerts: Sequence[Alert]) -> str:
    if all(alert.is_outage or alert.is_of_check for alert in alerts):
        return TASK
    if all(alert.is_general for alert in alerts):
        return NOT_COUNTED
    return PACKING_SLIP if all(alert.shipment or alert.is_outage for alert in alerts) else ORDER


def counted(number: int, unit: str) -> str:
    """Write a number with its unit."""
    return f"{number} {unit}{'' if number == 1 else 's'}"


def grouped(ledger: Ledger, alerts: Collection[Alert]) -> list[CauseGroup]:
    """Group alerts by cause: the most urgent first, then those with most orders, then the oldest."""
    orders = ledger.get_many({alert.order_id for alert in alerts if alert.order_id is not None})
    by_cause: dict[str, list[Alert]] = {}
    for alert in alerts:
        by_cause.setdefault(alert.cause, []).append(alert)
    return sorted((_group(some, orders) for some in by_cause.values()), key=_rank)


def overdue_payments(orders: Sequence[LedgerOrder]) -> CauseGroup:
    """Make one group of all orders whose payment is overdue."""
    return CauseGroup(
        cause="overdue",
        reason=Reason.OVERDUE,
        title="",
        names=[order.name for order in orders],
        order_ids=[order.order_id for order in orders],
        amounts=_sums(orders),
        since=min(order.first_seen_at for order in orders),
        until=None,
    )


def _sums(orders: Iterable[LedgerOrder]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for order in orders:
        if order.total is not None:
            currency = order.currency or ""
            sums[currency] = sums.get(currency, Decimal(0)) + order.total
    return sums


def _group(alerts: Sequence[Alert], orders: dict[int, LedgerOrder]) -> CauseGroup:
    ids = sorted({alert.order_id for alert in alerts if alert.order_id is not None})
    closed = [alert.closed_at for alert in alerts if alert.closed_at is not None]
    first = min(alerts, key=lambda alert: (alert.opened_at, alert.id))
    return CauseGroup(
        cause=first.cause,
        reason=first.reason,
        title=first.title,
        names=sorted({alert.order for alert in alerts if not alert.is_outage} or {alert.order for alert in alerts}),
        order_ids=ids,
        amounts=_sums(orders[order_id] for order_id in ids if order_id in orders),
        since=first.opened_at,
        until=max(closed) if len(closed) == len(alerts) else None,
        unit=_unit(alerts),
        said=first.message if first.is_general else "",
    )


def _rank(group: CauseGroup) -> tuple[int, int, datetime]:
    urgency = URGENCY.index(group.reason) if group.reason in URGENCY else len(URGENCY)
    return urgency, -len(group.names), group.since

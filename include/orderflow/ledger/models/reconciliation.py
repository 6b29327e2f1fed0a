"""What comparisons of shop and ERP found."""

from datetime import datetime
from decimal import Decimal

from orderflow.domain.findings import FindingKind
from orderflow.ledger.models.record import Record


class DetectedDifference(Record):
    """A difference between shop and ERP, as one reconciliation found it."""

    kind: FindingKind
    webshop: int
    order_id: int | None
    """The shop's id; None for an order that exists only in the ERP."""
    external_reference: str
    erp_number: str | None
    shop_value: str
    erp_value: str
    detail: str
    day: str
    """The shop-local day on which the order was confirmed or, without that, reached the ERP: `2026-11-22`."""
    since: datetime
    """When either side last changed: the difference is at least this old."""


class Finding(DetectedDifference):
    """A difference in the ledger, open until `resolved_at` is set; `since` never moves later while it is open."""

    id: int
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None
    accepted_at: datetime | None
    """When a person accepted it; from then on it does not count as open."""


class DayTotal(Record):
    """The total of a day's orders of one webshop and currency on each side, excluding tax."""

    day: str
    webshop: int
    currency: str
    shop_orders: int
    shop_total: Decimal
    erp_orders: int
    erp_total: Decimal


class Reconciliation(Record):
    """One comparison of both sides: its scope and its result, in numbers of orders and findings."""

    first_day: str
    last_day: str
    webshop: int | None
    """The only webshop compared; None means all."""
    compared: int
    in_flight: int
    unreadable: int
    findings: int
    overdue: int
    """Findings older than their grace period."""
    resolved: int
    totals: tuple[DayTotal, ...]


class PastReconciliation(Reconciliation):
    """A comparison in the ledger."""

    id: int
    dag_id: str
    run_id: str
    at: datetime

"""What comparisons of shop and ERP have found."""

from datetime import datetime
from decimal import Decimal

from orderflow.domain.findings import FindingKind
from orderflow.ledger.models.record import Record


class DetectedDifference(Record):
    """A difference between shop and ERP, as one reconciliation met it."""

    kind: FindingKind
    webshop: int
    order_id: int | None
    """The shop's id; None for an order that only the ERP has."""
    external_reference: str
    erp_number: str | None
    shop_value: str
    erp_value: str
    detail: str
    day: str
    """The shop-local day on which the order was confirmed or, without that, came into the ERP: `2026-11-22`."""
    since: datetime
    """When either side last changed: the difference is at least that old."""


class Finding(DetectedDifference):
    """A difference in the ledger, open until `resolved_at` is set; `since` never gets later while it is open."""

    id: int
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None
    accepted_at: datetime | None
    """When a person accepted it; then it is not open."""


class DayTotal(Record):
    """What a day's orders of one webshop and currency come to on either side, excluding tax."""

    day: str
    webshop: int
    currency: str
    shop_orders: int
    shop_total: Decimal
    erp_orders: int
    erp_total: Decimal


class Reconciliation(Record):
    """One comparison of both sides: what was compared and the result, in numbers of orders and findings."""

    first_day: str
    last_day: str
    webshop: int | None
    """The only webshop that was compared; None: all."""
    compared: int
    in_flight: int
    unreadable: int
    findings: int
    overdue: int
    """Findings older than their grace."""
    resolved: int
    totals: tuple[DayTotal, ...]


class PastReconciliation(Reconciliation):
    """A comparison in the ledger."""

    id: int
    dag_id: str
    run_id: str
    at: datetime

"""Differences and totals in words."""

from orderflow.domain.findings import KINDS
from orderflow.domain.reconciliation import NONE
from orderflow.ledger.models.reconciliation import DayTotal, Finding


def describe(finding: Finding) -> str:
    """Describe in one line what differs, who owns it, and the next step."""
    text = KINDS[finding.kind]
    number = f" ({finding.erp_number})" if finding.erp_number else ""
    detail = f" {finding.detail}" if finding.detail else ""
    return (
        f"{finding.external_reference}{number}: {finding.kind}. {text.meaning}{detail} "
        f"Shop: {finding.shop_value}; ERP: {finding.erp_value or NONE}; since {finding.since:%Y-%m-%d %H:%M} UTC. "
        f"Owner: {text.owner}. {text.action}"
    )


def describe_day(total: DayTotal) -> str:
    """Describe in one line the total of a day's orders of one webshop and currency on each side."""
    return (
        f"{total.day}, webshop {total.webshop}: shop {total.shop_orders} orders, {total.shop_total:,.2f} "
        f"{total.currency}; ERP {total.erp_orders} orders, {total.erp_total:,.2f} {total.currency}"
    )

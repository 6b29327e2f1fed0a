"""What happens in a shop with eighteen orders a day, and how often, as data."""

from typing import NamedTuple


class Mix(NamedTuple):
    """Orders per day, the shares that something happens to, outages per month and their duration."""

    orders: float = 18
    open_from: float = 7
    """Hours of the day (UTC) between which people buy."""
    open_until: float = 23
    late_payer: float = 0.06
    """Buyers who pay days later, or never."""
    pays_within: float = 200
    """Hours."""
    never_pays: float = 0.15
    """Share of those late payers."""
    gives_up: float = 0.5
    """Share of those: somebody cancels the order some days after it has become overdue."""
    unknown_payment: float = 0.0012
    incomplete: float = 0.0012
    unknown_product: float = 0.004
    cancelled: float = 0.003
    """After the export."""
    edited: float = 0.002
    """After the export: another product of the same price."""
    discount: float = 0.0015
    """Given in the ERP, and accepted by everyone."""
    erp_outages: float = 1.0
    shop_outages: float = 0.5
    outage_hours: tuple[float, float] = (0.4, 4)
    delivered_after: tuple[float, float] = (16, 50)
    """Hours after the purchase."""
    changed_after: tuple[float, float] = (1, 30)
    """Hours after the purchase: cancellations, edits and discounts."""
    blips: float = 6
    """Single failing calls per month that work when repeated."""
    lost_answers: float = 0.7
    """Times per month that the ERP creates the order and its answer is lost."""
    slips_in_doubt: float = 0.3
    late_tracking: float = 0.05
    """Share of the packing slips whose tracking code comes an hour later."""
    person_hours: tuple[float, float] = (1, 100)
    """How long a person takes to act on a message."""


NORMAL = Mix()

BUSY = NORMAL._replace(
    orders=8,
    late_payer=0.1,
    pays_within=30,
    unknown_product=0.08,
    cancelled=0.08,
    unknown_payment=0.06,
    incomplete=0.06,
    discount=0.06,
    edited=0.06,
    erp_outages=10,
    shop_outages=10,
    outage_hours=(1, 2),
    slips_in_doubt=8,
    late_tracking=0.3,
    delivered_after=(8, 20),
    changed_after=(1, 10),
    person_hours=(1, 8),
)
"""More trouble than any shop has, so that a few days have all of it."""

MIXES = {"normal": NORMAL, "busy": BUSY}

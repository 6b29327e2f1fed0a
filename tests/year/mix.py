"""What happens in a shop with eighteen orders a day, and how often, as data."""

from typing import NamedTuple


class Mix(NamedTuple):
    """Orders a day, and the share of them that something happens to; outages a month, and how long they last."""

    orders: float = 18
    late_payer: float = 0.06
    """Pays after days, or never."""
    never_pays: float = 0.15
    """Of those."""
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
    blips: float = 6
    """Single calls that fail and work when made again, a month."""
    lost_answers: float = 0.7
    """The ERP made the order and its answer was lost, a month."""
    slips_in_doubt: float = 0.3
    late_tracking: float = 0.05
    """Of the packing slips: the code comes an hour later."""
    person_hours: tuple[float, float] = (1, 60)
    """How long a person takes to act on a message."""


NORMAL = Mix()

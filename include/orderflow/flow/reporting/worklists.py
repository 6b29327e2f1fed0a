"""Where every open order stands, for people."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.standing import Standing, standing
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder

OPEN_LISTS = tuple(listed for listed in Standing if listed not in {Standing.DONE, Standing.SKIPPED})


def standing_of(services: Services, order: LedgerOrder) -> Standing:
    """Name the list an order stands in now."""
    return standing(
        order.progress,
        order.reason,
        first_seen=order.first_seen_at,
        now=services.now(),
        give_up_after=timedelta(days=services.settings.limits.give_up_days),
    )


class OpenState(NamedTuple):
    """How many orders stand on each open list, those with none too, and for how long the oldest is open."""

    counts: dict[Standing, int]
    oldest: timedelta

    def __str__(self) -> str:
        return ", ".join(f"{listed} {count}" for listed, count in self.counts.items())


def open_state(services: Services) -> OpenState:
    """Count what is open now, whatever its day."""
    orders = services.ledger.open_orders()
    counted = Counter(standing_of(services, order) for order in orders)
    now = services.now()
    oldest = min((order.first_seen_at for order in orders), default=now)
    return OpenState({listed: counted[listed] for listed in OPEN_LISTS}, now - oldest)


def open_lines(services: Services) -> Iterator[str]:
    """Yield one line per open order: list, order, age in days, reason, who fixes it, what was said."""
    for order in services.ledger.open_orders():
        owner = EXPLAINED[order.reason].owner if order.reason else "nobody"
        age = (services.now() - order.first_seen_at).days
        name = order.external_reference or order.reference or f"id {order.key.order_id}"
        yield (
            f"{standing_of(services, order):12} {name:16} {age:4} d  {order.reason or '-':22} {owner:18} {order.detail}"
        ).rstrip()

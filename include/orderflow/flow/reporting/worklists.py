"""The worklist of every open order, for people."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.worklist import OPEN_LISTS, Worklist, worklist
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import LedgerOrder


def worklist_of(services: Services, order: LedgerOrder) -> Worklist:
    """Return the list an order is on now."""
    patience = timedelta(days=services.settings.limits.give_up_days)
    return worklist(
        order.progress,
        order.reason,
        pushed=order.pushed_at is not None,
        old=services.now() - order.first_seen_at > patience,
    )


class OpenState(NamedTuple):
    """How many orders are on each open list (zero included), and for how long the oldest has been open."""

    counts: dict[Worklist, int]
    oldest: timedelta

    def __str__(self) -> str:
        return ", ".join(f"{listed} {count}" for listed, count in self.counts.items())


def open_state(services: Services) -> OpenState:
    """Count what is open now, from any day."""
    now = services.now()
    counted: Counter[Worklist] = Counter()
    groups = services.ledger.open_groups(old_before=now - timedelta(days=services.settings.limits.give_up_days))
    for group in groups:
        counted[group.worklist] += group.orders
    oldest = min((group.oldest for group in groups), default=now)
    return OpenState({listed: counted[listed] for listed in OPEN_LISTS}, now - oldest)


def open_lines(services: Services) -> Iterator[str]:
    """Yield one line per open order: list, order, age in days, reason, owner, message."""
    for order in services.ledger.open_orders():
        owner = EXPLAINED[order.reason].owner if order.reason else "nobody"
        age = (services.now() - order.first_seen_at).days
        yield (
            f"{worklist_of(services, order):19} {order.name:16} {age:4} d  {order.reason or '-':22} {owner:18} "
            f"{order.detail}"
        ).rstrip()

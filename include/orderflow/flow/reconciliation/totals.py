"""Each day's totals on both sides: per webshop and currency, in numbers of orders and in money."""

from collections.abc import Iterable
from decimal import Decimal

from orderflow.domain.reconciliation import NONE, Pair
from orderflow.domain.states import ShopState
from orderflow.domain.window import Window
from orderflow.flow.reconciliation.matching import ReconciliationItem, local_day
from orderflow.flow.services import Services
from orderflow.ledger.models.reconciliation import DayTotal

_Row = tuple[str, int, str]
_EXPORTED = frozenset({ShopState.PROCESSING, ShopState.DONE})


def day_totals(services: Services, subjects: Iterable[ReconciliationItem], window: Window) -> tuple[DayTotal, ...]:
    """Sum the orders that belong in the ERP, and those that are there, by the day of their confirmation.

    Orders that await payment, are cancelled or are offline count on neither side. An order that only the ERP has counts
    on the day of its creation there.
    """
    shop: dict[_Row, list[Decimal]] = {}
    erp: dict[_Row, list[Decimal]] = {}
    for subject in subjects:
        pair = subject.pair
        instant = pair.order.confirmed_at if pair.order else pair.changed_at(window.end)
        if instant is None or instant not in window:
            continue
        day = local_day(services, instant)
        if pair.order and _belongs_into_erp(pair):
            shop.setdefault((day, subject.webshop, pair.order.currency or NONE), []).append(pair.order.total)
        for order in [] if pair.offline else pair.live:
            erp.setdefault((day, subject.webshop, order.currency or NONE), []).append(order.total or Decimal(0))
    return tuple(
        DayTotal(
            day=row[0],
            webshop=row[1],
            currency=row[2],
            shop_orders=len(shop.get(row, [])),
            shop_total=sum(shop.get(row, []), Decimal(0)),
            erp_orders=len(erp.get(row, [])),
            erp_total=sum(erp.get(row, []), Decimal(0)),
        )
        for row in sorted({*shop, *erp})
    )


def _belongs_into_erp(pair: Pair) -> bool:
    if pair.order is None or pair.offline:
        return False
    return pair.order.state in _EXPORTED or (pair.order.state is ShopState.CONFIRMED and pair.payable)

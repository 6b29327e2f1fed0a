"""Looking at the ERP through its port, which never writes for these calls."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from orderflow.checking.seen import ErpSeen
from orderflow.domain.order import Order
from orderflow.domain.people import Party
from orderflow.erp.inspection import HasClock, Inspectable, Inspected
from orderflow.erp.models import ListedSalesOrder
from orderflow.erp.port import ErpPort, UnreadableRow
from orderflow.errors import OrderflowError
from orderflow.transport import time_limit

NOBODY = "orderflow-check"
"""The name of an order, and the key of a customer, that no ERP has."""
NO_ID = 2_147_483_647
"""An id that no order of a shop has."""
OVER = "not asked: the time of this check was over"
_MOST = 100
_LOOKED_UP = 3
_BACK = timedelta(days=7)


class ErpProbe:
    """Asks the ERP. An error of one question is recorded and does not stop the others."""

    def __init__(self, erp: ErpPort, now: Callable[[], datetime], within: timedelta) -> None:
        self._erp = erp
        self._now = now
        self._problems: dict[str, str] = {}
        self._within = within
        self._until = now() + within

    def look(self, orders: Sequence[Order], *, makes_customers: bool) -> ErpSeen:
        """Ask everything for which there is time; `orders` are the sample of the shop."""
        with time_limit(self._within.total_seconds()):
            return self._look(orders, makes_customers=makes_customers)

    def _look(self, orders: Sequence[Order], *, makes_customers: bool) -> ErpSeen:
        listed = self._asked("erp_listing", lambda: self._rows(self._erp.orders_since)) or []
        slips = self._asked("erp_deliveries", lambda: self._rows(self._erp.deliveries_since)) or []
        capabilities = self._asked("capabilities", lambda: self._erp.capabilities)
        counts = {
            "erp_lookup": self._asked("erp_lookup", lambda: int(self._erp.find(NOBODY) is not None)),
            "erp_listing": None if "erp_listing" in self._problems else len(listed),
            "erp_deliveries": None if "erp_deliveries" in self._problems else len(slips),
        }
        if capabilities and capabilities.customers and self._erp.customers:
            counts["erp_customers"] = self._asked("erp_customers", self._count_nobody)
        known = [row for row in listed if isinstance(row, ListedSalesOrder) and not row.is_cancelled][:_LOOKED_UP]
        by_id = capabilities is not None and capabilities.shop_order_id_lookup
        return ErpSeen(
            capabilities=capabilities,
            problems=self._problems,
            counts={name: count for name, count in counts.items() if count is not None},
            unreadable=dict(_unreadable({"erp_listing": listed, "erp_deliveries": slips})),
            ahead=self._asked("erp_clock", self._ahead),
            answers=self._asked("erp_answers", lambda: self._looked_up(known)) or {},
            by_shop_id=(self._asked("erp_identity", lambda: self._found_by_id(known)) or {}) if by_id else {},
            charges=sum(bool(order.charges) for order in orders),
            inspected=self._inspected(orders, makes_customers=makes_customers),
        )

    def _asked(self, name: str, ask: Callable[[], Any]) -> Any:
        began = self._now()
        if began >= self._until:
            self._problems[name] = OVER
            return None
        try:
            return ask()
        except OrderflowError as error:
            # An ERP that was cut off after a moment is not at fault.
            is_cut_off = self._now() >= self._until and self._until - began < self._within / 2
            self._problems[name] = OVER if is_cut_off else error.message
            return None

    def _rows(self, listing: Callable[[datetime], Iterator[Any]]) -> list[Any]:
        return list(islice(listing(self._now() - _BACK), _MOST))

    def _count_nobody(self) -> int:
        customers = self._erp.customers
        return int(customers is not None and customers.find(Party(origin=NOBODY, key=NOBODY), ()) is not None)

    def _ahead(self) -> float | None:
        at = self._erp.server_time() if isinstance(self._erp, HasClock) else None
        return (at - self._now()).total_seconds() if at else None

    def _looked_up(self, known: Sequence[ListedSalesOrder]) -> dict[str, str]:
        return {row.number: _other(row, self._erp.find(row.external_reference)) for row in known}

    def _found_by_id(self, known: Sequence[ListedSalesOrder]) -> dict[str, str]:
        """Look orders up by the shop's id alone: their name is given as one that no order has."""
        nobody = {"": "finds an order for an id that no order has"} if self._erp.find(NOBODY, NO_ID) else {}
        rows = [row for row in known if row.shop_order_id is not None]
        return nobody | {row.number: _other(row, self._erp.find(NOBODY, row.shop_order_id)) for row in rows}

    def _inspected(self, orders: Sequence[Order], *, makes_customers: bool) -> dict[str, Inspected]:
        if not isinstance(self._erp, Inspectable):
            return {}
        questions = self._erp.inspect(orders, makes_customers=makes_customers)
        asked = {f"erp_{aspect}": self._asked(f"erp_{aspect}", ask) for aspect, ask in questions.items()}
        return {name: found for name, found in asked.items() if found is not None}


def _other(row: ListedSalesOrder, found: Any) -> str:
    """Say what is wrong with the answer to a look-up of a listed order; nothing if it is that order."""
    if found is None:
        return "is listed, and a look-up does not find it"
    return "" if found.number == row.number else f"is answered as {found.number}"


def _unreadable(listings: dict[str, list[Any]]) -> Iterator[tuple[str, tuple[int, str]]]:
    for name, rows in listings.items():
        broken = [row for row in rows if isinstance(row, UnreadableRow)]
        if broken:
            yield name, (len(broken), broken[0].error.message)

"""The services of a run: shop, its message endpoints, ERP, ledger, and their settings."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from threading import Lock
from typing import Self, TypeVar

import pendulum

from orderflow.cloudsuite.client import CloudSuiteClient
from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.mapper import to_order
from orderflow.cloudsuite.messages import MessagesClient
from orderflow.cloudsuite.models import ShopOrder, ShopOrderLine
from orderflow.cloudsuite.paging import Listing
from orderflow.cloudsuite.placing import exported_lines, place
from orderflow.domain.decision import Action, Decision
from orderflow.domain.last_step import LastStep
from orderflow.domain.order import Order
from orderflow.domain.reasons import Reason
from orderflow.domain.selection import charges_not_taken, decide
from orderflow.domain.states import Progress
from orderflow.domain.window import Window
from orderflow.erp.port import ErpPort
from orderflow.errors import OrderflowError
from orderflow.flow.batch import isolated
from orderflow.flow.online import is_export, is_in_question, listed_as, offline_unknown
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.orders import LedgerOrder
from orderflow.settings import Settings

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Shared:
    """What the threads of one task share."""

    lock: Lock = field(default_factory=Lock)
    done: set[str] = field(default_factory=set)
    """What is done once per task, under the lock."""
    of_customers: defaultdict[str, Lock] = field(default_factory=lambda: defaultdict(Lock))
    """One thread at a time works on a customer; its claim in the ledger keeps other processes out."""


@dataclass(frozen=True)
class Services:
    """Everything a use case talks to. Clock and sleep are included, so that tests can control them.

    Shop and ERP are connected on first use: a report needs neither.
    """

    connect_shop: Callable[[], CloudSuiteClient]
    connect_messages: Callable[[], MessagesClient]
    connect_erp: Callable[[], ErpPort]
    ledger: Ledger
    settings: Settings = field(default_factory=Settings)
    now: Callable[[], datetime] = pendulum.now
    sleep: Callable[[float], None] = time.sleep
    shared: Shared = field(default_factory=Shared)

    @cached_property
    def shop(self) -> CloudSuiteClient:
        """The shop; ConfigurationError says what to set."""
        return self.connect_shop()

    @cached_property
    def messages(self) -> MessagesClient:
        """The shop's message endpoints; ConfigurationError says what to set."""
        return self.connect_messages()

    @cached_property
    def erp(self) -> ErpPort:
        """The ERP; ConfigurationError says what to set."""
        return self.connect_erp()

    def connect(self) -> Self:
        """Connect to all of them now, so that a configuration error shows before an order is touched."""
        _ = self.shop, self.messages, self.erp
        return self

    def read(self, order_id: int) -> tuple[ShopOrder, Order]:
        """Read an order from the shop now: the raw object and its meaning."""
        shop_order = self.shop.get_order(order_id)
        return shop_order, self.understand(shop_order)

    def list_window(self, window: Window, *, offline: bool, webshop: int | None = None) -> Listing:
        """List the online or the offline orders confirmed in a window, in any state."""
        first, last = window.api_bounds(self.settings.api_timezone)
        return self.shop.list_orders(
            ShopOrderFilter(confirm_date__gte=first, confirm_date__lte=last, offline=offline, webshop=webshop)
        )

    def in_parallel(self, work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """Do the work for all items, with the configured concurrency; results are in the order of the items."""
        todo = list(items)
        contexts = [copy_context() for _ in todo]  # threads do not inherit what log lines carry
        pool = ThreadPoolExecutor(self.settings.limits.concurrency)
        try:
            return list(pool.map(lambda context, item: context.run(work, item), contexts, todo))
        finally:
            pool.shutdown(cancel_futures=True)  # a task whose time is over starts nothing new

    def each(
        self, work: Callable[[Item], Result], items: Iterable[Item], about: Callable[[Item], str]
    ) -> list[Result | OrderflowError]:
        """Do the same with isolated items: an item's failure is its result, and the others continue.

        Items held back by the circuit breaker are tried once more after the others, one of which may have closed it.
        """

        def alone(item: Item) -> Result | OrderflowError:
            return isolated(partial(work, item), about(item))

        todo = list(items)
        results = self.in_parallel(alone, todo)
        again = [n for n, result in enumerate(results) if _is_held_back(result)]
        for n, result in zip(again, self.in_parallel(alone, [todo[n] for n in again]), strict=True):
            results[n] = result
        return results

    def understand(self, shop_order: ShopOrder) -> Order:
        """Translate an order as read."""
        return to_order(
            shop_order,
            api_timezone=self.settings.api_timezone,
            default_webshop=self.settings.default_webshop,
            charges=self.settings.charges,
            fields=self.settings.fields,
        )

    def exported_lines(self, shop_order: ShopOrder) -> list[ShopOrderLine]:
        """Return the lines that the ERP also has: the n-th of these has position n everywhere."""
        return exported_lines(shop_order, self.settings.charges)

    def places(self, shop_order: ShopOrder) -> list[int]:
        """Return the indexes of these lines among all lines of the shop's order, from 0."""
        return [exported.number - 1 for exported in place(shop_order, self.settings.charges).lines]

    def last_step(self, order: LedgerOrder) -> LastStep:
        """Return the last step of an order: the one stored at its write-back, otherwise the current setting's."""
        return order.last_step or self.settings.last_step(order.webshop)

    def decide(self, order: Order, window: Window | None = None, *, known: LedgerOrder | None = None) -> Decision:
        """Decide about an order; of its ledger row only the proof that it is offline counts.

        On every path, an order that does not say whether it is offline must be proved one or the other.
        """
        if order.offline is None and known is not None and known.progress is Progress.OFFLINE:
            order = order.model_copy(update={"offline": True})
        decision = self._decide(order, window)
        if not self.settings.offline_orders or not is_in_question(order, decision, known):
            return decision
        listed = listed_as(self.shop, order, api_timezone=self.settings.api_timezone)
        stays_offline = known is not None and known.is_offline and not listed.is_online
        if listed.is_offline or stays_offline:
            return self._decide(order.model_copy(update={"offline": True}), window)
        return decision if listed.is_online or not is_export(decision) else offline_unknown(listed)

    def _decide(self, order: Order, window: Window | None) -> Decision:
        """Decide with the settings of its webshop and the capabilities of the ERP."""
        webshop = self.settings.webshop(order.webshop)
        decision = decide(order, payment_option=webshop.payment_option, window=window)
        if decision.reason is Reason.NOT_PAID and not self.settings.names(order.webshop):
            detail = f"webshop {order.webshop} is not in the settings"
            return decision.model_copy(update={"reason": Reason.WEBSHOP_UNKNOWN, "detail": detail})
        if decision.action is Action.PROCESS and order.charges and not self.erp.capabilities.charges:
            return charges_not_taken(order)
        return decision


def _is_held_back(result: object) -> bool:
    return isinstance(result, OrderflowError) and result.reason is Reason.CIRCUIT_OPEN

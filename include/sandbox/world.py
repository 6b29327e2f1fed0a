"""Everything that a reset discards and creates again."""

import asyncio
from collections import Counter
from http import HTTPStatus

from sandbox.auth import TokenIssuer
from sandbox.behaviour import as_sent
from sandbox.checkout import checked_out
from sandbox.config import Config, Service
from sandbox.directory_api import PREFIXES as DIRECTORY_PREFIXES
from sandbox.directory_api import DirectoryApi
from sandbox.directory_store import DirectoryStore
from sandbox.entrance import Entrance
from sandbox.erp_api import PREFIX as ERP_PREFIX
from sandbox.erp_api import ErpApi
from sandbox.erp_customers import CustomerStore
from sandbox.erp_customers_api import CustomersApi
from sandbox.erp_store import ErpStore
from sandbox.erp_underway import Underway
from sandbox.faults import FaultRule, Faults
from sandbox.journal import Journal, order_named_by
from sandbox.manners.table import MANNERS
from sandbox.proxy_api import PREFIX as PROXY_PREFIX
from sandbox.proxy_api import ProxyApi
from sandbox.shop_api import ShopApi
from sandbox.shop_store import ShopStore
from sandbox.wire import Call, JsonObject, Refusal, Reply


class World:
    """One shop, one token endpoint, one ERP. A call in progress during a reset ends in the world it started in."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.journal = Journal()
        self.faults = Faults()
        self.issuer = TokenIssuer()
        self.orders = ShopStore(config.api_timezone)
        self.people = DirectoryStore(config.api_timezone)
        self.erp_store = ErpStore()
        entrance = Entrance(self.issuer)
        self.shop = ShopApi(self.orders, self.people, entrance)
        self.directory = DirectoryApi(self.people, entrance)
        self.proxy = ProxyApi(self.orders, self.issuer)
        self.erp_customers = CustomerStore()
        self.underway = Underway()
        self.erp = ErpApi(self.erp_store, CustomersApi(self.erp_customers, self.underway), self.underway)
        self._released = asyncio.Event()
        self._happened: set[tuple[str, int]] = set()
        """Manner and order: each event happens once."""
        self._inserted: Counter[str] = Counter()

    def insert(self, order: JsonObject) -> int:
        """Let a buyer place an order, as `sandbox.checkout` says; returns its id."""
        there = list(self.orders.orders.values())
        for name, manner in MANNERS.items():
            if manner.inserted and name in self.config.manners:
                order = manner.inserted(order, there, self._inserted[name])
                self._inserted[name] += 1
        number = self.orders.insert(checked_out(order, self.people, self.config))
        self.people.ensure(self.orders.orders[number])
        return number

    def handle(self, service: Service, call: Call, rule: FaultRule | None = None) -> Reply:
        """Let the service answer; the rule may make it ignore fields, or behave in other ways."""
        config = self.config.behaving(service, rule.manners if rule else ())
        try:
            reply = self._answer(service, call, config, rule)
        except Refusal as refusal:
            reply = refusal.reply
        if service == "shop" and call.method == "GET" and reply.status == HTTPStatus.OK:
            self._happen_after_read(call, config)
        return as_sent(reply, call, config)

    def change_order_of(self, call: Call, changes: JsonObject) -> None:
        """Change the shop's order that a call to shop or ERP refers to, if it exists."""
        number = order_named_by(call)
        if number in self.orders.orders:
            self.orders.edit(number, changes)

    def _answer(self, service: Service, call: Call, config: Config, rule: FaultRule | None) -> Reply:
        if service == "token":
            return self.issuer.handle(call, config)
        if service == "erp":
            return self.erp.handle(call, config)
        if call.path.startswith(PROXY_PREFIX):
            return self.proxy.handle(call, config)
        if call.path.startswith(DIRECTORY_PREFIXES):
            return self.directory.handle(call, config)
        ignored = rule.fields if rule else frozenset()
        return self.shop.handle(call, config, ignored=ignored, echo=rule is not None and rule.echo)

    def _happen_after_read(self, call: Call, config: Config) -> None:
        number = order_named_by(call)
        for name, manner in MANNERS.items():
            event = manner.event if name in config.manners else None
            if event and number in self.orders.orders and (name, number) not in self._happened:
                self._happened.add((name, number))
                self.orders.edit(number, event(self.orders.orders[number]))

    async def hold(self, seconds: float) -> bool:
        """Wait that long, or until everything held is released; return whether it was."""
        try:
            await asyncio.wait_for(self._released.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def release(self) -> None:
        """Release every call held now."""
        self._released.set()
        self._released = asyncio.Event()


def service_of(path: str) -> Service:
    """Return the service that a path belongs to; unknown paths are the shop's, which answers 404."""
    if path.startswith("/realms/"):
        return "token"
    return "erp" if path.startswith(f"{ERP_PREFIX}/") else "shop"

"""The control API below `/_control`: data, faults and the call journal. Its own calls are not recorded."""

from datetime import date
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.catalogue import orders_for_day
from sandbox.config import Config
from sandbox.control_erp_customers import erp_customer_routes
from sandbox.control_people import people_routes
from sandbox.control_reply import Answer, read, to_json
from sandbox.wire import JsonObject
from sandbox.world import World


class Resettable(Protocol):
    """What the control API controls."""

    world: World

    def reset(self, config: Config, orders: list[JsonObject]) -> None:
        """Start over."""


class Reset(BaseModel):
    """How to start over. Without a day there are no orders."""

    model_config = ConfigDict(extra="forbid")

    day: date | None = None
    count: int = 40
    seed: int = 1
    payable_only: bool = False
    catalogue: str = "demo"
    parts: tuple[str, ...] = ()
    config: dict[str, Any] = {}

    def orders(self, config: Config) -> list[JsonObject]:
        """Generate the requested orders of the catalogue."""
        if self.day is None or self.catalogue == "empty":
            return []
        return orders_for_day(
            self.day,
            self.count,
            seed=self.seed,
            payable_only=self.payable_only,
            api_timezone=config.api_timezone,
            parts=self.parts,
        )


class ControlApi:
    """Handlers; each answers JSON."""

    def __init__(self, sandbox: Resettable) -> None:
        self._sandbox = sandbox

    @property
    def _world(self) -> World:
        return self._sandbox.world

    async def health(self, _: Request) -> Response:
        """GET: whether the sandbox is up."""
        return to_json({"status": "ok"})

    async def reset(self, request: Request) -> Response:
        """POST: start over."""
        wish = Reset.model_validate(await read(request) or {})
        config = Config().changed(wish.config)
        self._sandbox.reset(config, wish.orders(config))
        return to_json({"orders": len(self._world.orders.orders)})

    async def config(self, request: Request) -> Response:
        """GET, PATCH: the switches."""
        if request.method == "PATCH":
            self._world.config = self._world.config.changed(await read(request))
            self._world.orders.api_timezone = self._world.people.api_timezone = self._world.config.api_timezone
        return to_json(self._world.config.model_dump(mode="json"))

    async def orders(self, request: Request) -> Response:
        """GET: all orders of the shop; POST: insert some, returns their ids."""
        if request.method == "POST":
            return to_json({"ids": [self._world.insert(order) for order in await read(request)]}, 201)
        return to_json({"orders": list(self._world.orders.orders.values())})

    async def order(self, request: Request) -> Response:
        """GET, PATCH, DELETE: one order of the shop, any field."""
        store, number = self._world.orders, int(request.path_params["number"])
        if request.method == "PATCH":
            return to_json(store.edit(number, await read(request)))
        if request.method == "DELETE":
            return to_json(store.orders.pop(number))
        return to_json(store.orders[number])

    async def erp_orders(self, request: Request) -> Response:
        """GET: every order of the ERP, visible or not, with the request that created it; POST: enter one by hand."""
        if request.method == "POST":
            return to_json(self._world.erp_store.create(await read(request), None).full(), 201)
        return to_json(
            {"orders": [{**order.full(), "request": order.request} for order in self._world.erp_store.orders]}
        )

    async def erp_order(self, request: Request) -> Response:
        """PATCH, DELETE: one order of the ERP."""
        store, number = self._world.erp_store, str(request.path_params["number"])
        if request.method == "PATCH":
            return to_json(store.edit(number, await read(request)).full())
        return to_json(store.remove(number).full())

    async def deliveries(self, request: Request) -> Response:
        """GET: all packing slips of the ERP; POST {"order_number", ...}: deliver an order."""
        if request.method == "POST":
            return to_json(self._world.erp_store.deliver(await read(request)), 201)
        return to_json({"deliveries": [slip for _, slip in self._world.erp_store.deliveries]})

    async def desadv(self, _: Request) -> Response:
        """GET: the despatch advices that the shop accepted."""
        return to_json({"messages": self._world.proxy.desadv.messages})

    async def confirmations(self, _: Request) -> Response:
        """GET: the cXML confirmations that the shop accepted."""
        return to_json({"messages": self._world.proxy.confirmations.messages})

    async def order_statuses(self, _: Request) -> Response:
        """GET: the custom order statuses that the shop accepted."""
        return to_json({"messages": self._world.proxy.order_statuses.messages})

    async def faults(self, request: Request) -> Response:
        """GET, POST [rule, ...], DELETE: the faults."""
        if request.method == "POST":
            self._world.faults.add(await read(request))
        if request.method == "DELETE":
            self._world.faults.rules.clear()
        return to_json({"faults": [rule.model_dump(mode="json") for rule in self._world.faults.rules]})

    async def release(self, _: Request) -> Response:
        """POST: release every call that a fault is holding."""
        self._world.release()
        return to_json({})

    async def settle(self, _: Request) -> Response:
        """POST: answer once no call is in progress."""
        await self._world.journal.idle.wait()
        return to_json({})

    async def tokens(self, _: Request) -> Response:
        """DELETE: expire every access token now."""
        self._world.issuer.revoke_all()
        return to_json({})

    async def journal(self, request: Request) -> Response:
        """GET ?since=n, DELETE: the calls, and the highest number of concurrent calls by service."""
        journal = self._world.journal
        if request.method == "DELETE":
            journal.clear()
        since = int(request.query_params.get("since", "0"))
        return to_json({"entries": journal.since(since), "high_water": dict(journal.high_water.items())})


def control_app(sandbox: Resettable) -> Starlette:
    """Build the control API of a sandbox."""
    api = ControlApi(sandbox)
    routes: list[tuple[str, Answer, list[str]]] = [
        ("/health", api.health, ["GET"]),
        ("/reset", api.reset, ["POST"]),
        ("/config", api.config, ["GET", "PATCH"]),
        ("/orders", api.orders, ["GET", "POST"]),
        ("/orders/{number:int}", api.order, ["GET", "PATCH", "DELETE"]),
        ("/erp/orders", api.erp_orders, ["GET", "POST"]),
        ("/erp/orders/{number}", api.erp_order, ["PATCH", "DELETE"]),
        ("/erp/deliveries", api.deliveries, ["GET", "POST"]),
        ("/desadv", api.desadv, ["GET"]),
        ("/confirmations", api.confirmations, ["GET"]),
        ("/orderstatuses", api.order_statuses, ["GET"]),
        ("/faults", api.faults, ["GET", "POST", "DELETE"]),
        ("/release", api.release, ["POST"]),
        ("/settle", api.settle, ["POST"]),
        ("/tokens", api.tokens, ["DELETE"]),
        ("/journal", api.journal, ["GET", "DELETE"]),
        *people_routes(lambda: sandbox.world.people),
        *erp_customer_routes(lambda: sandbox.world),
    ]
    return Starlette(
        routes=[Route(f"/_control{path}", endpoint, methods=methods) for path, endpoint, methods in routes],
        exception_handlers={ValidationError: _mistake, ValueError: _mistake, KeyError: _unknown},
    )


async def _mistake(_: Request, error: Exception) -> Response:
    return to_json({"error": str(error)}, 400)


async def _unknown(_: Request, error: Exception) -> Response:
    return to_json({"error": f"there is no {error}"}, 404)

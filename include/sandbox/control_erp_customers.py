"""Below `/_control`: the ERP's customers, behind the API's back."""

from collections.abc import Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from sandbox.control_reply import RouteOf, read, to_json
from sandbox.directory_store import ERP, DirectoryStore
from sandbox.erp_customers import CustomerStore
from sandbox.shop_store import ShopStore
from sandbox.wire import JsonObject


class ErpCustomersClient:
    """The client side: sets up and reads the ERP's customers."""

    def __init__(self, call: Callable[..., JsonObject]) -> None:
        self._call = call

    def all(self) -> list[JsonObject]:
        """Return all customers with `keys`, `buyer`, `addresses`, `revision` and the `request` that created each."""
        return list(self._call("GET", "/erp/customers")["customers"])

    def add(self, buyer: JsonObject, *addresses: JsonObject) -> JsonObject:
        """Enter a customer by hand, as POST /customers would."""
        return self._call("POST", "/erp/customers", {"buyer": buyer, "addresses": list(addresses)})

    def import_from_shop(self) -> list[JsonObject]:
        """Enter the shop's customers and addresses that came from the ERP: what a real ERP starts with."""
        return list(self._call("POST", "/erp/customers/import")["customers"])

    def edit(self, code: str, /, **changes: Any) -> JsonObject:
        """Change a customer: its `code`, fields of its `buyer`, its `addresses`."""
        return self._call("PATCH", f"/erp/customers/{code}", changes)

    def merge(self, kept: str, gone: str) -> JsonObject:
        """Merge one customer into another, which takes over its keys and addresses."""
        return self._call("POST", f"/erp/customers/{kept}/merge", {"gone": gone})

    def remove(self, code: str) -> JsonObject:
        """Remove a customer."""
        return self._call("DELETE", f"/erp/customers/{code}")


class Peopled(Protocol):
    """A world with the customers of both sides."""

    people: DirectoryStore
    orders: ShopStore
    erp_customers: CustomerStore


def erp_customer_routes(world: Callable[[], Peopled]) -> list[RouteOf]:
    """Return the routes; `world` returns the current world."""

    async def customers(request: Request) -> Response:
        store = world().erp_customers
        if request.method == "POST":
            wish = await read(request)
            return to_json(store.create(wish, code=wish["buyer"].get("code")).full(), 201)
        return to_json({"customers": [customer.full() for customer in store.customers]})

    async def from_shop(_: Request) -> Response:
        store = world().erp_customers
        new = [wish for wish in _of_erp(world()) if not store.with_key((ERP, wish["buyer"]["key"]))]
        return to_json({"customers": [store.create(wish).full() for wish in new]}, 201)

    async def customer(request: Request) -> Response:
        store, code = world().erp_customers, str(request.path_params["code"])
        if request.method == "PATCH":
            return to_json(store.edit(code, await read(request)).full())
        return to_json(store.remove(code).full())

    async def merge(request: Request) -> Response:
        wish = await read(request)
        return to_json(world().erp_customers.merge(str(request.path_params["code"]), wish["gone"]).full())

    return [
        ("/erp/customers", customers, ["GET", "POST"]),
        ("/erp/customers/import", from_shop, ["POST"]),
        ("/erp/customers/{code}/merge", merge, ["POST"]),
        ("/erp/customers/{code}", customer, ["PATCH", "DELETE"]),
    ]


def _of_erp(world: Peopled) -> list[JsonObject]:
    """Return the ERP's own customers, each with its own addresses and those on its orders."""
    places = [row for row in world.people.records["address"].values() if row["origin"] == ERP]
    named = {
        (o["customer"], o[f]) for o in world.orders.orders.values() for f in ("shipment_address", "invoice_address")
    }
    return [
        {"buyer": row, "addresses": [p for p in places if p["customer"] == row["id"] or (row["id"], p["id"]) in named]}
        for row in world.people.records["customer"].values()
        if row["origin"] == ERP
    ]

"""Below `/_control`: the shop's customers, addresses, users and profiles, behind the API's back."""

from collections.abc import Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from sandbox.control_reply import RouteOf, read, to_json
from sandbox.directory_store import KINDS, DirectoryStore, Kind
from sandbox.wire import JsonObject


class PeopleClient:
    """The client side: sets up and reads the shop's records. `kind`: customer, address or user."""

    def __init__(self, call: Callable[..., JsonObject]) -> None:
        self._call = call

    def all(self, kind: Kind) -> list[JsonObject]:
        """Return all records of a kind, complete."""
        return list(self._call("GET", f"/people/{kind}")["records"])

    def add(self, kind: Kind, **record: Any) -> JsonObject:
        """Add a record, from the webshop unless `origin` says otherwise; missing fields are filled in."""
        return self._call("POST", f"/people/{kind}", record)

    def get(self, kind: Kind, number: int) -> JsonObject:
        """Return one record."""
        return self._call("GET", f"/people/{kind}/{number}")

    def edit(self, kind: Kind, number: int, /, **changes: Any) -> JsonObject:
        """Change any field of a record: the buyer moves, or types another name."""
        return self._call("PATCH", f"/people/{kind}/{number}", changes)

    def remove(self, kind: Kind, number: int) -> JsonObject:
        """Remove a record. Orders that refer to it then refer to nobody."""
        return self._call("DELETE", f"/people/{kind}/{number}")

    def add_profile(self, **profile: Any) -> JsonObject:
        """Add a user profile; name its id in the `user_profiles` of a user."""
        return self._call("POST", "/profiles", profile)


def people_routes(people: Callable[[], DirectoryStore]) -> list[RouteOf]:
    """Return the routes; `people` returns the current world's store."""

    async def records(request: Request) -> Response:
        kind = _kind(request)
        if request.method == "POST":
            return to_json(people().add(kind, await read(request) or {}), 201)
        return to_json({"records": list(people().records[kind].values())})

    async def record(request: Request) -> Response:
        kind, number = _kind(request), int(request.path_params["number"])
        if request.method == "PATCH":
            return to_json(people().edit(kind, number, await read(request)))
        if request.method == "DELETE":
            return to_json(people().remove(kind, number))
        return to_json(people().records[kind][number])

    async def profiles(request: Request) -> Response:
        return to_json(people().add_profile(await read(request) or {}), 201)

    return [
        ("/people/{kind}", records, ["GET", "POST"]),
        ("/people/{kind}/{number:int}", record, ["GET", "PATCH", "DELETE"]),
        ("/profiles", profiles, ["POST"]),
    ]


def _kind(request: Request) -> Kind:
    kind = request.path_params["kind"]
    if kind not in KINDS:
        raise KeyError(kind)
    return cast("Kind", kind)

"""The shop's order API: routes, the order of checks, reads and writes."""

import re

from sandbox import shop_filters
from sandbox.behaviour import as_shown, as_stored
from sandbox.config import Config
from sandbox.directory_store import OF_ORDER, DirectoryStore
from sandbox.entrance import Entrance, json_body
from sandbox.shop_fields import ORDER_FIELDS, forbidden, read_fields
from sandbox.shop_pages import Pager
from sandbox.shop_store import LINES, ShopStore, without
from sandbox.wire import Call, JsonObject, Refusal, Reply, html_reply, json_reply

LIST, EXTERNAL, DETAIL = "list", "external", "detail"
ROUTES = (
    (LIST, re.compile(r"/api/order/"), ("GET", "POST")),
    (EXTERNAL, re.compile(r"/api/order/ext:([^/]+)/?"), ("GET",)),
    (DETAIL, re.compile(r"/api/order/([^/]+)/"), ("GET", "PUT", "PATCH")),
)
POST_REQUIRED = ("erp_order_number", "state", "order_date", "currency", LINES)
MOVES: dict[str, tuple[str, ...]] = {
    "draft": ("quotation", "confirmed", "cancel"),
    "quotation": ("draft", "confirmed", "cancel"),
    "confirmed": ("draft", "processing", "done", "cancel"),
    "processing": ("done", "cancel"),
    "done": ("processing",),
    "cancel": (),
}
"""State changes that strict mode allows."""


class ShopApi:
    """Answers calls below `/api`. The checks come in REST framework's order."""

    def __init__(self, store: ShopStore, directory: DirectoryStore, entrance: Entrance) -> None:
        self.store = store
        self._directory = directory
        self._entrance = entrance
        self._pager = Pager()

    def handle(self, call: Call, config: Config, *, ignored: frozenset[str] = frozenset(), echo: bool = False) -> Reply:
        """Answer one call; fields in `ignored` are not stored, and with `echo` the answer hides that."""
        kind, argument, methods = _route(call.path)
        method = self._entrance.admit(call, config, methods)
        if kind == LIST:
            return self._list(call, config) if method == "GET" else self._post(call, config)
        if kind == EXTERNAL:
            return json_reply(self._shown(self._by_key(argument), config))
        stored = self._by_id(argument, call, config, create=method == "PUT")
        if method == "GET":
            return json_reply(self._shown(stored, config))
        return self._write(method, stored, json_body(call), config, ignored=ignored, echo=echo)

    def _list(self, call: Call, config: Config) -> Reply:
        orders = shop_filters.select(self.store.orders.values(), call.query, config.unknown_filters)
        return json_reply(self._pager.page(orders, call, config))

    def _by_key(self, key: str) -> JsonObject:
        for order in self.store.orders.values():
            if order["key"] == key:
                return order
        raise _missing()

    def _by_id(self, argument: str, call: Call, config: Config, *, create: bool) -> JsonObject:
        """Find an order; the filters of the list apply to it too."""
        if not argument.isdecimal():
            raise Refusal(json_reply({"detail": "Not found."}, 404))
        order = self.store.orders.get(int(argument))
        passed = shop_filters.select([order] if order else [], call.query, config.unknown_filters)
        if order is None and create:
            return self.store.blank(int(argument), offline=False)
        if order is None or not passed:
            raise _missing()
        return order

    def _write(
        self, method: str, stored: JsonObject, body: JsonObject, config: Config, *, ignored: frozenset[str], echo: bool
    ) -> Reply:
        values, mistakes = read_fields(body, ORDER_FIELDS)
        existed = stored["id"] in self.store.orders
        target = values.get("state", stored["state"])
        if config.strict_states and existed and target != stored["state"] and target not in MOVES[stored["state"]]:
            mistakes.setdefault("state", [f"An order cannot go from {stored['state']} to {target}."])
        mistakes |= forbidden(body, self._shown(stored, config), config)
        if mistakes:
            raise Refusal(json_reply(mistakes, 400))
        if method == "PATCH":
            changed = self.store.patched(stored, values)
        else:
            changed = self.store.replaced(stored, values, body, renumber=config.put_renumbers_lines)
        changed = as_stored(changed, method, config)
        kept = without(stored, changed, ignored)
        self.store.save(kept)
        before, after = self._shown(stored, config), self._shown(changed if echo else kept, config)
        return _written(before, after, body, config, 200 if existed else 201)

    def _post(self, call: Call, config: Config) -> Reply:
        body = self._with_ids(json_body(call))
        values, mistakes = read_fields(body, ORDER_FIELDS)
        for name in POST_REQUIRED:
            if name not in body:
                mistakes[name] = ["This field is required."]
        taken = {order["key"] for order in self.store.orders.values()}
        if values.get("key") and values["key"] in taken:
            mistakes["key"] = ["order with this key already exists."]
        if mistakes:
            raise Refusal(json_reply(mistakes, 400))
        order = self.store.replaced(self.store.blank(offline=True), values, body)
        order = as_stored(order, "POST", config)
        self.store.save(order)
        return json_reply(self._shown(order, config), 201, committed=True)

    def _with_ids(self, body: JsonObject) -> JsonObject:
        """Accept `shipment_address_key` and the like instead of ids; documented for POST."""
        found = {}
        for field, kind in OF_ORDER.items():
            twin = body.get(f"{field}_key")
            if isinstance(twin, dict) and field not in body:
                record = self._directory.by_key(kind, str(twin.get("origin")), str(twin.get("key")))
                if record is None:
                    raise Refusal(json_reply({f"{field}_key": ["Object does not exist."]}, 400))
                found[field] = record["id"]
        return {**body, **found}

    def _shown(self, order: JsonObject, config: Config) -> JsonObject:
        twins = {f"{field}_key": self._directory.twin(kind, order[field]) for field, kind in OF_ORDER.items()}
        whole = {**order, **twins} if config.key_twins else order
        return as_shown({name: value for name, value in whole.items() if name not in config.hidden_fields}, config)


def _written(before: JsonObject, after: JsonObject, body: JsonObject, config: Config, status: int) -> Reply:
    match config.write_answers:
        case "empty":
            return Reply(status, headers={"content-type": "application/json"}, committed=True)
        case "no_content":
            return Reply(204, committed=True)
        case "old":
            return json_reply(before, status, committed=True)
        case "partial":
            return json_reply({name: after[name] for name in body if name in after}, status, committed=True)
        case _:
            return json_reply(after, status, committed=True)


def _route(path: str) -> tuple[str, str, tuple[str, ...]]:
    for kind, pattern, methods in ROUTES:
        match = pattern.fullmatch(path)
        if match:
            return kind, match[1] if match.groups() else "", methods
    if any(pattern.fullmatch(f"{path}/") for _, pattern, _ in ROUTES):
        raise Refusal(Reply(301, headers={"location": f"{path}/", "content-type": "text/html; charset=utf-8"}))
    raise Refusal(html_reply(404, "Not Found"))


def _missing() -> Refusal:
    return Refusal(json_reply({"detail": "No Order matches the given query."}, 404))

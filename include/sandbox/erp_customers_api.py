"""The ERP's REST contract for customers: find, create, update."""

import time

from sandbox.config import Config
from sandbox.erp_checks import (
    ChangedCustomer,
    NewCustomer,
    checked,
    idempotency_key,
    invalid,
    is_origin,
    method_not_allowed,
)
from sandbox.erp_customers import CustomerStore
from sandbox.erp_underway import Underway
from sandbox.wire import Call, JsonObject, Refusal, Reply, json_reply

PATH = "/customers"


class CustomersApi:
    """Answers calls below `/erp/customers`, and resolves an order's customer and addresses."""

    def __init__(self, store: CustomerStore, underway: Underway) -> None:
        self.store = store
        self._underway = underway

    def handle(self, path: str, call: Call, config: Config) -> Reply:
        """Answer one call; `path` is what follows `/customers`."""
        if not path and call.method == "GET":
            return self._find(call, config)
        if not path and call.method == "POST":
            return self._create(call, config)
        if path and call.method == "PUT":
            return self._update(path, call, config)
        return method_not_allowed("PUT" if path else "GET, POST")

    def admit_order(self, request: JsonObject, config: Config) -> None:
        """Treat an order's unknown customer and addresses as the switches say; Refusal with 422 to reject it."""
        customer, buyer = self.store.of_order(request), request.get("buyer") or {}
        if customer is None and config.erp_unknown_customers == "reject":
            named = f"{buyer.get('origin')}/{buyer['key']}" if buyer.get("key") else request.get("customer")
            raise Refusal(_rejected(f"unknown customer {named}"))
        if customer is None and config.erp_unknown_customers == "create" and buyer.get("key") and buyer.get("origin"):
            customer = self.store.create({"buyer": buyer})
        if customer is None:
            return
        places = [place for name in ("ship_to", "bill_to") if (place := request.get(name)) and place.get("key")]
        unknown = [place for place in places if (place.get("origin"), place["key"]) not in customer.addresses]
        if unknown and config.erp_unknown_addresses == "reject":
            raise Refusal(_rejected(f"unknown address {unknown[0].get('origin')}/{unknown[0]['key']}"))
        if unknown and config.erp_unknown_addresses == "create":
            self.store.update(customer, {"addresses": [p for p in unknown if p.get("origin")]}, revision=0)

    def _find(self, call: Call, config: Config) -> Reply:
        asked = (call.query.get("origin", ""), call.query.get("key", ""))
        if not is_origin(asked[0]) or not asked[1]:
            return invalid("`origin` and `key` are wanted")
        visible_before = time.monotonic() - config.late_commit_seconds
        found = [c.document(asked) for c in self.store.with_key(asked) if c.created_tick <= visible_before]
        return json_reply({"results": found})

    def _create(self, call: Call, config: Config) -> Reply:
        key = idempotency_key(call) if config.honour_idempotency_key else None
        request = checked(call, NewCustomer)
        if key:
            self._underway.refuse_second(call, key)
        earlier = self.store.by_idempotency_key.get(key or "")
        if earlier is not None:
            same = earlier.request == request
            return json_reply(earlier.document()) if same else json_reply({"error": "key_reused"}, 422)
        known = self.store.with_key((request["buyer"]["origin"], request["buyer"]["key"]))
        if known and config.enforce_unique_customers:
            return json_reply({"error": "duplicate", "code": known[0].code}, 409)
        self._refuse_incomplete(request, config)
        return json_reply(self.store.create(request, key).document(), 201, committed=True)

    def _update(self, path: str, call: Call, config: Config) -> Reply:
        origin, _, key = path.lstrip("/").partition("/")
        request = checked(call, ChangedCustomer)
        known = self.store.with_key((origin, key))
        if not known:
            return json_reply({"error": "not_found"}, 404)
        buyer = request.get("buyer")
        if buyer and (buyer["origin"], buyer["key"]) != (origin, key):
            return invalid("`buyer` names another key than the path")
        self._refuse_incomplete(request, config)
        return json_reply(self.store.update(known[0], request).document((origin, key)), committed=True)

    def _refuse_incomplete(self, request: JsonObject, config: Config) -> None:
        missing = []
        for wanted in config.erp_customer_needs:
            of_address = wanted.removeprefix("addresses.")
            objects = request.get("addresses") or [] if of_address != wanted else [request.get("buyer") or {}]
            if (of_address != wanted or request.get("buyer")) and not all(held.get(of_address) for held in objects):
                missing.append(wanted)
        if missing:
            raise Refusal(_rejected(f"missing: {', '.join(missing)}"))


def _rejected(reason: str) -> Reply:
    return json_reply({"error": "rejected", "reason": reason}, 422)

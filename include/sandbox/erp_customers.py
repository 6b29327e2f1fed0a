"""The ERP's customers with their addresses, by the keys that other systems use for them."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.wire import JsonObject

FIRST_CODE = 10001
Key = tuple[str, str]
"""Origin and key."""


@dataclass(frozen=True)
class ErpCustomer:
    """A customer; `request` is the body that created it, `revision` counts the API's changes since."""

    code: str
    keys: tuple[Key, ...]
    """All keys that lead here: more than one after a merge."""
    buyer: JsonObject
    addresses: dict[Key, JsonObject]
    request: JsonObject
    revision: int = 0
    created_tick: float = field(default_factory=time.monotonic)

    def document(self, asked: Key | None = None) -> JsonObject:
        """Return the customer as the contract shows it, under the requested key."""
        origin, key = asked or self.keys[0]
        addresses = [{"origin": o, "key": k, "code": held["code"]} for (o, k), held in self.addresses.items()]
        return {"origin": origin, "key": key, "code": self.code, "addresses": addresses}

    def full(self) -> JsonObject:
        """Return everything, for the tests."""
        return {
            **self.document(),
            "keys": [list(key) for key in self.keys],
            "buyer": self.buyer,
            "addresses": list(self.addresses.values()),
            "revision": self.revision,
            "request": self.request,
        }


class CustomerStore:
    """Customers in order of creation."""

    def __init__(self) -> None:
        self.customers: list[ErpCustomer] = []
        self.by_idempotency_key: dict[str, ErpCustomer] = {}
        self._last_code = FIRST_CODE - 1
        self._last_address = 0

    def with_key(self, key: Key) -> list[ErpCustomer]:
        """Return the customers with a key; more than one only if uniqueness is switched off."""
        return [customer for customer in self.customers if key in customer.keys]

    def of_order(self, request: JsonObject) -> ErpCustomer | None:
        """Return the customer of an order: by key if given, otherwise by the shop's id."""
        buyer = request.get("buyer") or {}
        if buyer.get("key") is not None:
            return next(iter(self.with_key((str(buyer.get("origin")), buyer["key"]))), None)
        number = buyer.get("id", request.get("customer"))
        return next((c for c in self.customers if number is not None and c.buyer.get("id") == number), None)

    def create(
        self, request: JsonObject, idempotency_key: str | None = None, *, code: str | None = None
    ) -> ErpCustomer:
        """Add a customer with this number or the next; a customer of the ERP's own origin has its key as number."""
        buyer = request["buyer"]
        self._last_code += 1
        code = code or (buyer["key"] if buyer["origin"] == "erp" else str(self._last_code))
        new = ErpCustomer(code, ((buyer["origin"], buyer["key"]),), buyer, {}, request)
        new = replace(new, addresses=self._with(new, request.get("addresses")))
        self.customers.append(new)
        if idempotency_key:
            self.by_idempotency_key[idempotency_key] = new
        return new

    def update(self, customer: ErpCustomer, request: JsonObject, *, revision: int = 1) -> ErpCustomer:
        """Change the buyer if given, and add or change the given addresses; the others stay."""
        changed = replace(
            customer,
            buyer={**customer.buyer, **request["buyer"]} if request.get("buyer") else customer.buyer,
            addresses=self._with(customer, request.get("addresses")),
            revision=customer.revision + revision,
        )
        self._swap(customer, changed)
        return changed

    def edit(self, code: str, changes: JsonObject) -> ErpCustomer:
        """Change a customer behind the API's back: its `code`, its `buyer`, its `addresses`; KeyError."""
        before = self.with_code(code)
        changed = replace(self.update(before, changes, revision=0), code=changes.get("code", code))
        self._swap(self.with_code(code), changed)
        return changed

    def merge(self, kept: str, gone: str) -> ErpCustomer:
        """Merge one customer into another, which takes over its keys and addresses; KeyError."""
        first, second = self.with_code(kept), self.with_code(gone)
        merged = replace(first, keys=first.keys + second.keys, addresses={**second.addresses, **first.addresses})
        self.remove(gone)
        self._swap(first, merged)
        return merged

    def remove(self, code: str) -> ErpCustomer:
        """Remove a customer, as if it had never existed; KeyError."""
        customer = self.with_code(code)
        self.customers.remove(customer)
        self.by_idempotency_key = {k: kept for k, kept in self.by_idempotency_key.items() if kept is not customer}
        return customer

    def with_code(self, code: str) -> ErpCustomer:
        """Return a customer by the ERP's own number; KeyError."""
        for customer in self.customers:
            if customer.code == code:
                return customer
        raise KeyError(code)

    def _swap(self, before: ErpCustomer, after: ErpCustomer) -> None:
        self.customers[self.customers.index(before)] = after
        for key, held in self.by_idempotency_key.items():
            if held is before:
                self.by_idempotency_key[key] = after

    def _with(self, customer: ErpCustomer, addresses: list[JsonObject] | None) -> dict[Key, JsonObject]:
        held = dict(customer.addresses)
        for address in addresses or ():
            key = (address["origin"], address["key"])
            before: dict[str, Any] = held.get(key) or {"code": self._next_address()}
            held[key] = {**before, **address, "code": before["code"]}
        return held

    def _next_address(self) -> str:
        self._last_address += 1
        return f"ADR-{self._last_address:05d}"

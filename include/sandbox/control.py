"""A client of the control API, for tests and the demo."""

from collections.abc import Sequence
from datetime import date
from types import TracebackType
from typing import Any, Self

import requests

from sandbox.control_erp_customers import ErpCustomersClient
from sandbox.control_people import PeopleClient
from sandbox.wire import JsonObject, dumps, loads

TIMEOUT = 30


class SandboxControl:
    """Prepares a sandbox and reports what happened in it. Numbers with a fraction come back as Decimal."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._base = f"{self.url}/_control"
        self._session = requests.Session()
        self.people = PeopleClient(self._call)
        """The shop's customers, addresses and users."""
        self.erp_customers = ErpCustomersClient(self._call)
        """The ERP's customers."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._session.close()

    def health(self) -> bool:
        """Whether the sandbox is up."""
        return bool(self._call("GET", "/health")["status"] == "ok")

    def reset(
        self,
        day: date | str | None = None,
        count: int = 40,
        *,
        payable_only: bool = False,
        seed: int = 1,
        parts: Sequence[str] = (),
        **config: Any,
    ) -> int:
        """Start over: the orders of a day (none without one), and default switches except those given.

        `parts` adds further orders, see `sandbox.catalogue_parts`.
        """
        wish = {
            "day": str(day) if day else None,
            "count": count,
            "payable_only": payable_only,
            "seed": seed,
            "parts": list(parts),
            "config": config,
        }
        return int(self._call("POST", "/reset", wish)["orders"])

    def config(self) -> JsonObject:
        """Return the switches."""
        return self._call("GET", "/config")

    def configure(self, **changes: Any) -> JsonObject:
        """Set switches."""
        return self._call("PATCH", "/config", changes)

    def add_orders(self, *orders: JsonObject) -> list[int]:
        """Add orders to the shop; missing fields are filled in. Returns their ids."""
        return list(self._call("POST", "/orders", orders)["ids"])

    def edit_order(self, order_id: int, **changes: Any) -> JsonObject:
        """Change an order behind the API's back: a payment arrives, the buyer cancels."""
        return self._call("PATCH", f"/orders/{order_id}", changes)

    def remove_order(self, order_id: int) -> JsonObject:
        """Remove an order from the shop."""
        return self._call("DELETE", f"/orders/{order_id}")

    def orders(self) -> list[JsonObject]:
        """Return all orders of the shop, complete."""
        return list(self._call("GET", "/orders")["orders"])

    def order(self, order_id: int) -> JsonObject:
        """Return one order of the shop, complete."""
        return self._call("GET", f"/orders/{order_id}")

    def erp_orders(self) -> list[JsonObject]:
        """Return all orders of the ERP, each with the `request` that created it."""
        return list(self._call("GET", "/erp/orders")["orders"])

    def add_erp_order(self, request: JsonObject) -> JsonObject:
        """Enter an order into the ERP by hand: a `request` as for POST /sales-orders, unchecked."""
        return self._call("POST", "/erp/orders", request)

    def edit_erp_order(self, number: str, /, **changes: Any) -> JsonObject:
        """Change `number`, `status`, `corrections` or fields of the request of an order behind the ERP's back."""
        return self._call("PATCH", f"/erp/orders/{number}", changes)

    def cancel_erp_order(self, number: str) -> JsonObject:
        """Cancel an order in the ERP."""
        return self.edit_erp_order(number, status="cancelled")

    def remove_erp_order(self, number: str) -> JsonObject:
        """Remove an order from the ERP."""
        return self._call("DELETE", f"/erp/orders/{number}")

    def deliver(self, order_number: str, **fields: Any) -> JsonObject:
        """Make the ERP deliver an order, complete unless `lines` are given: `[{"line_number": 11, "quantity": "0.5"}]`.

        Several orders with the same `number` share one slip.
        """
        return self._call("POST", "/erp/deliveries", {"order_number": order_number, **fields})

    def desadv_messages(self) -> list[JsonObject]:
        """Return the despatch advices that the shop accepted.

        Header fields and `items`, all as text, and `taken`: order id, line id and quantity of each item.
        """
        return list(self._call("GET", "/desadv")["messages"])

    def confirmations(self) -> list[JsonObject]:
        """Return the cXML confirmations that the shop accepted."""
        return list(self._call("GET", "/confirmations")["messages"])

    def order_statuses(self) -> list[JsonObject]:
        """Return the custom order statuses that the shop accepted."""
        return list(self._call("GET", "/orderstatuses")["messages"])

    def fault(self, action: str, **rule: Any) -> None:
        """Add a fault; see `sandbox.faults.FaultRule` for its fields."""
        self.faults([{"action": action, **rule}])

    def faults(self, rules: Sequence[JsonObject]) -> None:
        """Add several faults at once; the first one that matches a call applies."""
        self._call("POST", "/faults", rules)

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._call("DELETE", "/faults")

    def release(self) -> None:
        """Release every call that a fault is holding."""
        self._call("POST", "/release")

    def settle(self) -> None:
        """Wait until no call is in progress, including calls whose client has given up."""
        self._call("POST", "/settle")

    def expire_tokens(self) -> None:
        """Expire every access token issued so far."""
        self._call("DELETE", "/tokens")

    def journal(self, since: int = 0, *, service: str | None = None, method: str | None = None) -> list[JsonObject]:
        """Return the calls after number `since`, oldest first, optionally of one service and method."""
        entries = self._call("GET", f"/journal?since={since}")["entries"]
        return [e for e in entries if service in {None, e["service"]} and method in {None, e["method"]}]

    def high_water(self) -> dict[str, int]:
        """Return the highest number of concurrent calls, by service."""
        return dict(self._call("GET", "/journal")["high_water"])

    def clear_journal(self) -> None:
        """Discard the calls so far; numbering continues."""
        self._call("DELETE", "/journal")

    def _call(self, method: str, path: str, body: object = None) -> JsonObject:
        data = None if body is None else dumps(body)
        response = self._session.request(method, self._base + path, data=data, timeout=TIMEOUT)
        if not response.ok:
            raise ValueError(f"{method} {path}: {response.status_code} {response.text}")
        answer: JsonObject = loads(response.content)
        return answer

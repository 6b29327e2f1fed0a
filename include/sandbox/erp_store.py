"""The ERP's orders and deliveries."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox import clock
from sandbox.wire import JsonObject

FIRST_NUMBER = 100001
FIRST_PACKING_SLIP = 1001
CONTENT = ("product", "quantity", "unit_price")
"""The fields of a line's content."""


@dataclass(frozen=True)
class ErpOrder:
    """A sales order as created; `request` is the body that created it."""

    number: str
    request: JsonObject
    created_at: datetime
    created_tick: float = field(default_factory=time.monotonic)
    status: str = "open"
    counts_charges: bool = True
    corrections: Sequence[str] = ()

    def document(self) -> JsonObject:
        """Return the order as its creator sees it. Line numbers never equal positions."""
        return {
            "number": self.number,
            "external_reference": self.request["external_reference"],
            "shop_order_id": self.request.get("shop_order_id"),
            "status": self.status,
            "customer": self.request.get("customer"),
            "lines": [
                {
                    "position": line["position"],
                    "line_number": line_number(line["position"]),
                    **{name: line.get(name) for name in CONTENT},
                }
                for line in self.request["lines"]
            ],
        }

    def full(self) -> JsonObject:
        """Return the order with what the reconciliation needs."""
        amounts = [Decimal(line["quantity"]) * Decimal(line["unit_price"]) for line in self.request["lines"]]
        if self.counts_charges:
            amounts += [Decimal(charge["amount"]) for charge in self.request.get("charges") or ()]
        total = sum(amounts, Decimal(0))
        return {
            **self.document(),
            "total": str(total.quantize(Decimal("0.01"), ROUND_HALF_UP)),
            "currency": self.request["currency"],
            "created_at": self.created_at.isoformat(),
            **({"corrections": list(self.corrections)} if self.corrections else {}),
        }


NAMES = ("external_reference", "shop_order_id")
"""What says which order of the shop it is."""


def line_number(position: int) -> int:
    """Return the ERP's number of a line: 11, 21, 31."""
    return 10 * position + 1


class ErpStore:
    """Everything the ERP knows, and which requests it is processing."""

    def __init__(self) -> None:
        self.orders: list[ErpOrder] = []
        self.deliveries: list[tuple[datetime, JsonObject]] = []
        self.by_key: dict[str, ErpOrder] = {}
        self.lookups: Counter[str] = Counter()
        """How often an order was shown by a look-up, by number."""
        self._by_reference: dict[str, list[ErpOrder]] = {}
        self._last_number = FIRST_NUMBER - 1

    def create(
        self, request: JsonObject, key: str | None, *, counts_charges: bool = True, number_format: str = "ERP-{n}"
    ) -> ErpOrder:
        """Add an order under the next number."""
        self._last_number += 1
        of_shop = 1 + sum(order.request.get("shop") == request.get("shop") for order in self.orders)
        number = number_format.format(n=self._last_number, of_shop=of_shop)
        order = ErpOrder(number, request, clock.now(), counts_charges=counts_charges)
        self.orders.append(order)
        self._by_reference.setdefault(request["external_reference"], []).append(order)
        if key:
            self.by_key[key] = order
        return order

    def edit(self, number: str, changes: JsonObject) -> ErpOrder:
        """Change `number`, `status`, `corrections` or fields of the request behind the API's back; KeyError."""
        before = self.remove(number)
        own = {name: changes[name] for name in ("number", "status", "corrections") if name in changes}
        request = {**before.request, **{name: value for name, value in changes.items() if name not in own}}
        order = replace(before, request=request, **own)
        self.orders.append(order)
        self._by_reference.setdefault(request["external_reference"], []).append(order)
        return order

    def remove(self, number: str) -> ErpOrder:
        """Remove an order, as if it had never existed; KeyError for an unknown number."""
        order = next((o for o in self.orders if o.number == number), None)
        if order is None:
            raise KeyError(number)
        self.orders.remove(order)
        self._by_reference[order.request["external_reference"]].remove(order)
        self.by_key = {key: kept for key, kept in self.by_key.items() if kept is not order}
        return order

    def with_reference(self, reference: str, *, any_case: bool = False) -> list[ErpOrder]:
        """Return the orders with an external reference; more than one only if uniqueness is switched off."""
        if any_case:
            alike = [orders for name, orders in self._by_reference.items() if name.casefold() == reference.casefold()]
            return [order for orders in alike for order in orders]
        return self._by_reference.get(reference, [])

    def of_shop_order(self, shop_order_id: str) -> list[ErpOrder]:
        """Return the orders created from an order of the shop."""
        return [order for order in self.orders if str(order.request.get("shop_order_id")) == shop_order_id]

    def deliver(self, wish: JsonObject) -> JsonObject:
        """Add a packing slip for an order, complete unless `lines` are given; KeyError for an unknown number or line.

        A slip for several orders is several rows with the same `number`; carrier and tracking code may be empty.
        `made_at`, an instant, is when it was made; now if left out.
        """
        wish = dict(wish)
        made_at = datetime.fromisoformat(wish.pop("made_at", None) or clock.now().isoformat())
        order = next((o for o in self.orders if o.number == wish.get("order_number")), None)
        if order is None:
            raise KeyError(wish.get("order_number"))
        whole = {line_number(line["position"]): _delivered(line) for line in order.request["lines"]}
        today = clock.now().date().isoformat()
        slip: dict[str, Any] = {
            "number": f"PS-{FIRST_PACKING_SLIP + len(self.deliveries)}",
            "date": today,
            "planned_delivery_date": today,
            "carrier": "DHL",
            "tracking_code": f"3SABC{len(self.deliveries):06d}",
            "comment": None,
            **{name: order.request.get(name) for name in NAMES},
            **wish,
            "lines": [_line(whole, line) for line in wish.get("lines", whole.values())],
        }
        self.deliveries.append((made_at, slip))
        return slip


def _line(whole: dict[int, JsonObject], wish: JsonObject) -> JsonObject:
    """Complete the given fields of a line. A line that the order does not have must itself say what was delivered."""
    known = whole[wish["line_number"]] if "product_key" not in wish else whole.get(wish["line_number"], {})
    return {**known, **wish}


def _delivered(line: JsonObject) -> JsonObject:
    return {
        "line_number": line_number(line["position"]),
        "quantity": str(Decimal(line["quantity"]).quantize(Decimal("0.0001"))),
        "product_key": line["product"]["key"],
    }

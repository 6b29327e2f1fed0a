"""The shop's orders as JSON objects, and what a write does to one."""

import copy
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import clock
from sandbox.shop_fields import LINE_FIELDS, ORDER_FIELDS, READ_ONLY
from sandbox.wire import JsonObject

FIRST_ID = 20001
FIRST_LINE_ID = 900001
LINES = "order_lines"


class ShopStore:
    """Orders by id. Objects are replaced, never changed, so an order once read stays the same."""

    def __init__(self, api_timezone: str) -> None:
        self.orders: dict[int, JsonObject] = {}
        self.api_timezone = api_timezone
        self._last_id = FIRST_ID - 1
        self._last_line_id = FIRST_LINE_ID - 1

    def now(self) -> str:
        """Read the shop's clock: naive, with microseconds."""
        return clock.now(ZoneInfo(self.api_timezone)).replace(tzinfo=None).isoformat(timespec="microseconds")

    def insert(self, order: JsonObject) -> int:
        """Insert an order behind the API's back, filling in missing fields."""
        order = copy.deepcopy(order)
        number = order.setdefault("id", self._next_id())
        self._last_id = max(self._last_id, number)
        now = self.now()
        created = order.get("create_date") or order.get("confirm_date") or now
        confirmed = created if order.get("state", "confirmed") in {"confirmed", "processing", "done"} else None
        lines = order.pop(LINES, [{}])
        whole = _sample(number) | {
            "order_date": created[:10],
            "create_date": created,
            "modified_date": created,
            "confirm_date": confirmed,
            **order,
        }
        whole[LINES] = [{**_sample_line(n), "id": self.next_line_id(), **line} for n, line in enumerate(lines, start=1)]
        self._last_line_id = max([self._last_line_id, *(line["id"] for line in whole[LINES])])
        self.orders[number] = whole
        return int(number)

    def edit(self, number: int, changes: JsonObject) -> JsonObject:
        """Change any field of an order behind the API's back; KeyError for an unknown id."""
        changed = {**self.orders[number], "modified_date": self.now(), **copy.deepcopy(changes)}
        self.orders[number] = changed
        return changed

    def patched(self, stored: JsonObject, values: JsonObject) -> JsonObject:
        """Return the object after a PATCH with these checked values; if lines are given, they replace the old ones."""
        order = {**stored, **values}
        if LINES in values:
            order[LINES] = self._lines(stored[LINES], values[LINES])
        return self._touched(order)

    def replaced(
        self, stored: JsonObject, values: JsonObject, body: JsonObject, *, renumber: bool = False
    ) -> JsonObject:
        """Return the object after a PUT: missing fields get their default, undocumented ones stay only if sent."""
        order = {}
        for name, value in stored.items():
            if name in ORDER_FIELDS:
                order[name] = values.get(name, ORDER_FIELDS[name].default)
            elif name in READ_ONLY:
                order[name] = value
            elif name in body:
                order[name] = body[name]
        wanted = values.get(LINES, [])
        order[LINES] = self._anew(wanted) if renumber else self._lines(stored[LINES], wanted)
        return self._touched(order)

    def blank(self, number: int | None = None, *, offline: bool) -> JsonObject:
        """Return an empty order, numbered but not stored: the start of a POST, or of a PUT on an unknown id."""
        number = self._next_id() if number is None else number
        now = self.now()
        fallbacks = {name: field.default for name, field in ORDER_FIELDS.items()}
        own = {"id": number, "reference": f"CS{number}", "create_date": now, "modified_date": now}
        return {**own, "confirm_date": None, "offline": offline, **fallbacks, LINES: []}

    def save(self, order: JsonObject) -> None:
        """Store an object under its id."""
        self._last_id = max(self._last_id, order["id"])
        self.orders[order["id"]] = order

    def next_line_id(self) -> int:
        """Return the number of a new line."""
        self._last_line_id += 1
        return self._last_line_id

    def _next_id(self) -> int:
        return max(self._last_id, FIRST_ID - 1) + 1

    def _touched(self, order: JsonObject) -> JsonObject:
        now = self.now()
        if order["state"] == "confirmed" and not order["confirm_date"]:
            order["confirm_date"] = now
        return {**order, "modified_date": now}

    def _anew(self, wanted: list[JsonObject]) -> list[JsonObject]:
        return [{**line, "id": self.next_line_id()} for line in wanted]

    def _lines(self, stored: list[JsonObject], wanted: list[JsonObject]) -> list[JsonObject]:
        before = {line["id"]: line for line in stored}
        lines = []
        for line in wanted:
            old = before.get(line.get("id"), {})
            known = {name: line[name] for name in LINE_FIELDS}
            kept = {name: line.get(name) for name in old if name in line or name in known}
            number = old["id"] if old else self.next_line_id()
            lines.append({"id": number, **kept, **known})
        return lines


def without(before: JsonObject, after: JsonObject, fields: frozenset[str]) -> JsonObject:
    """Return `after` with the named fields unchanged; `order_lines.x` means a field of every line."""
    kept: dict[str, Any] = dict(after)
    for name in fields:
        of_line = name.removeprefix(f"{LINES}.")
        if of_line != name:
            pairs = zip(kept[LINES], [*before[LINES], *[{}] * len(kept[LINES])], strict=False)
            kept[LINES] = [{**line, of_line: old.get(of_line)} for line, old in pairs]
        else:
            kept[name] = before.get(name)
    return kept


def _sample(number: int) -> JsonObject:
    return {
        "id": number,
        "reference": f"CS{number}",
        "key": None,
        "customer_order_number": None,
        "erp_order_number": None,
        "state": "confirmed",
        "order_date": None,
        "create_date": None,
        "modified_date": None,
        "confirm_date": None,
        "offline": False,
        "payment_status": "paid",
        "shipment_state": "none",
        "description": None,
        "currency": "EUR",
        "customer": 1324,
        "user": 1260,
        "webshop": 1,
        "shipment_address": 1695,
        "invoice_address": 1652,
        "requested_delivery_date": None,
        "paid_amount": "0.00",
    }


def _sample_line(position: int) -> JsonObject:
    return {
        "id": None,
        "type": "line",
        "product": {"origin": "myorigin", "key": f"{100 + position}_STUK"},
        "description": f"Artikel {100 + position}",
        "quantity": 1,
        "unit_price": "10.00",
        "erp_line_number": None,
    }

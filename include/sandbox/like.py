"""A sandbox that resembles a recorded shop: `python -m sandbox --like FOLDER`.

The folder contains `shop.json`, written by `python -m orderflow check-shop --record FOLDER`: shapes, and no data.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sandbox.shop_fields import LINE_FIELDS, ORDER_FIELDS, READ_ONLY
from sandbox.wire import JsonObject

FILE = "shop.json"
VERSION = 1
_LINES = "order_lines"
_FAILS = "does not hold"
_LARGEST = 1000
_MANNERS = {
    "row_order": "rows_shuffled",
    "line_order": "lines_shuffled",
    "nulls_shown": "nulls_left_out",
    "next": "next_relative",
    "pages_filled": "empty_page",
    "count": "count_too_high",
    "errors": "html_errors",
    "put_keeps_lines": "lines_recreated",
    "put_keeps_order": "lines_reversed_on_put",
    "patch_answers": "answers_partial",
    "unknown_ignored": "unknown_fields_refused",
    "put_as_read": "read_only_refused",
}
"""The manner that violates an assumption."""
_FILTERS = {
    "filter_state": "state",
    "filter_confirm_date_from": "confirm_date__gte",
    "filter_confirm_date_to": "confirm_date__lte",
    "filter_modified_date_from": "modified_date__gte",
    "filter_offline": "offline",
    "filter_reference": "reference",
    "filter_erp_order_number": "erp_order_number",
    "filter_webshop": "webshop",
}
_KNOWN = {*ORDER_FIELDS, *READ_ONLY}
_KNOWN_OF_LINES = {*LINE_FIELDS, "id"}
_PLAIN = {"whole number": 0, "decimal": 0.0, "true/false": False}
_EXAMPLES = {
    "date": "2026-11-22",
    "time": "2026-11-22T12:00:00",
    "time with fraction": "2026-11-22T12:00:00.000000",
    "time in UTC": "2026-11-22T12:00:00Z",
    "time with offset": "2026-11-22T12:00:00+01:00",
    "whole number": "0",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "empty": "",
}


class Recording:
    """The recording of a shop."""

    def __init__(self, folder: Path) -> None:
        """Read it; ValueError if the folder has none that this sandbox can read."""
        try:
            document = json.loads((folder / FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"{folder} holds no {FILE} that can be read: {error}") from None
        if not isinstance(document, dict) or document.get("version") != VERSION:
            raise ValueError(f"{folder / FILE} is not of version {VERSION}")
        self._document = document
        self._order: Mapping[str, Any] = document["objects"]["order"]["fields"]

    def switches(self) -> dict[str, Any]:
        """Return the switches to set in `sandbox.config.Config`."""
        found: dict[str, Any] = {
            "manners": frozenset(self._manners()),
            "unknown_filters": frozenset(name for of, name in _FILTERS.items() if self._fails(of)),
            "hidden_fields": frozenset(_KNOWN - self._order.keys()) if self._order else frozenset(),
        }
        if self._document.get("token_seconds"):
            found["token_ttl"] = float(self._document["token_seconds"])
        page = self._document["page"]
        if page["has_more"] and 0 < page["given"] < page["asked"]:
            found["max_limit"] = page["given"]
        elif page["has_more"] and page["given_of_1000"]:
            found["max_limit"] = min(page["given_of_1000"], _LARGEST)
        return found

    def dressed(self, orders: Sequence[JsonObject]) -> list[JsonObject]:
        """Give orders the recorded fields and terms, with generated values of the same shapes."""
        payments, currencies = (
            self._order.get(name, {}).get("values") or [] for name in ("payment_status", "currency")
        )
        types = [kind for kind in self._order.get(f"{_LINES}[].type", {}).get("values", []) if kind != "line"]
        words = {"payment_status": cycle(payments), "currency": cycle(currencies)}
        dressed = []
        for number, order in enumerate(orders):
            own = {name: next(values) for name, values in words.items() if self._order.get(name, {}).get("values")}
            lines = [{**self._made_up(f"{_LINES}[].", _KNOWN_OF_LINES, number), **line} for line in order[_LINES]]
            more = [self._another(lines[0], kind) for kind in islice(types, number, number + 1)] if lines else []
            dressed.append({**self._made_up("", _KNOWN, number), **order, **own, _LINES: [*lines, *more]})
        return dressed

    def _another(self, line: JsonObject, kind: str) -> JsonObject:
        """Return a line of another type; it carries money only if such lines of the recorded shop did."""
        other = {**{name: value for name, value in line.items() if name != "id"}, "type": kind}
        return other if self._fails("charges_placed") else {**other, "product": None, "unit_price": None}

    def _fails(self, assumption: str) -> bool:
        return bool(self._document.get("outcomes", {}).get(assumption) == _FAILS)

    def _manners(self) -> Iterator[str]:
        yield from (manner for assumption, manner in _MANNERS.items() if self._fails(assumption))
        times = set(self._order.get("create_date", {}).get("formats", {}))
        if "time in UTC" in times:
            yield "times_in_utc"
        elif "time with offset" in times:
            yield "times_with_offset"
        elif times == {"time"}:
            yield "times_without_fraction"
        prices = {*self._order.get(f"{_LINES}[].unit_price", {}).get("types", {})} - {"null"}
        if prices == {"text"}:
            yield "decimals_as_text"
        elif prices and "text" not in prices:
            yield "decimals_as_numbers"

    def _made_up(self, prefix: str, known: set[str], number: int) -> JsonObject:
        """Return the fields directly below a path that this sandbox does not have itself."""
        found = {}
        for path, shape in self._order.items():
            name = path.removeprefix(prefix)
            if path.startswith(prefix) and name not in known and not {".", "[", "("} & set(name):
                found[name] = self._example(path, shape, number)
        return found

    def _example(self, path: str, shape: Mapping[str, Any], number: int) -> Any:
        types = [kind for kind in shape["types"] if kind != "null"]
        if not types or ("null" in shape["types"] and number % 2):
            return None
        if types[0] in _PLAIN:
            return _PLAIN[types[0]]
        if types[0] == "text":
            return _text(shape)
        inner = self._made_up(f"{path}[]." if types[0] == "list" else f"{path}.", set(), number)
        return [inner] * bool(inner) if types[0] == "list" else inner


def _text(shape: Mapping[str, Any]) -> str:
    if shape.get("values"):
        return str(shape["values"][0])
    named = next((name for name in shape.get("formats", {}) if name != "text"), None)
    if named is not None and named.endswith(" decimals"):
        return f"0.{'0' * int(named.split()[0])}"
    length = max(shape.get("lengths", [1])[-1], 1)
    return _EXAMPLES[named] if named in _EXAMPLES else "x" * min(length, 200)

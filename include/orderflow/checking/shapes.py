"""The shapes of a shop's answers: field names, types, lengths and formats; values only of enumerations.

Somebody with an account can send them without sending data, and `python -m sandbox --like` reads them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orderflow.checking.fields import kind_of
from orderflow.checking.seen import ShopSeen

VERSION = 1
ENUMERATIONS = frozenset({"state", "payment_status", "shipment_state", "type", "currency"})
"""Fields whose values are the shop's own terms, and identify nobody."""
_WORD = re.compile(r"[a-z][a-z_]{0,29}|[A-Z]{3}", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_OTHER_NAME = "(other)"
"""Replaces a name that may be somebody's data."""
_MOST_VALUES = 30
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?"
_FORMATS = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in (
        ("empty", r""),
        ("date", r"\d{4}-\d\d-\d\d"),
        ("time", _TIME),
        ("time with fraction", _TIME + r"\.\d+"),
        ("time in UTC", _TIME + r"(\.\d+)?Z"),
        ("time with offset", _TIME + r"(\.\d+)?[+-]\d\d:?\d\d"),
        ("whole number", r"-?\d+"),
        ("uuid", r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    )
}
_DECIMAL = re.compile(r"-?\d+\.(\d+)", re.ASCII)


def shapes_of(seen: ShopSeen) -> dict[str, Any]:
    """Return the shapes of everything that a check has read, as JSON."""
    kinds = {
        "row": seen.call("page").rows or [],
        "order": seen.orders,
        "customer": [row for of in seen.origins.values() for row in of.rows or ()],
    }
    page, largest = seen.call("page"), seen.call("largest")
    return {
        "version": VERSION,
        "token_seconds": seen.token_lifetime,
        "page": {
            "asked": seen.page_size,
            "given": len(page.ids),
            "given_of_1000": len(largest.ids),
            "has_more": bool(seen.call("after_page").rows),
        },
        "objects": {kind: {"count": len(objects), "fields": _fields(objects)} for kind, objects in kinds.items()},
    }


def _fields(objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for one in objects:
        for path, value in _walk(one, ""):
            found.setdefault(path, []).append(value)
    return {path: _shape(path, values) for path, values in found.items()}


def _walk(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield every value below an object with its path, such as `order_lines[].product.key`."""
    for name, inner in value.items():
        path = prefix + (name if _NAME.fullmatch(name) else _OTHER_NAME)
        yield path, inner
        if isinstance(inner, dict):
            yield from _walk(inner, f"{path}.")
        for item in inner if isinstance(inner, list) else ():
            if isinstance(item, dict):
                yield from _walk(item, f"{path}[].")


def _shape(path: str, values: Sequence[Any]) -> dict[str, Any]:
    texts = [value for value in values if isinstance(value, str)]
    shape: dict[str, Any] = {"shown": len(values), "types": dict(Counter(map(kind_of, values)))}
    if formats := Counter(filter(None, map(_format, values))):
        shape["formats"] = dict(formats)
    if texts:
        shape["lengths"] = [min(map(len, texts)), max(map(len, texts))]
    if re.split(r"[.\]]", path)[-1] in ENUMERATIONS:
        words = sorted({text for text in texts if _WORD.fullmatch(text)})
        shape["values"] = words[:_MOST_VALUES]
    return shape


def _format(value: Any) -> str | None:
    """Return the format of a text or decimal; `text` if it is not a known one."""
    if isinstance(value, bool | int | list | dict) or value is None:
        return None
    if match := _DECIMAL.fullmatch(str(value)):
        return f"{len(match[1])} decimals"
    if not isinstance(value, str):
        return "other number"
    return next((name for name, pattern in _FORMATS.items() if pattern.fullmatch(value)), "text")

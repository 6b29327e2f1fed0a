"""The fields that rows and orders have: types, how many are filled, and whether this flow reads them."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from orderflow.checking.seen import ShopSeen
from orderflow.cloudsuite.models import ListedOrder, ShopOrder, ShopOrderLine

READ = {
    "row": frozenset(ListedOrder.model_fields) - {"unreadable"},
    "order": frozenset(ShopOrder.model_fields) - {"document"},
    "line": frozenset(ShopOrderLine.model_fields),
}
"""The fields that this flow reads from each kind of object."""
_ALSO_READ = frozenset({"customer_key", "user_key", "shipment_address_key", "invoice_address_key"})


class Field(NamedTuple):
    """One field of one kind of object."""

    of: str
    name: str
    types: tuple[str, ...]
    shown: int
    filled: int
    objects: int
    is_read: bool


def fields(seen: ShopSeen, also_read: Iterable[str] = ()) -> list[Field]:
    """Return every field that was seen; `also_read` are the paths in the settings."""
    named = set(also_read)
    kinds = {
        "row": seen.call("page").rows or [],
        "order": seen.orders,
        "line": [line for order in seen.orders for line in lines(order)],
    }
    found = []
    for kind, objects in kinds.items():
        for name in dict.fromkeys(name for one in objects for name in one):
            values = [one[name] for one in objects if name in one]
            path = f"order_lines.{name}" if kind == "line" else name
            is_read = name in READ[kind] | _ALSO_READ or path in named
            types = tuple(sorted({kind_of(value) for value in values}))
            filled = sum(not _is_empty(value) for value in values)
            found.append(Field(kind, name, types, len(values), filled, len(objects), is_read))
    return found


def lines(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the lines of an order as received."""
    found = order.get("order_lines")
    return [line for line in found if isinstance(line, dict)] if isinstance(found, list) else []


def kind_of(value: object) -> str:
    """Return the JSON type of a value."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true/false"
    if isinstance(value, int):
        return "whole number"
    names = ((Decimal, "decimal"), (str, "text"), (list, "list"))
    return next((name for kind, name in names if isinstance(value, kind)), "object")


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {})


def table(found: Iterable[Field]) -> Iterator[str]:
    """Format the fields for people, one per line."""
    for one in found:
        share = round(100 * one.filled / one.objects) if one.objects else 0
        read = "" if one.is_read else "  not read"
        yield f"{one.of:<6} {one.name:<28} {share:>3} % filled  {'/'.join(one.types)}{read}"

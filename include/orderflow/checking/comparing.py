"""How an order differs from an earlier read of it: by field, value or format, and line by line."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from orderflow.checking.fields import lines
from orderflow.domain.lines import as_read

LINES = "order_lines"
CHANGES_ALWAYS = frozenset({"modified_date"})
"""Fields that every write changes."""


class Difference(NamedTuple):
    """Field names only, never values; those of lines as `order_lines.x`."""

    values: frozenset[str]
    formats: frozenset[str]
    """Fields written differently: `10.00` as `10.0000`, or a text without its blanks."""
    has_new_ids: bool
    """Whether lines have new ids."""
    is_reordered: bool
    """Whether lines come in another order."""


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Compare an order with its earlier state."""
    ours, theirs = lines(before), lines(after)
    ids = [[line.get("id") for line in of] for of in (ours, theirs)]
    has_new_ids = Counter(map(str, ids[0])) != Counter(map(str, ids[1]))
    pairs = [(_without_lines(before), _without_lines(after), ""), *_paired(ours, theirs, has_new_ids=has_new_ids)]
    found = {path: kind for old, new, prefix in pairs for path, kind in _differing(old, new, prefix)}
    by_content = [[_content(line) for line in of] for of in (ours, theirs)]
    moved = by_content[0] != by_content[1] and Counter(by_content[0]) == Counter(by_content[1])
    return Difference(
        values=frozenset(path for path, kind in found.items() if kind == "value")
        | ({LINES} if len(ours) != len(theirs) else set()),
        formats=frozenset(path for path, kind in found.items() if kind == "format"),
        has_new_ids=has_new_ids,
        is_reordered=moved if has_new_ids else ids[0] != ids[1],
    )


def _without_lines(order: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in order.items() if name not in CHANGES_ALWAYS | {LINES}}


def _paired(
    ours: list[Mapping[str, Any]], theirs: list[Mapping[str, Any]], *, has_new_ids: bool
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], str]]:
    """Pair lines by id, otherwise by content, in order."""
    key = _content if has_new_ids else (lambda line: (str(line.get("id")),))
    free = list(theirs)
    for line in ours:
        partner = next((one for one in free if key(one) == key(line)), None)
        if partner is not None:
            free.remove(partner)
            yield _without_id(line), _without_id(partner), f"{LINES}."
        elif free and has_new_ids and len(ours) == len(theirs) == 1:
            yield _without_id(line), _without_id(free[0]), f"{LINES}."
        else:
            yield {"": 1}, {}, LINES


def _content(line: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what identifies a line where ids change: product, quantity and price, as values."""
    return tuple(_value(line.get(name)) for name in ("product", "quantity", "unit_price"))


def _without_id(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "id"}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if (name in before) == (name in after) and type(old) is type(new) and str(old) == str(new):
            continue
        yield f"{prefix}{name}", "format" if _value(old) == _value(new) else "value"


def _value(value: Any) -> str:
    """Return a value without what storing may change: number format, blanks."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return repr(value)
    try:
        return str((Decimal(str(value)) + 0).normalize())
    except ArithmeticError:
        return as_read(str(value))

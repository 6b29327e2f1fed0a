"""Extra fields, known only from the settings: they pass from the shop's objects to the ERP as `extra`."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from orderflow.domain.extra import OF_LINES, Scalar

_ABSENT = object()


class Extra(NamedTuple):
    """The values by path, and the problems with paths that gave none."""

    values: dict[str, Scalar]
    problems: tuple[str, ...] = ()


def order_extra(document: Mapping[str, Any], paths: Iterable[str]) -> Extra:
    """Return the fields of the order object at these paths."""
    return _read(document, [path for path in paths if not path.startswith(OF_LINES)], "")


def line_extra(document: Mapping[str, Any], number: int, paths: Iterable[str]) -> Extra:
    """Return the fields of line `number`, counted from 1 among all lines, at these paths."""
    lines = document.get("order_lines") or []
    line = lines[number - 1] if number <= len(lines) else {}
    return _read(
        line, [path.removeprefix(OF_LINES) for path in paths if path.startswith(OF_LINES)], f" of line {number}"
    )


def _read(document: Mapping[str, Any], paths: Iterable[str], where: str) -> Extra:
    values: dict[str, Scalar] = {}
    problems = []
    for path in paths:
        value = _at(document, path)
        if value is _ABSENT:
            problems.append(f"`{path}`{where} is not there")
        elif isinstance(value, str | bool | int | None):
            values[path] = value
        elif isinstance(value, float | Decimal):
            values[path] = format(Decimal(str(value)), "f")
        else:
            kind = "a list" if isinstance(value, list | tuple) else "an object"
            problems.append(f"`{path}`{where} is {kind} and not one value")
    return Extra(values, tuple(problems))


def _at(document: Mapping[str, Any], path: str) -> object:
    found: object = document
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return _ABSENT
        found = found[name]
    return found

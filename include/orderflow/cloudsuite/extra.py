"""Extra fields, known only from the settings: they pass from the shop's objects to the ERP as `extra`."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from orderflow.domain.extra import OF_LINES, Scalar
from orderflow.transport.document import WrittenNumber
from orderflow.transport.fields import LARGEST_ID, Text

_ABSENT = object()
_TEXT: TypeAdapter[str] = TypeAdapter(Text)
_MOST_DIGITS = 50


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
        elif isinstance(value, list | tuple | Mapping):
            kind = "an object" if isinstance(value, Mapping) else "a list"
            problems.append(f"`{path}`{where} is {kind} and not one value")
        else:
            try:
                values[path] = scalar(value)
            except ValueError:
                problems.append(f"`{path}`{where} has a value that cannot be passed on")
    return Extra(values, tuple(problems))


def scalar(value: object) -> Scalar:
    """Return a single value as it goes to the ERP; ValueError for a text or number that cannot be passed on."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _TEXT.validate_python(value)
    number = value if isinstance(value, int) else WrittenNumber(str(value))
    fits = abs(number) <= LARGEST_ID if isinstance(number, int) else _is_short(number)
    if not fits:
        raise ValueError("is no number that anybody means")
    return number if isinstance(number, int) else format(number, "f")


def _is_short(number: Decimal) -> bool:
    return number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS


def _at(document: Mapping[str, Any], path: str) -> object:
    found: object = document
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return _ABSENT
        found = found[name]
    return found

"""JSON documents that can be sent back unchanged: read strictly, every number as it was written."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Self

import simplejson

DEEPEST = 64
"""Levels of nesting allowed; this project's documents have five."""
_LONGEST_INTEGER = 30
_MOST_DIGITS = 1_000
"""Before or after the decimal point."""
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))


class WrittenNumber(Decimal):
    """A number that is written exactly as it was read: `1e30`, `-0`, `10.00`.

    NaN if its size is beyond anything that is counted: as an integer or in full, `1e999999999` would fill the memory.
    """

    written: str

    def __new__(cls, text: str) -> Self:
        """Read the text of a JSON number."""
        try:
            number = super().__new__(cls, text)
        except InvalidOperation:
            number = super().__new__(cls, "NaN")
        if abs(number.adjusted()) > _MOST_DIGITS:
            number = super().__new__(cls, "NaN")
        number.written = text
        return number

    def __str__(self) -> str:
        return self.written


def read_document(content: bytes) -> Any:
    """Read a JSON text; ValueError says what is wrong with it without quoting it.

    Refused besides broken JSON: encodings other than UTF-8, NaN and Infinity, a field that occurs twice in an object
    (it is unclear which one counts), and excessive nesting.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start})") from None
    if _is_too_deep(content):
        raise ValueError(f"is nested deeper than {DEEPEST} levels")
    try:
        return simplejson.loads(
            text, parse_float=WrittenNumber, parse_int=_integer, object_pairs_hook=_object, allow_nan=False
        )
    except simplejson.JSONDecodeError as error:
        raise ValueError(f"is not JSON (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise ValueError(f"is nested deeper than {DEEPEST} levels") from None


def write_document(value: Any) -> bytes:
    """Write a JSON text in UTF-8; ValueError for values that JSON cannot express.

    A lone surrogate has no UTF-8 form, so it is written as the escape that it must have come from.
    """
    try:
        text: str = simplejson.dumps(value, use_decimal=True, ensure_ascii=False, allow_nan=False)
    except (TypeError, RecursionError) as error:
        raise ValueError("cannot be written as JSON") from error
    return text.encode("utf-8", "backslashreplace")


def _integer(text: str) -> int | WrittenNumber:
    return WrittenNumber(text) if text == "-0" or len(text) > _LONGEST_INTEGER else int(text)


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    pairs = list(pairs)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("names a field twice")
    return found


def _is_too_deep(content: bytes) -> bool:
    """Whether brackets outside strings are nested too deep, found without recursion."""
    depth = 0
    for bracket in _STRING.sub(b"", content).translate(None, _NO_BRACKET):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False

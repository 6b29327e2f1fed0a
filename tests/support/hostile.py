"""Values, written as JSON, that no field of an honest document has."""

import json
from typing import Any

_DEEP = "[" * 200 + "]" * 200

STORED: dict[str, str] = {
    "NUL": r'"a\u0000b"',
    "lone surrogate": r'"\ud800"',
    "control characters": r'"a\u0007\u001b[2Jb"',
    "right to left": r'"\u202eabc"',
    "line breaks": r'"a\r\nb\u2028c"',
    "long": json.dumps("x" * 100_001),
    "beyond 63 bits": "9223372036854775808",
    "beyond 63 bits as text": '"9223372036854775808"',
    "below all ids": "-9223372036854775809",
    "beyond money": "1E+30",
    "beyond decimals": "1E+400000",
    "next to nothing": "1E-400000",
    "a billion digits": "1E+999999999",
    "a billion digits as text": '"1E+999999999"',
    "beyond Decimal": "1E+99999999999999999999",
    "many digits": "9" * 5000,
    "before the calendar": '"0001-01-01T00:00:00"',
    "after the calendar": '"9999-12-31T23:59:59"',
    "NaN as text": '"NaN"',
    "Infinity as text": '"-Infinity"',
}
"""What a database, money or a clock cannot hold."""

VALUES: dict[str, str] = {
    **STORED,
    "null": "null",
    "true": "true",
    "false": "false",
    "zero": "0",
    "minus zero": "-0",
    "minus one": "-1",
    "one": "1",
    "one and a half": "1.5",
    "exponent": "1e2",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "empty": '""',
    "space": '" "',
    "zero as text": '"0"',
    "minus one as text": '"-1"',
    "underscores": '"1_000"',
    "other digits": r'"\u0663"',
    "word": '"gisteren"',
    "no day": '"2026-02-30"',
    "zeros": '"0000-00-00"',
    "zeros with time": '"0000-00-00T00:00:00"',
    "no zone": '"2026-11-22T12:00:00+99:99"',
    "seconds since 1970": "1795348800",
    "formula": '"=1+1"',
    "markup": '"<script>alert(1)</script>"',
    "statement": '"\'; DROP TABLE orderflow_order; --"',
    "template": '"{{ 7*7 }} %s {0.__class__}"',
    "path": '"../../etc/passwd"',
    "list": "[]",
    "list in list": "[[]]",
    "list of null": "[null]",
    "object": "{}",
    "object with key": '{"id": 1}',
    "deep": _DEEP,
}

NO_DOCUMENT = frozenset({"NaN", "Infinity", _DEEP})
"""Values that make the whole document unreadable, not just a field: in a list, they hide everything else."""

_HERE = "@@here@@"


def written(document: Any, path: tuple[str | int, ...], value: str) -> str:
    """Return the document as JSON with `value`, itself JSON, at the path."""
    copy = json.loads(json.dumps(document, default=str))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = _HERE
    return json.dumps(copy).replace(f'"{_HERE}"', value)

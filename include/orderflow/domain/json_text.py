"""JSON written by people: read strictly, so that a mistake is reported and never misread."""

import json
from collections.abc import Iterable
from typing import Any


def read_json(text: str) -> Any:
    """Read a JSON text; ValueError says what is wrong with it.

    Refused besides broken JSON: a duplicate key, of which only one would count, and NaN and Infinity.
    """
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is there twice")
        found[key] = value
    return found


def _no_number(word: str) -> object:
    raise ValueError(f"{word} is no number")

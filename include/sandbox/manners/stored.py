"""Manners of storing: what a write changes besides what it asks for."""

from typing import Any

from sandbox.manners.shown import DECIMALS, LINES, rescaled
from sandbox.wire import JsonObject


def trimmed(order: JsonObject, _: str) -> JsonObject:
    """Strip every text, as REST framework's CharField does."""
    return _each_value(order, lambda _, value: value.strip() if isinstance(value, str) else value)


def with_four_decimals(order: JsonObject, _: str) -> JsonObject:
    """Give every decimal the four places of its column."""
    return _each_value(order, lambda name, value: rescaled(value) if name in DECIMALS and value is not None else value)


def lines_reversed(order: JsonObject, method: str) -> JsonObject:
    """Make a PUT reverse the order of the lines."""
    return {**order, LINES: order[LINES][::-1]} if method == "PUT" else order


def _each_value(order: JsonObject, change: Any) -> JsonObject:
    changed = {name: change(name, value) for name, value in order.items()}
    return {**changed, LINES: [{name: change(name, value) for name, value in line.items()} for line in order[LINES]]}

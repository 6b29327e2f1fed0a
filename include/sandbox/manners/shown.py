"""Manners of showing: the same object in another form."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.manners.kinds import Switches
from sandbox.wire import JsonObject

LINES = "order_lines"
DECIMALS = frozenset({"quantity", "unit_price", "paid_amount", "discount_rate", "weight_kg"})
_FOUR = Decimal("0.0001")


def newest_line_first(shown: JsonObject, _: Switches) -> JsonObject:
    """Sort lines by id, the highest first."""
    return _with_lines(shown, lambda lines: sorted(lines, key=lambda line: -line["id"]))


def shuffled_lines(shown: JsonObject, _: Switches) -> JsonObject:
    """Return lines in another order each time."""
    return _with_lines(shown, lambda lines: random.sample(lines, len(lines)))


def decimals_as_text(shown: JsonObject, _: Switches) -> JsonObject:
    """Write every decimal as text."""
    return _each_decimal(shown, str)


def decimals_as_numbers(shown: JsonObject, _: Switches) -> JsonObject:
    """Write every decimal as a JSON number."""
    return _each_decimal(shown, _decimal)


def four_decimals(shown: JsonObject, _: Switches) -> JsonObject:
    """Write every decimal with four places, keeping it a text or a number."""
    return _each_decimal(shown, rescaled)


def rescaled(value: Any) -> Any:
    """Return a decimal with four places, or with more if it has more."""
    number = _decimal(value)
    if not isinstance(number, Decimal) or not number.is_finite():
        return value
    longer = number.quantize(_FOUR) if number == round(number, 4) else number
    return str(longer) if isinstance(value, str) else longer


def times_with_offset(shown: JsonObject, switches: Switches) -> JsonObject:
    """Write instants with the offset of the shop's zone."""
    zone = ZoneInfo(switches.api_timezone)
    return _each_instant(shown, lambda at: at.replace(tzinfo=zone).isoformat(timespec="microseconds"))


def times_in_utc(shown: JsonObject, switches: Switches) -> JsonObject:
    """Write instants in UTC with a Z."""
    zone = ZoneInfo(switches.api_timezone)

    def written(at: datetime) -> str:
        return at.replace(tzinfo=zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    return _each_instant(shown, written)


def whole_seconds(shown: JsonObject, _: Switches) -> JsonObject:
    """Write instants without a fraction."""
    return _each_instant(shown, lambda at: at.isoformat(timespec="seconds"))


def without_nulls(shown: JsonObject, _: Switches) -> JsonObject:
    """Leave out null values, in lines too."""
    kept = {name: value for name, value in shown.items() if value is not None}
    return _with_lines(kept, lambda lines: [{n: v for n, v in line.items() if v is not None} for line in lines])


def _with_lines(shown: JsonObject, change: Callable[[list[JsonObject]], list[JsonObject]]) -> JsonObject:
    return {**shown, LINES: change(list(shown[LINES]))} if LINES in shown else shown


def _each_decimal(shown: JsonObject, change: Callable[[Any], Any]) -> JsonObject:
    def changed(item: JsonObject) -> JsonObject:
        return {n: change(v) if n in DECIMALS and v is not None else v for n, v in item.items()}

    return _with_lines(changed(shown), lambda lines: [changed(line) for line in lines])


def _each_instant(shown: JsonObject, write: Callable[[datetime], str]) -> JsonObject:
    return {n: write(at) if n.endswith("_date") and (at := _instant(v)) else v for n, v in shown.items()}


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if "T" in value else None
    except (TypeError, ValueError):
        return None


def _decimal(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value

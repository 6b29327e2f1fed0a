"""Fields that may hold money although no page of the vendor lists them: their names decide."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from orderflow.transport.document import WrittenNumber


@lru_cache(maxsize=1000)
def _words(name: str) -> frozenset[str]:
    """Return the words of `shipping_costs` or `shippingCosts`, in the singular."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    return frozenset(part.removesuffix("s") for part in parts)


_MONEY = _words("charge_cost_coupon_discount_fee_rounding_shipping_surcharge_tip")
_AMOUNT_OF_A_LINE = _words("amount_price_sum_total_value")
_OTHER = _words(
    "address_at_city_code_count_date_day_email_house_id_key_line_list_method_name_number_option_percent_percentage_phone_"
    "position_postcode_quantity_state_status_time_type_user_version_weight_zip"
)
"""A field is money if its name contains one of the first words and none of these; its parts, if none of these. Parts of
any other field are money by their own names, and if the first words are in the field's, by those of a line's amount."""
_LINES = "order_lines"
"""Every line is asked on its own."""
_CURRENCY = r"\s*+(?:EUR|USD|GBP|[€$£])?+\s*+"
_AMOUNT = re.compile(rf"{_CURRENCY}[+-]?+(?=[.,']*+\d)[\d.,']++(?:[eE][+-]?\d++)?+-?+{_CURRENCY}")
"""A number as a person or a program writes it, perhaps with a currency; not a date."""


class MoneyField(NamedTuple):
    """An amount that is not zero; NaN if it cannot be read, such as `6,95`."""

    name: str
    """The field of the order or line: the key in the settings."""
    path: str
    """Where it is in that field: `coupon.value`."""
    amount: Decimal


def money_fields(document: Mapping[str, Any]) -> Iterator[MoneyField]:
    """Return the amounts in an order, or in one of its lines, besides price and quantity."""
    return _named(document, _MONEY, _OTHER)


def amounts_of_line(document: Mapping[str, Any]) -> Iterator[MoneyField]:
    """Return what may be the amount of a line that has no price."""
    return _named(document, _AMOUNT_OF_A_LINE, _OTHER - {"line"})


def _named(document: Mapping[str, Any], wanted: frozenset[str], unwanted: frozenset[str]) -> Iterator[MoneyField]:
    for name, value in document.items():
        words = _words(name)
        if words & wanted and not words & unwanted:
            yield from (MoneyField(name, *found) for found in _amounts(name, value))
        elif name != _LINES:
            yield from (MoneyField(name, *found) for found in _within(name, value, words))


def _amounts(path: str, value: object) -> Iterator[tuple[str, Decimal]]:
    """Yield the amounts in a field that is money: all numbers whose names say nothing else."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            words = _words(name)
            yield from _within(f"{path}.{name}", part, _MONEY) if words & _OTHER else _amounts(f"{path}.{name}", part)
    elif isinstance(value, list):
        for part in value:
            yield from _amounts(path, part)
    elif number := _number(value):
        yield path, number


def _within(path: str, value: object, words: frozenset[str]) -> Iterator[tuple[str, Decimal]]:
    """Yield the amounts among the parts of another field, such as `shipping_method.price`; `words` are its name's."""
    wanted = _MONEY | _AMOUNT_OF_A_LINE if words & _MONEY else _MONEY
    for parts in value if isinstance(value, list) else [value]:
        for name, part in parts.items() if isinstance(parts, Mapping) else ():
            own = _words(name)
            if own & wanted and not own & _OTHER:
                yield from _amounts(f"{path}.{name}", part)
            else:
                yield from _within(f"{path}.{name}", part, words | own)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    text = str(value)
    return WrittenNumber(text) if not isinstance(value, str) or _AMOUNT.fullmatch(text) else None

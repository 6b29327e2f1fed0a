"""Fields that may hold money although no page of the vendor lists them: their names decide."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from orderflow.transport.document import WrittenNumber


@lru_cache(maxsize=1000)
def _words(name: str) -> tuple[str, ...]:
    """Return the words of `shipping_costs` or `shippingCosts`, in the singular."""
    return _singular(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


def _singular(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.removesuffix("s") for word in words)


def _set(words: str) -> frozenset[str]:
    return frozenset(_singular(words.split()))


_COST = _set("charge cost fee shippingcost surcharge kosten verzendkosten toeslag")
_MONEY = _COST | _set(
    "coupon deposit discount freight giftcard handling insurance korting postage rounding shipping statiegeld tip "
    "voucher"
)
_DEDUCTIONS = ("coupon", "discount", "korting")
"""How their words begin: also `kortingscode`."""
_AMOUNT_OF_A_LINE = _set("amount price sum total value")
_OTHER = _set(
    "address at city code count date day email house id key line list method name number option percent percentage "
    "phone position postcode quantity state status time type user version weight zip"
)
"""A field is money if its name contains a word of money and none of these, or ends with a cost or an amount. Parts of a
field are money by their own names, and if the field's name contains a word of money, by those of a line's amount."""
_PRICED = _set("delivery gift payment wrap")
"""What a field may be about that has a price beside others."""
_LINES = "order_lines"
"""Every line is asked on its own."""
_UNITS = re.compile(
    r"(?<![^\W\d_])(?:eur|euro|usd|gbp|chf|sek|nok|dkk|isk|kr|pln|zł|zl|czk|kč|kc|huf|ft|ron|lei|bgn|try|tl|jpy|cny|cad|aud|nzd"
    r"|kwd|bhd|inr|zar|brl|mxn|ils|aed|hkd|sgd|krw|dollar|pound|excl|incl|ex|inc|btw|vat|tax|net|netto|bruto)(?![^\W\d_])\.?"
)
"""Currencies, and words that people write beside amounts. A coupon's code is none of these."""
_AMOUNT = re.compile(r"[.,]?\d[\d.,'\u2019\s]*(?:e[+-]?\d+)?")
"""A number as a person or a program writes it; not a date."""


class MoneyField(NamedTuple):
    """An amount that is not zero; NaN if it cannot be read, such as `6,95`."""

    name: str
    """The field of the order or line: the key in the settings."""
    path: str
    """Where it is in that field: `coupon.value`."""
    amount: Decimal


def money_fields(document: Mapping[str, Any]) -> Iterator[MoneyField]:
    """Return the amounts in an order, or in one of its lines, besides price and quantity."""
    return _named(document, _is_money)


def amounts_of_line(document: Mapping[str, Any]) -> Iterator[MoneyField]:
    """Return what may be the amount of a line that has no price."""
    other = _OTHER - {"line"}
    return _named(document, lambda words: not _AMOUNT_OF_A_LINE.isdisjoint(words) and other.isdisjoint(words))


def _is_money(words: tuple[str, ...], wanted: frozenset[str] = _MONEY) -> bool:
    if wanted.isdisjoint(words):
        return False
    return _OTHER.isdisjoint(words) or words[-1] in _COST | _AMOUNT_OF_A_LINE


def is_deduction(name: str) -> bool:
    """Whether an amount of this name reduces the total, whichever sign it has: `discount`, `coupon_value`."""
    words = (word for part in re.split(r"[^A-Za-z0-9]+", name) for word in _words(part))
    return any(word.startswith(_DEDUCTIONS) for word in words)


def _named(document: Mapping[str, Any], is_amount: Callable[[tuple[str, ...]], bool]) -> Iterator[MoneyField]:
    for name, value in document.items():
        words = _words(name)
        if is_amount(words):
            yield from (MoneyField(name, *found) for found in _amounts(name, value))
        elif name != _LINES:
            yield from (MoneyField(name, *found) for found in _within(name, value, words))


def _amounts(path: str, value: object) -> Iterator[tuple[str, Decimal]]:
    """Yield the amounts in a field that is money: all numbers whose names say nothing else."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            words = _words(name)
            says_else = not _OTHER.isdisjoint(words) and not _is_money(words, _COST | _AMOUNT_OF_A_LINE)
            yield from _within(f"{path}.{name}", part, ("cost",)) if says_else else _amounts(f"{path}.{name}", part)
    elif isinstance(value, list):
        for part in value:
            yield from _amounts(path, part)
    elif number := _number(value):
        yield path, number


def _within(path: str, value: object, words: tuple[str, ...]) -> Iterator[tuple[str, Decimal]]:
    """Yield the amounts among the parts of another field, such as `shipping_method.price`; `words` are its name's."""
    wanted = _MONEY
    if not _MONEY.isdisjoint(words):
        wanted |= _AMOUNT_OF_A_LINE
    elif not _PRICED.isdisjoint(words):
        wanted |= {"price"}
    for parts in value if isinstance(value, list) else [value]:
        for name, part in parts.items() if isinstance(parts, Mapping) else ():
            own = _words(name)
            if _is_money(own, wanted):
                yield from _amounts(f"{path}.{name}", part)
            else:
                yield from _within(f"{path}.{name}", part, (*words, *own))


def _number(value: object) -> Decimal | None:
    """Return a number, NaN if people can read it and programs cannot; None if it is none, or nothing but zeros."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    text = str(value)
    return WrittenNumber(text) if not isinstance(value, str) or _is_amount(text) else None


def _is_amount(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Sc")
    bare = _UNITS.sub("", plain).strip(" +()[]-\N{MINUS SIGN}\N{EN DASH}")
    return _AMOUNT.fullmatch(bare) is not None and any(unicodedata.digit(sign, 0) for sign in bare)

"""Where each amount of an order goes: an order line, a charge, nowhere (ignored by the settings), or unplaced.

ASSUMED: costs and discounts come as lines of other types, or with products of their own; the vendor's pages do not say.
So no type counts as free because of its name: every amount is either placed or holds its order.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from orderflow.cloudsuite.models import ShopOrder, ShopOrderLine
from orderflow.domain.charges import GOODS_LINE, Charge, ChargeRules, ToProduct, Unplaced
from orderflow.domain.order import ProductKey
from orderflow.transport.document import WrittenNumber

NO_RULES: ChargeRules = {}

_MONEY_WORDS = frozenset({"charge", "cost", "coupon", "discount", "fee", "rounding", "shipping", "surcharge", "tip"})
_OTHER_WORDS = frozenset({"code", "count", "date", "id", "key", "name", "percent", "percentage", "rate", "type"})
"""A numeric order field is money if its name contains one of the first set's words and none of the second's."""
_CURRENCY = r"\s*+(?:EUR|USD|GBP|[€$£])?+\s*+"
_AMOUNT = re.compile(rf"{_CURRENCY}[+-]?+(?=[.,']*+\d)[\d.,']++(?:[eE][+-]?\d++)?+-?+{_CURRENCY}")
"""A number as a person or a program writes it, perhaps with a currency; not a date."""


class ExportedLine(NamedTuple):
    """A line of the shop's order that is also a line in the ERP, and its product. The n-th of them has position n."""

    number: int
    """Its place among all lines of the shop's order, from 1."""
    line: ShopOrderLine
    product: ProductKey | None


class Placed(NamedTuple):
    """An order's amounts and where they go."""

    lines: tuple[ExportedLine, ...]
    charges: tuple[Charge, ...]
    unplaced: tuple[Unplaced, ...]


def place(shop_order: ShopOrder, rules: ChargeRules) -> Placed:
    """Place every amount of an order."""
    found = [_place_line(number, line, rules) for number, line in enumerate(shop_order.order_lines, start=1)]
    found += [_place_field(name, amount, rules) for name, amount in _amounts(shop_order.document)]
    return Placed(
        lines=tuple(one for one in found if isinstance(one, ExportedLine)),
        charges=tuple(one for one in found if isinstance(one, Charge)),
        unplaced=tuple(one for one in found if isinstance(one, Unplaced)),
    )


def exported_lines(shop_order: ShopOrder, rules: ChargeRules = NO_RULES) -> list[ShopOrderLine]:
    """Return the lines that are also lines in the ERP, in the shop's order: the n-th has position n."""
    return [exported.line for exported in place(shop_order, rules).lines]


def _place_line(number: int, line: ShopOrderLine, rules: ChargeRules) -> ExportedLine | Charge | Unplaced | None:
    product = _product(line)
    goods = line.type in {GOODS_LINE, None}
    if not goods and not _has_amount(line):
        return None
    names = [name for name in (product.key if product else None, None if goods else line.type) if name]
    name = next((name for name in names if name in rules), None)
    rule = rules[name] if name else "line"
    if name is None and not goods:
        where = f"line {number} ({line.type}{f', product {product.key}' if product else ''})"
        return Unplaced(where=where, keys=tuple(names), amount=_amount_text(line))
    if isinstance(rule, ToProduct):
        origin = rule.origin if rule.origin is not None else product.origin if product else ""
        return ExportedLine(number, line, ProductKey(origin=origin, key=rule.product))
    if rule == "charge" or (rule == "line" and not product and not goods):
        return _charge(number, line, name or GOODS_LINE)
    return ExportedLine(number, line, product) if rule == "line" else None


def _charge(number: int, line: ShopOrderLine, kind: str) -> Charge | Unplaced:
    if line.quantity is None or line.unit_price is None:
        problem = ", without a quantity" if line.quantity is None else ", without a price"
        return Unplaced(where=f"line {number} ({kind})", keys=(kind,), amount=_amount_text(line), problem=problem)
    amount = line.quantity * line.unit_price
    return Charge(kind=kind, description=line.description, amount=amount, shop_line_id=line.id)


def _has_amount(line: ShopOrderLine) -> bool:
    """Whether a line that is not goods carries money; a price without a quantity counts."""
    return bool(line.unit_price) and line.quantity != 0


def _amount_text(line: ShopOrderLine) -> str:
    quantity = "?" if line.quantity is None else f"{line.quantity:f}"
    return f"{quantity} x {line.unit_price:f}" if line.unit_price is not None else quantity


def _place_field(name: str, amount: Decimal, rules: ChargeRules) -> Charge | Unplaced | None:
    rule = rules.get(name)
    if rule == "ignore":
        return None
    if amount.is_nan():
        return Unplaced(where=f"field `{name}`", keys=(name,), amount="?", problem=", an amount that cannot be read")
    if rule in {"charge", "line"}:
        return Charge(kind=name, description=None, amount=amount, shop_line_id=None)
    problem = ", which has no line to be numbered and cannot be a product" if rule else ""
    return Unplaced(where=f"field `{name}`", keys=(name,), amount=f"{amount:f}", problem=problem)


def _amounts(document: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Yield the amounts of the order itself. No page lists such fields, so their names decide."""
    for name, value in document.items():
        words = {word.removesuffix("s") for word in name.lower().split("_")}
        if words & _MONEY_WORDS and not words & _OTHER_WORDS:
            amount = _number(value)
            if amount:
                yield name, amount


def _number(value: object) -> Decimal | None:
    """Return the amount; None for what is none, and NaN for one that cannot be read, such as `6,95`."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    text = str(value)
    return WrittenNumber(text) if not isinstance(value, str) or _AMOUNT.fullmatch(text) else None


def _product(line: ShopOrderLine) -> ProductKey | None:
    if line.product is None or not line.product.key:
        return None
    return ProductKey(origin=line.product.origin or "", key=line.product.key)

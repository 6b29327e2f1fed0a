"""Where each amount of an order goes: an order line, a charge, nowhere (ignored by the settings), or unplaced.

ASSUMED: costs and discounts come as lines of other types, or with products of their own; the vendor's pages do not say.
So no type counts as free because of its name: every amount is either placed or holds its order. A line of another type
without an amount orders nothing; its text stands in the ERP where it stands in the shop. A discount that the shop shows
as a positive amount is subtracted: nobody pays more because of a discount.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from orderflow.cloudsuite.models import ShopOrder, ShopOrderLine
from orderflow.cloudsuite.money_fields import MoneyField, amounts_of_line, is_deduction, money_fields
from orderflow.domain.charges import GOODS_LINE, Charge, ChargeRules, ToProduct, Unplaced
from orderflow.domain.order import ProductKey, TextLine

NO_RULES: ChargeRules = {}
_WORDS = frozenset({"comment", "title", "subtotal"})
"""Types that are text also where the settings ignore their amount: a subtotal repeats what stands above it."""
_PAID = "paid_amount"
_UNREADABLE = ", an amount that cannot be read"


class ExportedLine(NamedTuple):
    """A line of the shop's order that is also a line in the ERP, and its product. The n-th of them has position n."""

    number: int
    """Its place among all lines of the shop's order, from 1."""
    line: ShopOrderLine
    product: ProductKey | None


class Placed(NamedTuple):
    """An order's amounts and where they go, and its lines that only say something."""

    lines: tuple[ExportedLine, ...]
    texts: tuple[TextLine, ...]
    charges: tuple[Charge, ...]
    unplaced: tuple[Unplaced, ...]


def place(shop_order: ShopOrder, rules: ChargeRules) -> Placed:
    """Place every amount of an order."""
    documents = shop_order.document.get("order_lines") or [{}] * len(shop_order.order_lines)
    found: list[ExportedLine | TextLine | Charge | Unplaced | None] = []
    position = 0
    for number, (line, document) in enumerate(zip(shop_order.order_lines, documents, strict=True), start=1):
        placed = _place_line(number, line, document, rules, above=position)
        position += isinstance(placed, ExportedLine)
        found.append(placed)
        found += [_place_field_of_line(number, field, rules) for field in money_fields(document)]
    found += [_place_field(field, rules) for field in money_fields(shop_order.document)]
    found.append(_unread_payment(shop_order, rules))
    return Placed(
        lines=tuple(one for one in found if isinstance(one, ExportedLine)),
        texts=tuple(one for one in found if isinstance(one, TextLine)),
        charges=tuple(one for one in found if isinstance(one, Charge)),
        unplaced=tuple(one for one in found if isinstance(one, Unplaced)),
    )


def exported_lines(shop_order: ShopOrder, rules: ChargeRules = NO_RULES) -> list[ShopOrderLine]:
    """Return the lines that are also lines in the ERP, in the shop's order: the n-th has position n."""
    return [exported.line for exported in place(shop_order, rules).lines]


def _place_line(
    number: int, line: ShopOrderLine, document: Mapping[str, Any], rules: ChargeRules, *, above: int
) -> ExportedLine | TextLine | Charge | Unplaced | None:
    product = _product(line)
    goods = line.type in {GOODS_LINE, None}
    others = [] if goods or line.unit_price else list(amounts_of_line(document))
    names = [name for name in (product.key if product else None, None if goods else line.type) if name]
    name = next((name for name in names if name in rules), None)
    rule = rules[name] if name else "line"
    orders_nothing = not goods and not _has_amount(line) and not others
    if orders_nothing or rule == "ignore":
        is_text = line.type in _WORDS or (orders_nothing and name is None)
        return TextLine(kind=line.type or "", text=_said(line), after=above) if is_text else None
    if name is None and not goods:
        where = f"line {number} ({line.type}{f', product {product.key}' if product else ''})"
        return Unplaced(where=where, keys=tuple(names), amount=_amount_text(line))
    if others:
        return _unplaced(f"line {number} ({name or line.type})", others[0], ", without a price")
    line = _subtracted(line) if name and any(map(is_deduction, names)) else line
    if isinstance(rule, ToProduct):
        origin = rule.origin if rule.origin is not None else product.origin if product else ""
        return ExportedLine(number, line, ProductKey(origin=origin, key=rule.product))
    if rule == "charge" or not (product or goods):
        return _charge(number, line, name or GOODS_LINE)
    return ExportedLine(number, line, product)


def _said(line: ShopOrderLine) -> str | None:
    """Return what a line says: a free gift has a product and a quantity, and nobody else reads them."""
    product = line.product.key if line.product else None
    if line.type in _WORDS or not product or not line.quantity:
        return line.description or product
    given = f"{line.quantity.normalize():f} x {product}"
    return f"{given}: {line.description}" if line.description else given


def _charge(number: int, line: ShopOrderLine, kind: str) -> Charge | Unplaced:
    if line.quantity is None or line.unit_price is None:
        problem = ", without a quantity" if line.quantity is None else ", without a price"
        return Unplaced(where=f"line {number} ({kind})", keys=(kind,), amount=_amount_text(line), problem=problem)
    amount = line.quantity * line.unit_price
    return Charge(kind=kind, description=line.description, amount=amount, shop_line_id=line.id)


def _subtracted(line: ShopOrderLine) -> ShopOrderLine:
    """Give a discount its sign. A negative quantity or price has one already: also that of goods that come back."""
    price, quantity = line.unit_price, line.quantity
    if price is None or quantity is None or price <= 0 or quantity <= 0:
        return line
    return line.model_copy(update={"unit_price": price.copy_negate()})


def _has_amount(line: ShopOrderLine) -> bool:
    """Whether a line that is not goods carries money; a price without a quantity counts."""
    return bool(line.unit_price) and line.quantity != 0


def _amount_text(line: ShopOrderLine) -> str:
    quantity = "?" if line.quantity is None else f"{line.quantity:f}"
    return f"{quantity} x {line.unit_price:f}" if line.unit_price is not None else quantity


def _unread_payment(shop_order: ShopOrder, rules: ChargeRules) -> Unplaced | None:
    """Hold an order whose paid amount cannot be read: the ERP would not hear of it."""
    said = shop_order.document.get(_PAID)
    is_blank = said is None or (isinstance(said, str) and not said.strip())
    if is_blank or shop_order.paid_amount is not None or rules.get(_PAID) == "ignore":
        return None
    return _unplaced(f"field `{_PAID}`", MoneyField(_PAID, _PAID, Decimal("NaN")), _UNREADABLE)


def _place_field(field: MoneyField, rules: ChargeRules) -> Charge | Unplaced | None:
    rule = rules.get(field.name)
    if rule == "ignore":
        return None
    problem = ", which has no line to be numbered and cannot be a product" if rule else ""
    if field.amount.is_nan():
        problem = _UNREADABLE
    elif field.path != field.name:
        problem = ", a part of a field, which can only be ignored"
    elif rule in {"charge", "line"}:
        amount = field.amount.copy_abs().copy_negate() if is_deduction(field.name) else field.amount
        return Charge(kind=field.name, description=None, amount=amount, shop_line_id=None)
    return _unplaced(f"field `{field.path}`", field, problem)


def _place_field_of_line(number: int, field: MoneyField, rules: ChargeRules) -> Unplaced | None:
    """Hold it unless it is ignored: for one piece or for all of them, in the price or not, nobody knows."""
    if rules.get(field.name) == "ignore":
        return None
    return _unplaced(f"line {number}, field `{field.path}`", field, ", a part of a line, which can only be ignored")


def _unplaced(where: str, field: MoneyField, problem: str) -> Unplaced:
    amount = "?" if field.amount.is_nan() else f"{field.amount:f}"
    return Unplaced(where=where, keys=(field.name,), amount=amount, problem=problem)


def _product(line: ShopOrderLine) -> ProductKey | None:
    if line.product is None or not line.product.key:
        return None
    return ProductKey(origin=line.product.origin or "", key=line.product.key)

"""Rounding differences: Tryton rounds every line and every tax, the shop may round once.

The rule: a difference of at most one cent per line is rounding. Anything larger is not rounding, and is left for the
comparison of totals to find. The amount paid is compared with the total including tax if the two are close; otherwise
the totals excluding tax are compared.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from orderflow.domain.reasons import Reason
from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.products import Product
from orderflow.erp.tryton.sale import Sale
from orderflow.erp.tryton.values import described
from orderflow.errors import PermanentError

CENT = Decimal("0.01")


class Totals(NamedTuple):
    """The same total in both systems."""

    what: str
    tryton: Decimal
    shop: Decimal

    @property
    def missing(self) -> Decimal:
        """How much Tryton's total is short; negative if it is too high."""
        return self.shop - self.tryton

    def __str__(self) -> str:
        return f"{self.what} is {self.tryton:f} in Tryton and {self.shop:f} in the shop"


def changes_for_cents(
    sale: Sale, request: SalesOrderRequest, options: TrytonOptions, rounding: Product | None
) -> dict[str, Any]:
    """Return the changes that a draft needs; PermanentError if the settings hold such an order."""
    net, gross = _totals(sale, request)
    most = CENT * len(request.lines)
    told = gross if gross is not None and abs(gross.missing) <= most else net
    by_rounding = 0 < abs(told.missing) <= most
    closed = by_rounding and options.cents == "line" and rounding is not None
    if by_rounding and options.cents == "hold":
        raise _held(sale, str(told), "cents")
    if options.terms_for(request.payment_status).paid_exactly and not (closed and told is gross):
        if gross is None:
            raise _held(sale, "the shop does not say what was paid", "payment")
        if gross.missing:
            raise _held(sale, str(gross), "payment")
    if closed and rounding is not None:
        return {"lines": [["create", [_rounding_line(told, rounding, len(request.lines) + len(request.texts))]]]}
    noted = f"{described(request, options)} ({told})"
    return {"description": noted} if by_rounding and sale.description != noted else {}


def _totals(sale: Sale, request: SalesOrderRequest) -> tuple[Totals, Totals | None]:
    net = sum((line.quantity * line.unit_price for line in request.lines), Decimal(0)).quantize(CENT, ROUND_HALF_UP)
    paid = request.paid_amount
    return (
        Totals("the total without tax", sale.untaxed_amount, net),
        None if paid is None else Totals("the total with tax", sale.total_amount, paid),
    )


def _rounding_line(told: Totals, product: Product, after: int) -> dict[str, Any]:
    """Return a line for the difference. Its product should be taxed at 0 %: otherwise Tryton asks for confirmation."""
    return {
        "sequence": after * 10 + 10,
        "product": product.id,
        "unit": product.template.default_uom.id,
        "quantity": 1.0,
        "unit_price": told.missing,
        "description": str(told),
        "taxes": [["add", list(product.taxes)]],
    }


def _held(sale: Sale, why: str, extra: str) -> PermanentError:
    return PermanentError(
        f"{why}: held, as the extra `{extra}` says; in Tryton the sale with id {sale.id} stays a draft",
        reason=Reason.ERP_REJECTED,
    )

"""Situations in which a sale that the adapter made must be the sale that somebody types in Tryton's client."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from support.erp_orders import lines
from tryton_wish import SECOND_COMPANY, SHOPS, addresses_of

TODAY = date.today().isoformat()  # noqa: DTZ011  # as Tryton's own clock says
MIXED = [("124_STUK", "2", "10.00"), ("BOOK_STUK", "3", "24.95"), ("STAMP_STUK", "10", "1.21")]
"""A line of each of the three tax rates."""


@dataclass(frozen=True)
class Situation:
    """One order, and what is particular about it."""

    group: str
    name: str
    customer: int | None = None
    """One of the customers of `tryton_wish`; one of the sandbox's when there is nothing particular about it."""
    products: list[tuple[str, str, str]] = field(default_factory=lambda: [("124_STUK", "1", "100.00")])
    order: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    """What the person in the client does besides; `terms` are chosen by hand."""
    differs: dict[str, str] = field(default_factory=dict)
    """What is not as in the client, by the name of the fact, and why."""
    shop: str = "1"

    def order_changes(self, number: int) -> dict[str, Any]:
        """Return what the order says beside the usual."""
        shipment, invoice = addresses_of(self.customer) if self.customer else (1694, 1654)
        return {
            "external_reference": f"{self.shop}/S{number}",
            "shop": self.shop,
            "shop_order_id": number,
            "shop_reference": f"S{number}",
            "customer": self.customer or 1324,
            "shipment_address": shipment,
            "invoice_address": invoice,
            "order_date": TODAY,
            "payment_status": "account",
            "lines": lines(*self.products),
            **self.order,
        }


SECOND = next(iter(SECOND_COMPANY))
ALL_SHOPS = {**SHOPS, **SECOND_COMPANY}
_HEAD_OFFICE = addresses_of(2006)[1]

SITUATIONS = [
    Situation("VAT", "three rates in one order", 2001, MIXED),
    Situation("VAT", "intra-EU supply to a business with a VAT number", 2002, MIXED),
    Situation("VAT", "export", 2003, MIXED),
    Situation("VAT", "an exempt customer: no tax at all", 2004, MIXED),
    Situation("VAT", "the rule of who pays, not of who ordered", 2001, MIXED, order={"invoice_address": _HEAD_OFFICE}),
    Situation("VAT", "who ordered has a rule, who pays has none", 2002, MIXED, order={"invoice_address": 1654}),
    Situation("VAT", "a consumer in another country of the EU, without a rule", 2009, MIXED),
    Situation("VAT", "a second company, with its own rates", 2001, MIXED, shop=SECOND),
    Situation("VAT", "a second company, and its rule for the same customer", 2002, MIXED, shop=SECOND),
    Situation("VAT", "goods and a service", products=[("124_STUK", "1", "10.00"), ("SHIPPING", "1", "6.95")]),
    Situation("Terms", "those of the customer", 2005),
    Situation("Terms", "the configuration's, for a customer without any"),
    Situation("Terms", "the customer's shipment waits for the payment", 2007),
    Situation("Terms", "the customer is shipped and invoiced by hand", 2008),
    Situation(
        "Terms",
        "paid already, with settings for that",
        2005,
        order={"payment_status": "paid"},
        extra={"payment": {"paid": {"payment_term": "Upon Receipt", "invoice_method": "order"}}},
        typed={"terms": {"payment_term": "Upon Receipt", "invoice_method": "order"}},
    ),
    Situation(
        "Terms",
        "on account, with settings for paid orders only",
        2005,
        extra={"payment": {"paid": {"payment_term": "Upon Receipt"}}},
    ),
]

"""Situations in which the adapter's sale must equal the sale that a person enters in Tryton's client."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from erp.tryton import by_hand
from support.erp_orders import lines
from tryton_wish import SECOND_COMPANY, SHOPS, addresses_of


@dataclass(frozen=True)
class InDays:
    """A date, counted from the day on which the situations are played."""

    days: int


@dataclass(frozen=True)
class Situation:
    """One order, and what is special about it."""

    group: str
    name: str
    customer: int | None = None
    """One of the customers of `tryton_wish`; by default one of the sandbox's."""
    products: tuple[tuple[str, str, str], ...] = (("124_STUK", "1", "100.00"),)
    order: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)
    """What the person in the client also does; `terms` are chosen by hand."""
    differs: tuple[str, ...] = ()
    """Facts that differ from the client's sale."""
    because: str = ""
    """Why they differ."""
    held: str = ""
    """A part of the refusal's message, for an order that does not become a sale."""
    shop: str = "1"
    prepared: by_hand.Preparation = by_hand.as_ever
    """What has happened to Tryton's master data."""
    changed: by_hand.Act | None = None
    """What people then do to the sale's lines."""

    def order_changes(self, number: int, today: date) -> dict[str, Any]:
        """Return the order's differences from the default."""
        shipment, invoice = addresses_of(self.customer) if self.customer else (1694, 1654)
        return {
            "external_reference": f"{self.shop}/S{number}",
            "shop": self.shop,
            "shop_order_id": number,
            "shop_reference": f"S{number}",
            "customer": self.customer or 1324,
            "shipment_address": shipment,
            "invoice_address": invoice,
            "order_date": today.isoformat(),
            "payment_status": "account",
            "lines": lines(*self.products),
            **_filled(self.order, number, today),
        }

    def typed_changes(self, number: int, today: date) -> dict[str, Any]:
        """Return what the person enters besides the default."""
        return _filled(self.typed, number, today)


def _filled(given: Mapping[str, Any], number: int, today: date) -> dict[str, Any]:
    return {name: _value(value, number, today) for name, value in given.items()}


def _value(value: Any, number: int, today: date) -> Any:
    if isinstance(value, InDays):
        return (today + timedelta(days=value.days)).isoformat()
    return value.format(number=number) if isinstance(value, str) else value


MIXED = (("124_STUK", "2", "10.00"), ("BOOK_STUK", "3", "24.95"), ("STAMP_STUK", "10", "1.21"))
"""One line for each of the three tax rates."""
UNEVEN = (("3310_M", "2.5", "1.385"), ("3310_M", "2.5", "1.385"))
"""Each line is 3.4625: 3.46 twice in Tryton, and 6.93 once in the shop."""
SECOND = next(iter(SECOND_COMPANY))
ALL_SHOPS = {**SHOPS, **SECOND_COMPANY}
CONTACT = "orders@example.com"
"""A mail address that the party of customer 2001 has."""
HEAD_OFFICE = addresses_of(2006)[1]
BRANCH = addresses_of(2009)[0]
PAID = {"payment_status": "paid"}
TWO = (("124_STUK", "3", "10.00"), ("8890_STUK", "1", "4.95"))


def typed_lines(*wanted: tuple[str, str, str, str]) -> dict[str, Any]:
    """Return the lines that a person types: product, quantity, price and description of each."""
    names = ("product", "quantity", "unit_price", "description")
    return {"lines": tuple(dict(zip(names, line, strict=True)) for line in wanted)}


SITUATIONS = (
    Situation("VAT", "three rates in one order", 2001, MIXED),
    Situation("VAT", "intra-EU supply to a business with a VAT number", 2002, MIXED),
    Situation("VAT", "export", 2003, MIXED),
    Situation("VAT", "an exempt customer: no tax at all", 2004, MIXED),
    Situation("VAT", "the rule of who pays, not of who ordered", 2001, MIXED, {"invoice_address": HEAD_OFFICE}),
    Situation("VAT", "who ordered has a rule, who pays has none", 2002, MIXED, {"invoice_address": 1654}),
    Situation("VAT", "a consumer in another country of the EU, without a rule", 2009, MIXED),
    Situation("VAT", "a second company, with its own rates", 2001, MIXED, shop=SECOND),
    Situation("VAT", "a second company, and its rule for the same customer", 2002, MIXED, shop=SECOND),
    Situation("VAT", "goods and a service", products=(("124_STUK", "1", "10.00"), ("SHIPPING", "1", "6.95"))),
    Situation("VAT", "a discount as a line of its own", 2002, (*MIXED, ("SHIPPING", "1", "-5.00"))),
    Situation("Terms", "those of the customer", 2005),
    Situation("Terms", "the configuration's, for a customer without any"),
    Situation("Terms", "the customer's shipment waits for the payment", 2007),
    Situation("Terms", "the customer is shipped and invoiced by hand", 2008),
    Situation(
        "Terms",
        "paid already, with settings for that",
        2005,
        order=PAID,
        extra={"payment": {"paid": {"payment_term": "Upon Receipt", "invoice_method": "order"}}},
        typed={"terms": {"payment_term": "Upon Receipt", "invoice_method": "order"}},
    ),
    Situation(
        "Terms",
        "on account, with settings for paid orders only",
        2005,
        extra={"payment": {"paid": {"payment_term": "Upon Receipt"}}},
    ),
    Situation(
        "Terms",
        "paid already, in the company's own words",
        order=PAID,
        extra={"payment": {"paid": {"text": "paid online"}}},
        typed={"description": "S{number}, paid online"},
    ),
    Situation(
        "Dates",
        "wanted in ten days",
        order={"requested_delivery_date": InDays(10)},
        typed={"shipping_date": InDays(10)},
    ),
    Situation(
        "Dates",
        "wanted in ten days, two of them underway",
        order={"requested_delivery_date": InDays(10)},
        extra={"delivery_days": 2},
        typed={"shipping_date": InDays(8)},
    ),
    Situation(
        "Dates",
        "wanted today, two days underway",
        order={"requested_delivery_date": InDays(0)},
        extra={"delivery_days": 2},
        typed={"shipping_date": InDays(0)},
    ),
    Situation("Dates", "wanted before it was ordered", order={"requested_delivery_date": InDays(-3)}),
    Situation("Dates", "a lead time of five days", products=(("LATE_STUK", "1", "80.00"),)),
    Situation(
        "Dates",
        "wanted sooner than the lead time allows",
        products=(("LATE_STUK", "1", "80.00"),),
        order={"requested_delivery_date": InDays(2)},
        typed={"shipping_date": InDays(2)},
    ),
    Situation(
        "Dates",
        "one line in stock, one made to order: one shipment for both",
        products=(("124_STUK", "1", "10.00"), ("LATE_STUK", "1", "80.00")),
    ),
    Situation("Texts", "a remark of several lines", order={"remarks": "Ring twice.\nSecond door"}),
    Situation("Texts", "no order number of the customer", order={"customer_order_number": None}),
    Situation("Texts", "the customer's number is the shop's", order={"customer_order_number": "S{number}"}),
    Situation(
        "Texts",
        "a title, comments between the lines, and a subtotal",
        products=(("124_STUK", "2", "10.00"), ("8890_STUK", "1", "4.95")),
        order={
            "texts": (
                {"kind": "title", "text": "Kitchen", "after": 0},
                {"kind": "comment", "text": "Cut to length.\nMind the grain", "after": 1},
                {"kind": "gift_card", "text": "With love", "after": 2},
                {"kind": "subtotal", "text": "Kitchen, in all", "after": 2},
            )
        },
        typed={
            "lines": (
                {"type": "title", "description": "Kitchen"},
                {"product": "124_STUK", "quantity": "2", "unit_price": "10.00", "description": "Line 1"},
                {"type": "comment", "description": "Cut to length.\nMind the grain"},
                {"product": "8890_STUK", "quantity": "1", "unit_price": "4.95", "description": "Line 2"},
                {"type": "comment", "description": "With love"},
                {"type": "subtotal", "description": "Kitchen, in all"},
            )
        },
    ),
    Situation(
        "Texts",
        "who ordered has a mail address that the party knows",
        2001,
        order={"contact": {"origin": "webshop", "key": "U1", "email": CONTACT.upper()}},
        typed={"contact": CONTACT},
    ),
    Situation(
        "Texts",
        "who ordered is unknown to the party",
        2001,
        order={"contact": {"origin": "webshop", "key": "U2", "email": "nobody@example.com"}},
    ),
    Situation("Addresses", "one address for both", order={"invoice_address": None}),
    Situation("Addresses", "delivered to another party", 2001, order={"shipment_address": BRANCH}),
    Situation(
        "Addresses",
        "paid by one party, delivered to another",
        2001,
        MIXED,
        {"invoice_address": HEAD_OFFICE, "shipment_address": BRANCH},
    ),
    Situation(
        "Quantities", "metres and kilos with decimals", products=(("3310_M", "2.5", "1.38"), ("123_KG", "0.75", "7.45"))
    ),
    Situation("Quantities", "sold by the kilo, kept by the gram", products=(("SAND_KG", "2.5", "1.00"),)),
    Situation("Quantities", "a free line", products=(("124_STUK", "1", "10.00"), ("8890_STUK", "2", "0"))),
    Situation("Quantities", "a price with four decimals", products=(("8890_STUK", "1000", "0.0125"),)),
    Situation(
        "Quantities",
        "goods that come back in the same order",
        products=(("124_STUK", "2", "10.00"), ("8890_STUK", "-1", "4.95")),
    ),
    Situation("Quantities", "services only", products=(("SHIPPING", "2", "6.95"),)),
    Situation("Quantities", "the same product on three lines", products=(("124_STUK", "1", "10.00"),) * 3),
    Situation(
        "Cents",
        "rounding, noted",
        products=UNEVEN,
        differs=("sale.description",),
        because="the note about the cent",
    ),
    Situation(
        "Cents",
        "rounding, made up for by a line",
        products=UNEVEN,
        extra={"cents": "line", "rounding_product": "ROUNDING"},
        differs=(
            *("sale.lines.3", "sale.untaxed_amount", "sale.total_amount"),
            *("invoices.1.lines.3", "invoices.1.untaxed_amount", "invoices.1.total_amount", "invoices.1.due"),
            "invoices.1.taxes",
        ),
        because="the line of 0.01",
    ),
    Situation("Cents", "rounding, held", products=UNEVEN, extra={"cents": "hold"}, held="6.92 in Tryton and 6.93"),
    Situation(
        "Cents",
        "a consumer paid exactly what is invoiced",
        2001,
        MIXED,
        {**PAID, "paid_amount": "117.89"},
        extra={"payment": {"paid": {"paid_exactly": True}}},
    ),
    Situation(
        "Cents",
        "a consumer paid the price of another VAT rate",
        2002,
        MIXED,
        {**PAID, "paid_amount": "117.89"},
        extra={"payment": {"paid": {"paid_exactly": True}}},
        held="106.95 in Tryton and 117.89",
    ),
    Situation(
        "Cents",
        "prices with VAT: three times 9.99, paid to the cent",
        2001,
        (("124_STUK", "3", "8.2562"),),
        {**PAID, "paid_amount": "29.97"},
        extra={"payment": {"paid": {"paid_exactly": True}}},
    ),
    Situation(
        "Cents",
        "prices with VAT at two rates, paid to the cent",
        2001,
        (("124_STUK", "1", "8.2562"), ("BOOK_STUK", "2", "22.8899"), ("SHIPPING", "1", "4.0909")),
        {**PAID, "paid_amount": "64.84"},
        extra={"payment": {"paid": {"paid_exactly": True}}},
    ),
    Situation(
        "Cents",
        "a consumer paid a cent more than is invoiced",
        2001,
        MIXED,
        {**PAID, "paid_amount": "117.90"},
        extra={"payment": {"paid": {"paid_exactly": True}}},
        held="117.89 in Tryton and 117.90",
    ),
    Situation(
        "Lines that people change",
        "moved",
        products=TWO,
        changed=by_hand.move,
        typed=typed_lines(("8890_STUK", "1", "4.95", "Line 2"), ("124_STUK", "3", "10.00", "Line 1")),
    ),
    Situation(
        "Lines that people change",
        "one copied",
        products=TWO,
        changed=by_hand.copy,
        typed=typed_lines(
            *[("124_STUK", "3", "10.00", "Line 1")] * 2,
            ("8890_STUK", "1", "4.95", "Line 2"),
        ),
    ),
    Situation(
        "Lines that people change",
        "one split in two",
        products=TWO,
        changed=by_hand.split,
        typed=typed_lines(
            ("124_STUK", "2", "10.00", "Line 1"),
            ("124_STUK", "1", "10.00", "Line 1"),
            ("8890_STUK", "1", "4.95", "Line 2"),
        ),
    ),
    Situation(
        "Lines that people change",
        "one added",
        products=TWO,
        changed=by_hand.add,
        typed=typed_lines(
            ("124_STUK", "3", "10.00", "Line 1"),
            ("8890_STUK", "1", "4.95", "Line 2"),
            ("124_STUK", "2", "10.00", "By hand"),
        ),
    ),
    Situation(
        "Lines that people change",
        "the first one deleted",
        products=TWO,
        changed=by_hand.delete,
        typed=typed_lines(("8890_STUK", "1", "4.95", "Line 2")),
    ),
    Situation(
        "Lines that people change",
        "another quantity and price",
        products=TWO,
        changed=by_hand.alter,
        typed=typed_lines(("124_STUK", "5", "9", "Line 1"), ("8890_STUK", "1", "4.95", "Line 2")),
    ),
    Situation("Master data", "a customer merged into another one", prepared=by_hand.merged_and_tied),
    Situation(
        "Master data",
        "the same, and nobody said which address is meant",
        prepared=by_hand.merged,
        held="tie the identifier to one in use",
    ),
    Situation("Master data", "an inactive address", prepared=by_hand.inactive_address, held="is inactive: tie"),
    Situation(
        "Master data",
        "a customer whose identifier was taken away",
        prepared=by_hand.identifier_taken_away,
        held="is inactive (Changing customer)",
    ),
    Situation("Master data", "a product that took the place of another", prepared=by_hand.replaced_product),
    Situation(
        "Master data", "an inactive web shop", prepared=by_hand.inactive_shop, shop="2", held="'Webshop 2' is inactive"
    ),
    Situation("Master data", "an order of its neighbour meanwhile", prepared=by_hand.inactive_shop),
    Situation("Master data", "an unknown customer", order={"customer": 99}, held="no party with the identifier"),
    Situation("Master data", "an inactive customer", 2010, held="is inactive"),
    Situation("Master data", "an unknown product", products=(("NO1", "1", "1"),), held="no product with the code NO1"),
    Situation("Master data", "an inactive product", products=(("FORMER_STUK", "1", "1"),), held="is inactive: FORMER"),
    Situation("Master data", "another currency", order={"currency": "USD"}, held="the order is in USD"),
    Situation("Master data", "a price with five decimals", products=(("124_STUK", "1", "1.00001"),), held="digits"),
)

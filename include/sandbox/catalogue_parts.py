"""Optional additions to the day's catalogue: guests, addresses added at checkout, charges."""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.wire import JsonObject

GUESTS_OF_A_DAY = 60
RETURNING = 10
_PLACES = (
    {"street1": "Elzenkade", "house_number": "1", "addition": "a", "zip": "3992AD", "city": "Houten", "country": "NL"},
    {"street1": "Rue Haute", "house_number": "12", "zip": "1000", "city": "Bruxelles", "country": "BE"},
    {"street1": "Große Straße", "house_number": "7", "zip": "47533", "city": "Kleve", "country": "DE"},
    {"street1": "Lange Nieuwstraat", "house_number": "240", "zip": "3512PL", "city": "Utrecht", "country": "NL"},
    {
        "street1": "O'Connell Street",
        "house_number": "3",
        "zip": "D01",
        "city": "Dublin",
        "country": "IE",
        "street2": "Apt 4",
    },
)
_LANGUAGES = {"NL": "nl", "BE": "fr", "DE": "de", "IE": "en"}
_FAMILIES = ("de Vries", "Jansen", "Lefèvre", "Müller", "Ó Briain", "van 't Hof", "Çelik", "Łukasik")


def guests(count: int = 12, returning: int = 2) -> Iterator[JsonObject]:
    """Yield guest buyers. The last ones use an email address seen before; one is a business."""
    for n in range(count):
        person = n if n < count - returning else n - (count - returning)
        place = _PLACES[person % len(_PLACES)]
        guest = {
            "email": f"gast{person}@post.example",
            "name": f"A{person} {_FAMILIES[person % len(_FAMILIES)]}",
            "phone": None if person % 3 else f"+31 6 {10000000 + person}",
            "language": _LANGUAGES[place["country"]],
            **place,
        }
        yield {"guest": guest | ({"vat_number": "NL001234567B01", "attention": "Inkoop"} if person == 1 else {})}


def new_addresses(count: int = 5) -> Iterator[JsonObject]:
    """Yield customers of the ERP who add a delivery address while ordering."""
    for n in range(count):
        yield {"new_address": {**_PLACES[n % len(_PLACES)], "name": f"Bouwplaats {n + 1}", "attention": "Uitvoerder"}}


def guest_day() -> Iterator[JsonObject]:
    """Yield a busy day: 60 guest orders of 50 people, and 5 new addresses of known customers."""
    yield from guests(GUESTS_OF_A_DAY, RETURNING)
    yield from new_addresses()


def charges() -> Iterator[JsonObject]:
    """Yield orders with amounts besides goods; `paid_amount` is the total unless the order is partly paid."""
    goods = line("124_STUK", 2, "10.00")
    shipping = line(None, 1, "6.95", type="shipment_cost", description="Verzendkosten")
    yield {"lines": [goods, shipping], "paid_amount": "26.95"}
    yield {"lines": [goods, line("VERZENDKOSTEN", 1, "6.95")], "paid_amount": "26.95"}
    yield {"lines": [goods, line(None, 1, "-2.00", type="discount", description="10% korting")], "paid_amount": "18.00"}
    yield {"lines": [goods, line("COUPON-5", -1, "5.00", description="Waardebon")], "paid_amount": "15.00"}
    yield {"lines": [goods, line(None, 1, "0.35", type="payment_cost", description="iDEAL")], "paid_amount": "20.35"}
    yield {"lines": [goods, line("8890_STUK", 1, "0.00", description="Gratis artikel")], "paid_amount": "20.00"}
    yield {"lines": [goods, line("COUPON-20", 1, "-20.00", description="Waardebon")], "paid_amount": "0.00"}
    yield {"lines": [line("3310_M", "7.5", "1.3855"), line("123_KG", "0.0375", "0.0049")], "paid_amount": "10.39"}
    yield {"lines": [goods, shipping], "paid_amount": "10.00", "payment_status": "paid"}
    yield {"lines": [goods], "shipment_cost_amount": "6.95", "total_amount": "26.95", "paid_amount": "26.95"}
    yield {"lines": [line("7003_STUK", 1, "1250")], "currency": "JPY", "paid_amount": "1250"}
    yield {"lines": [line("7003_STUK", 1, "4.125")], "currency": "KWD", "paid_amount": "4.125"}


def line(product: str | None, quantity: Any, unit_price: str, **other: Any) -> JsonObject:
    """Return a line; without a product it is only an amount."""
    return {
        "type": "line",
        "product": {"origin": "myorigin", "key": product} if product else None,
        "description": product,
        "quantity": quantity,
        "unit_price": unit_price,
        "erp_line_number": None,
        **other,
    }


PARTS: dict[str, Callable[[], Iterator[JsonObject]]] = {
    "guests": guests,
    "new_addresses": new_addresses,
    "guest_day": guest_day,
    "charges": charges,
}
"""The parts by name. `lines` replace the generated ones; buyers are described as in `sandbox.checkout`."""

"""Generated orders of a day: the same day, count and seed give the same orders."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain, islice, repeat
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.catalogue_parts import PARTS
from sandbox.wire import JsonObject

SHOP_TIMEZONE = "Europe/Amsterdam"
FIRST_NUMBER = 48001
FIRST_ID = 12001
_TICK = timedelta(microseconds=1)

PRODUCTS = (
    ("124_STUK", "Slagboormachine 18V, 2 accu's", "189.95"),
    ("123_KG", "Constructieschroef verzinkt, per kilo", "7.45"),
    ("2207_DOOS", "Spaanplaatschroef 4,0x40 TX20, doos 200", "11.90"),
    ("3310_M", "Installatiekabel YMvK 3x2,5 mm², per meter", "1.385"),
    ("3311_ROL", "Installatiedraad 2,5 mm² bruin, rol 100 m", "42.10"),
    ("4102_STUK", "LED-paneel 60x60 cm 4000K", "38.50"),
    ("4120_SET", "Werkhandschoenen maat 10, set van 12", "21.00"),
    ("5001_L", "Muurverf wit mat, per liter", "6.25"),
    ("5044_STUK", "Kwastenset acryl, 5-delig", "12.75"),
    ("6010_PALLET", "Pallet straatklinkers, Waalformaat", "412.00"),
    ("7003_STUK", "Café-stoel Noé, eiken/crème", "129.00"),
    ("8890_STUK", "Veiligheidsbril helder", "4.95"),
)
PAYABLE = ("closed_success", "paid", "account")


def orders_for_day(
    day: date,
    count: int = 40,
    *,
    first_number: int = FIRST_NUMBER,
    seed: int = 1,
    payable_only: bool = False,
    shop_timezone: str = SHOP_TIMEZONE,
    api_timezone: str = SHOP_TIMEZONE,
    parts: Sequence[str] = (),
) -> list[JsonObject]:
    """Return `count` orders confirmed on a shop-local day, special cases first unless only payable ones are requested.

    Orders of the `parts` (see `sandbox.catalogue_parts`) come after them and are not included in `count`.

    Numbers go up from `first_number` (CS48001 has id 12001), so several days can coexist. Timestamps are naive, in
    `api_timezone`. A few special cases lie a microsecond outside the day.
    """
    dice = random.Random(f"{seed}/{day}")  # noqa: S311  # made-up data
    zone = ZoneInfo(shop_timezone)
    start, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    special = () if payable_only else special_cases(start, end, first_number)
    cases = list(islice(chain(special, repeat({})), count))
    cases += [case for part in parts for case in PARTS[part]()]
    orders = []
    for number, asked in enumerate(cases, start=first_number):
        case = dict(asked)
        confirmed = case.pop("confirmed", None) or start + (end - start) * dice.random()
        order = _order(dice, number, confirmed.astimezone(ZoneInfo(api_timezone)), day)
        lines = case.pop("lines", None) or _lines(dice, dice.choices((1, 2, 3, 5, 8), (5, 4, 3, 2, 1))[0])
        orders.append({**order, **case, "order_lines": _numbered(number, lines)})
    return orders


def special_cases(start: datetime, end: datetime, first_number: int) -> Iterator[JsonObject]:
    """Yield the differences from an ordinary order; `confirmed` is an instant, `lines` replace the generated ones."""
    yield {"payment_status": "closed_success"}
    yield {
        "payment_status": "paid",
        "lines": [_line(0, 1), _line(1, 5), _line(0, 2, description="Extra, los geleverd")],
    }
    yield {"payment_status": "account", "customer_order_number": "PO-2026/118"}
    yield {"payment_status": "started"}
    yield {"payment_status": "closed_canceled"}
    yield {"payment_status": "none"}
    yield {"payment_status": "chargeback"}
    yield {"payment_status": None}
    yield {"webshop": 2, "payment_status": "none", "reference": f"CS{first_number}"}
    yield {"webshop": 2, "payment_status": "none", "description": "Afroeporder, geen online betaling"}
    yield _offline("processing", f"ERP-0{first_number}")
    yield _offline("done", f"ERP-0{first_number + 1}")
    yield {"confirmed": start, "payment_status": "paid"}
    yield {"confirmed": end - _TICK, "payment_status": "paid"}
    yield {"confirmed": end, "payment_status": "paid"}
    yield {"confirmed": start - _TICK, "payment_status": "paid"}
    yield {"currency": "USD", "payment_status": "paid"}
    yield {"description": "<script>alert('order')</script> & „Łódź” ☕ Ærø", "payment_status": "account"}
    yield {"lines": [_line(3, Decimal("2.5")), _line(1, "0.7500"), _line(7, Decimal("12.0"))], "payment_status": "paid"}
    yield {"lines": _with_other_types(), "payment_status": "account"}
    yield {"lines": [_line(n % len(PRODUCTS), n % 9 + 1) for n in range(40)], "payment_status": "account"}
    yield {"lines": [_line(9, "1.0000"), _line(2, "10.0000")], "payment_status": "closed_success"}
    yield {"state": "cancel", "payment_status": "closed_canceled"}
    yield {"requested_delivery_date": (end + timedelta(days=6)).date().isoformat(), "payment_status": "paid"}


def _offline(state: str, erp_order_number: str) -> JsonObject:
    key = f"offline-{erp_order_number}"
    return {
        "offline": True,
        "state": state,
        "erp_order_number": erp_order_number,
        "key": key,
        "payment_status": "account",
    }


def _with_other_types() -> list[JsonObject]:
    subtotal = {"type": "subtotal", "product": None, "description": "Subtotaal", "quantity": 0, "unit_price": None}
    comment = {**subtotal, "type": "comment", "description": "Graag bellen voor levering"}
    return [_line(4, 2), _line(5, 4), subtotal, comment, _line(11, 10)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _order(dice: random.Random, number: int, confirmed: datetime, day: date) -> JsonObject:
    stamp = confirmed.replace(tzinfo=None)
    customer = dice.randint(1300, 1399)
    return {
        "id": number - FIRST_NUMBER + FIRST_ID,
        "reference": f"CS{number}",
        "key": None,
        "customer_order_number": f"PO-{dice.randint(100, 999)}" if dice.random() < 0.5 else None,  # noqa: PLR2004
        "erp_order_number": None,
        "state": "confirmed",
        "order_date": day.isoformat(),
        "create_date": (stamp - timedelta(seconds=dice.randint(1, 900))).isoformat(timespec="microseconds"),
        "modified_date": stamp.isoformat(timespec="microseconds"),
        "confirm_date": stamp.isoformat(timespec="microseconds"),
        "offline": False,
        "payment_status": dice.choice(PAYABLE),
        "shipment_state": "none",
        "description": None,
        "currency": "EUR",
        "customer": customer,
        "user": customer - 60,
        "webshop": 1,
        "shipment_address": customer + 370,
        "invoice_address": customer + 330,
        "requested_delivery_date": None,
        "paid_amount": "0.00",
        "sales_channel": "web",
        "weight_kg": Decimal("12.50"),
        "loyalty": {"tier": "zilver", "points": Decimal("150.0"), "codes": []},
    }


def _lines(dice: random.Random, count: int) -> list[JsonObject]:
    return [_line(dice.randrange(len(PRODUCTS)), dice.randint(1, 12)) for _ in range(count)]


def _line(product: int, quantity: Any, **other: Any) -> JsonObject:
    """Return a line; number formats differ between products on purpose."""
    key, description, price = PRODUCTS[product]
    return {
        "type": "line",
        "product": {"origin": "myorigin", "key": key},
        "description": description,
        "quantity": Decimal(f"{quantity}.0") if isinstance(quantity, int) and product % 2 else quantity,
        "unit_price": Decimal(price) if product % 3 == 0 else price,
        "erp_line_number": None,
        "discount_rate": Decimal("0.00"),
        "uom": key.rpartition("_")[2],
        **other,
    }


def _numbered(number: int, lines: list[JsonObject]) -> list[JsonObject]:
    return [{"id": (number - FIRST_NUMBER + 1) * 100 + n, **line} for n, line in enumerate(lines, start=1)]

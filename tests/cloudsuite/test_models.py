"""Every field of an order, with any value: understood, or refused by name, and never quoted."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from orderflow.cloudsuite.mapper import to_order
from orderflow.cloudsuite.models import ListedOrder, ShopOrder
from orderflow.domain.order import Order
from orderflow.erp.models import to_sales_order
from orderflow.transport.document import WrittenNumber, read_document, write_document
from orderflow.transport.fields import wrong_fields

PERSONAL = "Jansen 06-12345678"
HOSTILE: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    -0,
    1,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63),
    10**400,
    WrittenNumber("1.50"),
    WrittenNumber("-0"),
    WrittenNumber("1E+30"),
    WrittenNumber("1e-30"),
    WrittenNumber("1e400"),
    WrittenNumber("1E99999999999999999999"),
    WrittenNumber("0." + "3" * 60),
    "",
    " ",
    "0",
    "1_000",
    "\u0663",
    "1,50",
    "NaN",
    "Infinity",
    "1E+30",
    "9" * 5000,
    "gisteren",
    "0001-01-01",
    "0000-00-00",
    "9999-12-31",
    "9999-12-31T23:59:59",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2024-02-30",
    "2024-10-27T02:30:00",
    "20241023",
    "1729663200",
    "2024-10-23T10:00:00+25:00",
    "a\0b",
    "a\ud800b",
    "a\nb",
    "a\x1b[31mb",
    "a\u202eb",
    "\ufeff",
    "x" * 200_000,
    PERSONAL,
    [],
    [[]],
    {},
    {"id": 1},
    [None],
    [PERSONAL],
    {"a": PERSONAL},
]
LINE = {
    "id": 1,
    "type": "line",
    "product": {"origin": "o", "key": "K1"},
    "description": "d",
    "quantity": WrittenNumber("1.50"),
    "unit_price": "10.00",
    "erp_line_number": None,
}
ORDER = {
    "id": 7,
    "reference": "CS7",
    "webshop": 1,
    "state": "confirmed",
    "payment_status": "paid",
    "shipment_state": "none",
    "offline": False,
    "confirm_date": "2024-10-23T06:01:03",
    "modified_date": "2024-10-23T06:01:03",
    "order_date": "2024-10-23",
    "requested_delivery_date": None,
    "customer_order_number": "PO-9",
    "erp_order_number": None,
    "currency": "EUR",
    "paid_amount": "15.00",
    "customer": 1,
    "user": 2,
    "shipment_address": 3,
    "invoice_address": 4,
    "description": None,
    "order_lines": [LINE],
}
PLACES = [(name,) for name in ORDER] + [("order_lines", 0, name) for name in LINE]
PLACES += [("order_lines", 0, "product", name) for name in ("origin", "key")]


def _with(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return the order with this value in this place, as it comes off the wire."""
    document: Any = read_document(write_document(ORDER))
    inner = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return dict(document)


def _understood(wire: ShopOrder) -> Order:
    return to_order(wire, api_timezone="Europe/Amsterdam", default_webshop=1)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_whatever_a_field_holds_is_understood_or_refused_by_its_name(place: tuple[Any, ...]) -> None:
    understood = 0
    for value in HOSTILE:
        document = _with(place, value)
        try:
            wire = ShopOrder.from_document(document)
        except ValidationError as error:
            said = wrong_fields(error)
            assert said.startswith(".".join(map(str, place)))
            assert "Jansen" not in said
            assert len(said) < 1000
            continue
        order = _understood(wire)
        assert abs(order.total) < Decimal("1E+25")
        for instant in (order.confirmed_at, order.modified_at):
            assert instant is None or 1900 <= instant.year <= 9998
        str(order.model_dump_json()).encode()
        if not order.missing():
            to_sales_order(order)
        assert wire.document == document or value != value  # noqa: PLR0124  # NaN is not itself
        understood += 1
    assert understood


@pytest.mark.parametrize("name", sorted(ListedOrder.model_fields.keys() - {"id", "unreadable"}))
def test_a_row_is_read_whatever_its_fields_hold(name: str) -> None:
    for value in HOSTILE:
        row = ListedOrder.from_document({"id": 7, name: value})
        assert row.id == 7
        assert (name in row.unreadable) <= (getattr(row, name) is None)


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:30])
def test_the_id_is_one_that_the_ledger_holds_or_there_is_no_row(value: Any) -> None:
    try:
        row = ListedOrder.from_document({"id": value})
    except ValidationError:
        return
    assert 0 < row.id < 2**63


def test_what_is_put_back_is_what_was_read_however_odd() -> None:
    text = (
        b'{"id":7,"reference":"CS7","odd":[1e30,-0,10.00,1E-400,99999999999999999999999999999999999999999],'
        b'"half":"\\ud800 \\udc00","caf\xc3\xa9":1,"cafe\xcc\x81":2,"state":"confirmed"}'
    )
    order = ShopOrder.from_document(read_document(text))
    again = write_document({**order.document, "state": "processing"})
    assert again.replace(b'": ', b'":').replace(b", ", b",") == text.replace(b"confirmed", b"processing")


def test_a_naive_instant_in_a_night_that_has_two_of_them_is_one() -> None:
    order = _understood(ShopOrder.from_document({**ORDER, "modified_date": "2024-10-27T02:30:00"}))
    assert isinstance(order.modified_at, datetime)
    assert order.modified_at.utcoffset() is not None

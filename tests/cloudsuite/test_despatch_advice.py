"""Packing slips become messages with exactly the ERP's content, or are refused by name."""

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.cloudsuite.despatch_advice import DesadvItem, DespatchAdvice
from orderflow.cloudsuite.xml import read
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from support.despatch_advice import from_xml

ROOT = Path(__file__).parent.parent.parent


def item(**changes: Any) -> DesadvItem:
    given = {"item_num": 11, "order_num": "ERP-100001", "quantity": Decimal("1.5"), "seller_item_id": "124_STUK"}
    return DesadvItem.model_validate({**given, **changes})


def shipment(**changes: Any) -> DespatchAdvice:
    day = dt.date(2026, 11, 23)
    given = {"number": "PS-1001", "date": day, "planned_delivery_date": day + dt.timedelta(days=1), "items": (item(),)}
    return DespatchAdvice.model_validate({**given, **changes})


def test_a_slip_is_written_as_the_page_lists_its_fields() -> None:
    several = (item(), item(item_num=21, order_num="ERP-100002", quantity=Decimal(12345678)))
    root = read(shipment(comment="Voorzichtig", carrier="DHL", tracking_code="3SABC", items=several).to_xml())
    values = {path.tag: path.text for path in root.iter() if path.text}
    assert {
        "DesadvNumber": "PS-1001",
        "DesadvDate": "2026-11-23",
        "PlannedDeliveryDate": "2026-11-24",
        "Comment": "Voorzichtig",
        "TransportModeCode": "DHL",
        "Identification": "3SABC",
    }.items() <= values.items()
    path = "DesadvDetail/Packaging/LineItems/Item"
    assert [[field.text for field in row] for row in root.findall(path)] == [
        ["11", "ERP-100001", "1.5000", "124_STUK"],
        ["21", "ERP-100002", "12345678.0000", "124_STUK"],
    ]


def test_carrier_and_tracking_code_are_there_though_empty() -> None:
    root = read(shipment().to_xml())
    for path in ("TransportModeCode", "MeansOfTransport/Identification"):
        found = root.find(f"DesadvHeader/TransportDetails/{path}")
        assert found is not None
        assert not found.text


words = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1).filter(lambda text: text.strip())
free = st.none() | words
items = st.builds(
    DesadvItem,
    item_num=st.integers(-(2**31), 2**31 - 1),
    order_num=words,
    quantity=st.decimals(Decimal("-99999999.9999"), Decimal("99999999.9999"), places=4),
    seller_item_id=words,
)
dates = st.dates(min_value=dt.date(1, 1, 1))


@given(
    st.builds(
        DespatchAdvice,
        number=words,
        date=dates,
        planned_delivery_date=dates,
        comment=free,
        carrier=free,
        tracking_code=free,
        items=st.lists(items, min_size=1, max_size=5).map(tuple),
    )
)
def test_what_is_written_is_read_back_the_same(message: DespatchAdvice) -> None:
    assert from_xml(message.to_xml()) == message


@pytest.mark.parametrize(
    "text", ["a<b>&c;]]>", "\"'", "é€漢字😀", "line\r\nline\ttab", "<![CDATA[x]]>", "<!ENTITY", "&#0;", "\u2028\x85"]
)
def test_markup_is_text(text: str) -> None:
    message = shipment(comment=text, carrier=text, items=(item(seller_item_id=text),))
    assert from_xml(message.to_xml()) == message


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_quantity_is_written_exactly_or_not_at_all(quantity: Decimal) -> None:
    message = shipment(items=(item(quantity=quantity),))
    fits = abs(quantity) <= Decimal("99999999.9999") and quantity % Decimal("0.0001") == 0
    if fits:
        assert from_xml(message.to_xml()).items[0].quantity == quantity
        return
    with pytest.raises(PermanentError, match=r"PS-1001.*line 11.*decimal\(12,4\)") as caught:
        message.to_xml()
    assert caught.value.reason is Reason.MESSAGE_INVALID


@pytest.mark.parametrize(
    "changes",
    [
        {"number": ""},
        {"number": "  "},
        {"number": "PS\x00-1001"},
        {"carrier": "D\x1bHL"},
        {"tracking_code": "3S\ud800"},
        {"items": (item(order_num=""),)},
        {"items": (item(seller_item_id=" "),)},
        {"items": (item(seller_item_id="a\ufffe"),)},
        {"items": (item(item_num=2**31),)},
    ],
)
def test_what_cannot_be_said_exactly_is_refused_by_name(changes: dict[str, Any]) -> None:
    message = shipment(**changes)
    with pytest.raises(PermanentError, match="packing slip") as caught:
        message.to_xml()
    assert caught.value.reason is Reason.MESSAGE_INVALID
    assert repr(message.number) in caught.value.message


def test_a_comment_loses_no_more_than_the_character_that_xml_cannot_hold() -> None:
    """A slip does not stay behind for it, and it shows that something was there."""
    assert from_xml(shipment(comment="let\x07 op\x00").to_xml()).comment == "let� op�"


def test_the_schema_is_installed_with_the_package() -> None:
    """Setuptools takes along only Python files, and what is named here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["orderflow.cloudsuite"]
    package = ROOT / "include" / "orderflow" / "cloudsuite"
    named = {path for pattern in patterns for path in package.glob(pattern)}
    assert named == {path for path in package.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}

"""Extra fields from the settings: passed on unchanged, or named if missing."""

import json
from decimal import Decimal

import pytest

from orderflow.cloudsuite.extra import order_extra
from orderflow.cloudsuite.mapper import to_order
from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.order import Order
from orderflow.errors import ConfigurationError
from orderflow.settings import Settings
from orderflow.transport.document import read_document
from support.hostile import VALUES

LINES = [{"id": 1, "department": "A"}, {"id": 2, "type": "comment"}, {"id": 3, "department": None}]


def read(*fields: str, **document: object) -> Order:
    wire = ShopOrder.from_document({"id": 1, "reference": "CS1", "order_lines": LINES, **document})
    return to_order(wire, api_timezone="UTC", default_webshop=1, fields=fields)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("ideal", "ideal"),
        (None, None),
        (True, True),
        (7, 7),
        (Decimal("1.50"), "1.50"),
        (0.1, "0.1"),
        (Decimal("1E+3"), "1000"),
    ],
)
def test_one_value_goes_to_the_erp(value: object, sent: object) -> None:
    order = read("payment_method", payment_method=value)
    assert (order.extra, order.fields_missing) == ({"payment_method": sent}, ())


@pytest.mark.parametrize(
    ("path", "document", "said"),
    [
        ("payment_method", {}, "`payment_method` is not there"),
        ("delivery", {"delivery": {"option": "x"}}, "`delivery` is an object and not one value"),
        ("delivery", {"delivery": ["x"]}, "`delivery` is a list and not one value"),
        ("delivery.option", {"delivery": {}}, "`delivery.option` is not there"),
        ("delivery.option", {"delivery": "x"}, "`delivery.option` is not there"),
        ("delivery.option", {"delivery": None}, "`delivery.option` is not there"),
    ],
)
def test_a_path_that_leads_nowhere_is_named(path: str, document: dict[str, object], said: str) -> None:
    assert read(path, **document).fields_missing == (said,)


def test_an_object_inside_the_order_can_be_reached() -> None:
    assert read("delivery.option", delivery={"option": "pickup"}).extra == {"delivery.option": "pickup"}


def test_lines_have_fields_of_their_own_and_only_exported_lines_need_them() -> None:
    order = read("order_lines.department")
    assert [line.extra for line in order.lines] == [{"department": "A"}, {"department": None}]
    assert order.fields_missing == ()
    assert read("order_lines.colour").fields_missing == (
        "`colour` of line 1 is not there",
        "`colour` of line 3 is not there",
    )


@pytest.mark.parametrize("path", ["", "order_lines", "a..b", ".a", "a.", "order_lines[0]", "a b", "1a", "$.a"])
def test_a_path_that_cannot_be_one_is_refused_with_the_settings(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"fields\.0"):
        Settings.parse({"fields": [path]})


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_whatever_the_field_holds_it_goes_out_whole_or_is_named(value: str) -> None:
    try:
        document = read_document(f'{{"id": 1, "colour": {value}}}'.encode())
    except ValueError:
        return
    extra = order_extra(document, ["colour"])
    assert (len(extra.values), len(extra.problems)) in {(1, 0), (0, 1)}
    for sent in extra.values.values():
        assert len(json.dumps(sent, ensure_ascii=False).encode()) < 500_000
        assert not isinstance(sent, float | Decimal)

"""A recording holds no data, and a sandbox that is started from one is judged as the recorded shop was."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checking.check import judge
from orderflow.checking.recorder import FILE, record
from orderflow.checking.seen import ErpSeen, Seen, ShopSeen
from orderflow.checking.shapes import shapes_of
from orderflow.errors import ConfigurationError
from orderflow.settings import Settings
from sandbox.config import Config
from sandbox.control import SandboxControl
from sandbox.like import Recording
from sandbox.server import build
from support.checks import Check

DAY = "2026-11-22"


def _seen(*orders: dict[str, Any]) -> ShopSeen:
    return ShopSeen(
        address="https://shop.example",
        token_lifetime=300,
        has_fixed_token=False,
        page_size=100,
        calls={"page": Seen(status=200, document={"results": list(orders)})},
        details=tuple(Seen(status=200, document=order) for order in orders),
        repeated=(),
        origins={"webshop": Seen(status=200, document={"results": list(orders)})},
    )


SECRET = "Zz%s8841"
_VALUES = st.recursive(
    st.sampled_from([SECRET % "-", f"{SECRET % '@'}.nl", f"Dhr. {SECRET % ' '}", 88418841, None, True, "8841.8841"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "state", "type", f"{SECRET % '.'} x", "a-b"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.sampled_from(["id", "state", "note", f"{SECRET % '!'}"]), _VALUES), max_size=4))
def test_no_value_and_no_name_that_may_be_data_is_recorded(orders: list[dict[str, Any]]) -> None:
    text = json.dumps(shapes_of(_seen(*orders)))
    assert "8841" not in text
    assert "Zz" not in text


def test_names_types_lengths_formats_and_words_are_recorded() -> None:
    line = {"id": 1, "type": "line", "unit_price": "10.000", "product": {"key": "A"}}
    order = {"id": 1, "state": "confirmed", "create_date": "2026-11-22T12:00:00Z", "note": "two words"}
    fields = shapes_of(_seen({**order, "order_lines": [line]}, {**order, "note": None}))["objects"]["order"]["fields"]
    assert fields["note"] == {
        "shown": 2,
        "types": {"text": 1, "null": 1},
        "formats": {"text": 1},
        "lengths": [9, 9],
    }
    assert fields["create_date"]["formats"] == {"time in UTC": 2}
    assert fields["state"]["values"] == ["confirmed"]
    assert fields["order_lines[].type"]["values"] == ["line"]
    assert fields["order_lines[].unit_price"]["formats"] == {"3 decimals": 1}
    assert "order_lines[].product.key" in fields


SHOPS: list[dict[str, Any]] = [
    {},
    {"max_limit": 20, "token_ttl": 120},
    {"hidden_fields": ["confirm_date", "offline"]},
    {"unknown_filters": ["offline", "reference"]},
    *(
        {"manners": [manner]}
        for manner in (
            "times_in_utc",
            "times_with_offset",
            "nulls_left_out",
            "decimals_as_text",
            "decimals_as_numbers",
            "rows_shuffled",
            "count_too_high",
            "next_relative",
            "html_errors",
        )
    ),
]


@pytest.mark.parametrize("shop", SHOPS, ids=str)
def test_a_sandbox_like_a_recorded_shop_is_judged_as_that_shop(
    shop: dict[str, Any], check: Check, control: SandboxControl, tmp_path: Path
) -> None:
    control.reset(day=DAY, count=40, **shop)
    recorded = check()
    record(recorded, tmp_path / "shop")
    control.reset(day=DAY, count=40, **_json(Recording(tmp_path / "shop").switches()))
    again = check()
    assert {name: one.outcome for name, one in again.verdicts.items()} == {
        name: one.outcome for name, one in recorded.verdicts.items()
    }


def _json(switches: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in switches.items()}


def test_orders_have_the_fields_and_words_of_the_recorded_ones(
    check: Check, control: SandboxControl, tmp_path: Path
) -> None:
    line = {"type": "shipment_cost", "quantity": "1", "discount": "0.50", "extra": {"codes": [{"a": "x"}]}}
    control.add_orders(
        {"payment_status": "chargeback", "vat_total": "1.00", "remark": "ring twice", "order_lines": [line]}
    )
    record(check(), tmp_path)
    recording = Recording(tmp_path)
    world = build(date.fromisoformat(DAY), 3, Config(**recording.switches()), dress=recording.dressed).world
    orders = list(world.orders.orders.values())
    assert {order["payment_status"] for order in orders} == {"chargeback"}
    assert {order["vat_total"] for order in orders} == {"0.00"}
    assert {len(order["remark"]) for order in orders} == {10}
    lines = [line for order in orders for line in order["order_lines"]]
    assert "shipment_cost" in {line["type"] for line in lines}
    assert {str(line["extra"]) for line in lines} == {"{'codes': [{'a': 'x'}]}"}


@pytest.mark.parametrize("parts", [[], ["charges"]])
def test_lines_of_other_types_carry_money_only_where_the_recorded_ones_did(
    parts: list[str], check: Check, control: SandboxControl, tmp_path: Path
) -> None:
    control.reset(day=DAY, count=40, parts=parts)
    recorded = check()
    record(recorded, tmp_path)
    recording = Recording(tmp_path)
    orders = build(date.fromisoformat(DAY), 40, Config(), dress=recording.dressed).world.orders.orders.values()
    control.reset()
    control.add_orders(*orders)
    again = check()
    for name in ("charges_placed", "line_ids", "readable"):
        assert again.verdicts[name].outcome is recorded.verdicts[name].outcome


@pytest.mark.parametrize("text", [None, "", "[]", '{"version": 2}', "{"])
def test_what_is_no_recording_is_refused(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"shop\.json"):
        Recording(tmp_path)


def test_a_recording_is_for_its_owner_alone_and_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    checked = judge(_seen(), ErpSeen(None, {}, {}), Settings())
    path = record(checked, tmp_path / "new" / "folder")
    assert path.stat().st_mode & 0o077 == 0
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"shop\.json cannot be written"):
        record(checked, tmp_path / "file")

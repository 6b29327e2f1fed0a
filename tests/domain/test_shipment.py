"""A packing slip from the ERP, one part per order and perhaps not all of them at once."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.shipment import (
    SHIPMENT_PACES,
    SHIPMENT_TRANSITIONS,
    Shipment,
    ShipmentItem,
    ShipmentProgress,
    merged,
    shipment_may_follow,
)

ITEMS = st.builds(
    ShipmentItem,
    order_number=st.sampled_from(["ERP-1", "ERP-2", "ERP-3"]),
    line_number=st.sampled_from([11, 21]),
    quantity=st.decimals(min_value=Decimal("0.0001"), max_value=1000, places=4),
    product_key=st.sampled_from(["124_STUK", "123_KG"]),
)


def item(order: str = "ERP-1", line: int = 11, quantity: str = "1", product: str = "124_STUK") -> ShipmentItem:
    return ShipmentItem(order_number=order, line_number=line, quantity=Decimal(quantity), product_key=product)


def shipment(*items: ShipmentItem, orders: Iterable[str] = ()) -> Shipment:
    return Shipment(
        order_numbers=tuple(sorted({*orders, *(one.order_number for one in items)})),
        number="PS-1",
        slip_date=date(2026, 11, 22),
        planned_delivery_date=None,
        carrier=None,
        tracking_code=None,
        comment=None,
        items=merged(items),
    )


@given(st.lists(ITEMS))
def test_merging_adds_up_lots_and_loses_nothing(items: list[ShipmentItem]) -> None:
    together = merged(items)
    assert sum(one.quantity for one in together) == sum(one.quantity for one in items)
    assert len({(one.order_number, one.line_number, one.product_key) for one in together}) == len(together)
    assert merged(reversed(items)) == together


@given(st.lists(ITEMS), st.sets(st.sampled_from(["ERP-1", "ERP-2", "ERP-3"])))
def test_a_reading_that_shows_some_orders_keeps_the_others(items: list[ShipmentItem], shown: set[str]) -> None:
    whole = shipment(*items)
    part = shipment(*[one for one in items if one.order_number in shown], orders=shown & set(whole.order_numbers))
    assert part.completed_by(whole).items == whole.items
    assert part.completed_by(whole).content_hash == whole.content_hash


def test_what_changed_of_an_order_that_is_shown_is_taken_over() -> None:
    before = shipment(item("ERP-1", quantity="5"), item("ERP-2"))
    now = shipment(item("ERP-1", quantity="3"))
    assert now.completed_by(before) == shipment(item("ERP-1", quantity="3"), item("ERP-2"))


@pytest.mark.parametrize(
    ("of", "missing"),
    [
        (shipment(), "lines"),
        (shipment(item(quantity="0")), "a quantity above zero on line 11 of ERP-1"),
        (shipment(item(quantity="-2")), "a quantity above zero on line 11 of ERP-1"),
        (shipment(item(product="")), "the product of line 11 of ERP-1"),
    ],
)
def test_what_is_missing_is_named(of: Shipment, missing: str) -> None:
    assert of.missing() == [missing]


def test_a_slip_that_may_have_arrived_is_never_forgotten() -> None:
    """From doubt no way leads back to "not sent", from "sent" none at all; a person may call any of them sent."""
    assert SHIPMENT_TRANSITIONS[ShipmentProgress.IN_DOUBT] == {ShipmentProgress.SENT, ShipmentProgress.SENDING}
    assert not any(
        shipment_may_follow(ShipmentProgress.SENT, after)
        for after in ShipmentProgress
        if after != ShipmentProgress.SENT
    )
    assert all(shipment_may_follow(before, ShipmentProgress.SENT) for before in ShipmentProgress)


def test_every_progress_has_its_pace_or_is_an_end() -> None:
    assert set(ShipmentProgress) - set(SHIPMENT_PACES) == {ShipmentProgress.SENT, ShipmentProgress.SKIPPED}

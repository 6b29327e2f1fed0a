"""What people do to a sale in Tryton, and which lines can still be identified afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from erp.tryton.by_hand import LINE, Act, add, alter, copy, delete, move, split
from orderflow.erp.models import SalesOrder
from support.erp_orders import REFERENCE, lines, sales_order
from support.tryton_connector import Connect
from support.tryton_warehouse import press, sale
from tryton import RunningTryton

pytestmark = pytest.mark.tryton


def _annotate(tryton: RunningTryton, ids: list[int]) -> None:
    (line,) = tryton.rpc(f"{LINE}.read", ids[:1], ["note"])
    tryton.rpc(f"{LINE}.write", ids[:1], {"note": f"Mind the step\n{line['note']}\nTwice", "description": "Other"})


@pytest.mark.parametrize("act", [move, copy, split, add, alter, _annotate])
def test_lines_stay_the_shops_lines(connect: Connect, tryton: RunningTryton, act: Act) -> None:
    created = _created(
        connect, lines(("124_STUK", "3", "10.00"), ("8890_STUK", "1", "4.95"), ("124_STUK", "1", "9.00"))
    )
    _as_a_draft(tryton, created, act)
    found = connect().find(REFERENCE)
    assert found is not None
    assert found.line_numbers == created.line_numbers


def test_a_line_that_was_deleted_is_missing_and_no_other_takes_its_place(
    connect: Connect, tryton: RunningTryton
) -> None:
    created = _created(connect, lines("124_STUK", "8890_STUK", "124_STUK"))
    _as_a_draft(tryton, created, lambda tryton, ids: delete(tryton, ids[1:]))
    found = connect().find(REFERENCE)
    assert found is not None
    assert found.line_numbers == {position: created.line_numbers[position] for position in (1, 3)}


def test_sales_of_before_there_were_keys_are_read_by_sequence(connect: Connect, tryton: RunningTryton) -> None:
    created = _created(connect, lines("124_STUK", "8890_STUK"))
    _as_a_draft(tryton, created, lambda tryton, ids: tryton.rpc(f"{LINE}.write", ids, {"note": None}))
    found = connect().find(REFERENCE)
    assert found is not None
    assert found.line_numbers == created.line_numbers


def test_what_a_split_line_sends_off_belongs_to_the_line_that_was_sent(connect: Connect, tryton: RunningTryton) -> None:
    created = _created(connect, lines(("124_STUK", "3", "10.00"), ("8890_STUK", "1", "4.95")))
    _as_a_draft(tryton, created, split)
    assert _sent_off(connect, tryton, created) == [
        (created.line_numbers[1], Decimal(1), "124_STUK"),
        (created.line_numbers[1], Decimal(2), "124_STUK"),
        (created.line_numbers[2], Decimal(1), "8890_STUK"),
    ]


def test_a_packing_slip_is_in_the_unit_that_was_ordered(connect: Connect, tryton: RunningTryton) -> None:
    """The warehouse counts sand by the gram."""
    created = _created(connect, lines(("SAND_KG", "2.5", "1.00")))
    (gram,) = tryton.rpc("model.product.uom.search", [["symbol", "=", "g"]], 0, None, None)

    def weigh(moves: list[int]) -> None:
        tryton.rpc("model.stock.move.write", moves, {"unit": gram, "quantity": 2500.0})

    assert _sent_off(connect, tryton, created, weigh) == [(created.line_numbers[1], Decimal("2.5"), "SAND_KG")]


def test_a_packing_slip_names_the_product_that_really_left(connect: Connect, tryton: RunningTryton) -> None:
    created = _created(connect, lines("124_STUK"))
    (other,) = tryton.rpc("model.product.product.search", [["code", "=", "8890_STUK"]], 0, None, None)

    def swap(moves: list[int]) -> None:
        tryton.rpc("model.stock.move.write", moves, {"product": other})

    assert _sent_off(connect, tryton, created, swap) == [(created.line_numbers[1], Decimal(1), "8890_STUK")]


def test_products_have_the_shops_key_whatever_their_code_is_made_of(connect: Connect, tryton: RunningTryton) -> None:
    """The code is `myorigin-124_STUK` in this Tryton, and the shop knows no such key."""
    (product,) = tryton.rpc("model.product.product.search", [["code", "=", "124_STUK"]], 0, None, None)
    tryton.rpc("model.product.product.write", [product], {"suffix_code": "myorigin-124_STUK"})
    try:
        erp = connect(product_code="{origin}-{key}")
        created = erp.create(sales_order(lines=lines("124_STUK")))
        assert _sent_off(connect, tryton, created, product_code="{origin}-{key}") == [
            (created.line_numbers[1], Decimal(1), "124_STUK")
        ]
    finally:
        tryton.rpc("model.product.product.write", [product], {"suffix_code": "124_STUK"})


def _created(connect: Connect, wanted: list[dict[str, Any]]) -> SalesOrder:
    created: SalesOrder = connect().create(sales_order(lines=wanted))
    return created


def _as_a_draft(tryton: RunningTryton, created: SalesOrder, act: Act) -> None:
    press(tryton, created.number, "draft")
    act(tryton, list(created.line_numbers.values()))
    press(tryton, created.number, "quote")


def _sent_off(
    connect: Connect,
    tryton: RunningTryton,
    created: SalesOrder,
    change: Callable[[list[int]], None] = lambda moves: None,  # noqa: ARG005  # nothing is changed
    **extra: Any,
) -> list[tuple[int, Decimal, str]]:
    """Ship it all, after a change of its moves; return the lines of the packing slip."""
    before = datetime.now(UTC) - timedelta(seconds=1)
    press(tryton, created.number, "confirm", "process")
    read = sale(tryton, [["number", "=", created.number]], "shipments", "moves")
    change(read["moves"])
    for step in ("wait", "assign_force", "pick", "pack", "do"):
        tryton.rpc(f"model.stock.shipment.out.{step}", read["shipments"])
    (slip,) = connect(**extra).deliveries_since(before)
    return sorted((line.line_number, line.quantity, line.product_key) for line in slip.lines)

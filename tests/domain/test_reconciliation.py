"""Comparing one order on two sides: no finding if they agree, and one discrepancy per cause."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.findings import KINDS, FindingKind
from orderflow.domain.people import RecordKey, RecordRef
from orderflow.domain.reconciliation import Discrepancy, ErpOrder, Pair, compare
from orderflow.domain.states import ShopState
from support.orders import line, order

CENT = Decimal("0.01")
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
WRITTEN = {
    "state": ShopState.PROCESSING,
    "erp_order_number": "ERP-1",
    "lines": (line(1, erp_line_number=11), line(2, erp_line_number=21)),
}


def erp(**changes: Any) -> ErpOrder:
    """Return the ERP's side of `orders.order`, in agreement with it unless told otherwise."""
    given = {"number": "ERP-1", "line_numbers": (11, 21), "total": Decimal("40.00"), "currency": "EUR"}
    return ErpOrder.model_validate({**given, **changes})


def pair(*erp_orders: ErpOrder, shop: dict[str, Any] | None = None, **changes: Any) -> Pair:
    return Pair(order=order(**WRITTEN, **(shop or {})), erp_orders=erp_orders, **changes)


def judged(pair: Pair, tolerance: Decimal = CENT) -> list[FindingKind]:
    return [discrepancy.kind for discrepancy in compare(pair, tolerance=tolerance)]


def test_every_kind_says_what_it_means_and_who_fixes_it() -> None:
    assert list(KINDS) == list(FindingKind)
    assert all(text.meaning.endswith(".") and text.action.endswith(".") for text in KINDS.values())


@pytest.mark.parametrize("state", [ShopState.PROCESSING, ShopState.DONE])
def test_sides_that_agree_are_no_finding(state: ShopState) -> None:
    assert judged(Pair(order=order(**{**WRITTEN, "state": state}), erp_orders=(erp(),))) == []


def test_lines_may_stand_in_another_sequence() -> None:
    assert judged(pair(erp(line_numbers=(21, 11)))) == []


@pytest.mark.parametrize("state", [ShopState.DRAFT, ShopState.QUOTATION, ShopState.CANCEL])
def test_an_order_that_is_not_to_be_exported_may_be_missing_in_the_erp(state: ShopState) -> None:
    assert judged(Pair(order=order(state=state), payable=True)) == []


def test_an_order_that_waits_for_its_payment_may_be_missing_in_the_erp() -> None:
    assert judged(Pair(order=order(state=ShopState.CONFIRMED), payable=False)) == []
    assert judged(Pair(order=order(state=ShopState.CONFIRMED), payable=True)) == [FindingKind.NOT_IN_ERP]


@pytest.mark.parametrize("state", [ShopState.CONFIRMED, ShopState.PROCESSING, ShopState.DONE])
def test_what_the_ledger_exported_and_the_erp_does_not_have_is_gone_whatever_the_shop_says(state: ShopState) -> None:
    assert judged(Pair(order=order(state=state), payable=True, exported_as="ERP-1")) == [FindingKind.GONE_FROM_ERP]


def test_a_number_in_the_shop_that_the_erp_does_not_have_is_gone() -> None:
    assert judged(pair()) == [FindingKind.GONE_FROM_ERP]
    assert judged(pair(entered_by_hand=True)) == []


def test_processing_without_number_is_a_finding_whether_the_erp_has_it_or_not() -> None:
    unnumbered = order(**{**WRITTEN, "erp_order_number": None})
    assert judged(Pair(order=unnumbered)) == [FindingKind.NUMBER_MISSING]
    assert judged(Pair(order=unnumbered, erp_orders=(erp(),))) == [FindingKind.NUMBER_MISSING]


@pytest.mark.parametrize("status", ["cancelled", "Canceled", "cancel"])
def test_what_the_erp_has_cancelled_it_does_not_have(status: str) -> None:
    cancelled = erp(status=status)
    assert judged(pair(cancelled)) == [FindingKind.GONE_FROM_ERP]
    assert judged(Pair(order=order(**{**WRITTEN, "state": ShopState.CANCEL}), erp_orders=(cancelled,))) == []
    assert judged(Pair(order=None, erp_orders=(cancelled,))) == []
    assert judged(pair(erp(), erp(number="ERP-2", status=status))) == []


def test_an_order_only_the_erp_has_is_a_finding_and_one_that_nobody_has_is_none() -> None:
    assert judged(Pair(order=None, erp_orders=(erp(),))) == [FindingKind.UNKNOWN_IN_SHOP]
    assert judged(Pair(order=None)) == []


def test_of_two_orders_in_the_erp_the_one_the_shop_shows_is_compared() -> None:
    other = erp(number="ERP-0", total=Decimal("1.00"), line_numbers=(11,))
    (double,) = compare(pair(other, erp()), tolerance=CENT)
    assert (double.kind, double.erp_value) == (FindingKind.DUPLICATE_IN_ERP, "2 orders: ERP-0, ERP-1")


def test_another_number_is_a_finding_and_its_line_numbers_are_not_judged() -> None:
    assert judged(pair(erp(number="ERP-2", line_numbers=(1, 2)))) == [FindingKind.NUMBER_DIFFERS]


@pytest.mark.parametrize("number", [None, 12])
def test_lines_without_the_erps_number_are_named(number: int | None) -> None:
    shop = order(**{**WRITTEN, "lines": (line(1, erp_line_number=11), line(2, erp_line_number=number))})
    (found,) = compare(Pair(order=shop, erp_orders=(erp(),)), tolerance=CENT)
    assert (found.kind, found.detail) == (FindingKind.LINES_MISSING, "lines 2")


def test_a_line_more_makes_one_finding_although_total_and_line_numbers_differ_too() -> None:
    shop = order(**{**WRITTEN, "lines": (*WRITTEN["lines"], line(3))})
    (found,) = compare(Pair(order=shop, erp_orders=(erp(),)), tolerance=CENT)
    assert found == Discrepancy(
        kind=FindingKind.LINE_COUNT_DIFFERS,
        erp_number="ERP-1",
        shop_value="3 lines, 60.00 EUR",
        erp_value="2 lines, 40.00 EUR",
    )


@given(difference=st.decimals(-100, 100, places=4), tolerance=st.decimals(0, 100, places=4))
def test_totals_differ_only_beyond_the_tolerance(difference: Decimal, tolerance: Decimal) -> None:
    expected = [FindingKind.AMOUNT_DIFFERS] if abs(difference) > tolerance else []
    assert judged(pair(erp(total=Decimal("40.00") + difference)), tolerance) == expected


def test_equal_figures_in_another_currency_are_not_the_same_amount() -> None:
    assert judged(pair(erp(currency="USD")), Decimal(1000)) == [FindingKind.AMOUNT_DIFFERS]


def test_an_order_found_by_name_alone_has_no_amount_to_compare() -> None:
    assert judged(pair(erp(total=None, currency=None))) == []


@pytest.mark.parametrize(
    ("state", "shipment_state", "expected"),
    [
        (ShopState.PROCESSING, "none", [FindingKind.OFFLINE_NOT_SENT]),
        (ShopState.DONE, None, [FindingKind.OFFLINE_NOT_SENT]),
        (ShopState.PROCESSING, "sent", []),
        (ShopState.CANCEL, "none", []),
    ],
)
def test_an_offline_order_only_has_to_be_sent(
    state: ShopState, shipment_state: str | None, expected: list[FindingKind]
) -> None:
    shop = order(offline=True, state=state, shipment_state=shipment_state, erp_order_number="ERP-7")
    assert judged(Pair(order=shop, offline=True, payable=True)) == expected


def test_a_pair_changed_when_either_side_did_and_a_clock_that_is_ahead_counts_for_nothing() -> None:
    made, ahead = NOW - timedelta(hours=3), NOW + timedelta(days=1)
    shop = {"confirmed_at": NOW - timedelta(days=1), "modified_at": NOW - timedelta(hours=2)}
    assert pair(erp(created_at=made), shop=shop).changed_at(NOW) == NOW - timedelta(hours=2)
    assert pair(erp(created_at=made), shop={**shop, "modified_at": ahead}).changed_at(NOW) == made
    assert Pair(order=None).changed_at(NOW) is None


A4, A9 = (RecordKey("webshop", key) for key in ("a4", "a9"))


@pytest.mark.parametrize(
    ("sent", "shown", "expected"),
    [
        (RecordRef(4, A4), RecordRef(None, A4), []),
        (RecordRef(4, A4), RecordRef(4), []),
        (RecordRef(4, A4), RecordRef(9, A4), []),  # ids may change, keys never do
        (RecordRef(4, A4), RecordRef(9), [FindingKind.ADDRESS_DIFFERS]),
        (RecordRef(4, A4), RecordRef(None, A9), [FindingKind.ADDRESS_DIFFERS]),
        (RecordRef(None, A4), RecordRef(9), []),  # nobody can tell
        (RecordRef(4, A4), None, []),
        (None, RecordRef(9, A9), []),
    ],
)
def test_an_address_differs_where_both_sides_name_it_alike(
    sent: RecordRef | None, shown: RecordRef | None, expected: list[FindingKind]
) -> None:
    assert judged(pair(erp(ship_to=shown), ship_to=sent)) == expected


def test_what_the_erp_took_back_is_listed_beside_whatever_else_differs() -> None:
    taken_back = erp(corrections=("return 7", "credit note 8"))
    (found,) = compare(pair(taken_back), tolerance=CENT)
    assert (found.kind, found.shop_value, found.erp_value) == (
        FindingKind.CORRECTED_IN_ERP,
        "processing",
        "return 7, credit note 8",
    )
    other = erp(corrections=("return 7",), total=Decimal(1))
    assert judged(pair(other)) == [FindingKind.AMOUNT_DIFFERS, FindingKind.CORRECTED_IN_ERP]
    assert judged(pair(erp(corrections=("return 7",), status="cancelled"))) == [FindingKind.GONE_FROM_ERP]

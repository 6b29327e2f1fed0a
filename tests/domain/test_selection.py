"""Which orders are processed, wait, are held, or are none of our business."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.charges import Unplaced
from orderflow.domain.decision import Action
from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.reasons import Reason
from orderflow.domain.selection import decide
from orderflow.domain.states import ShopState
from orderflow.domain.window import Window
from support.orders import line, order

DAY = Window.of_day("2026-11-22", "Europe/Amsterdam")
KNOWN = ["closed_success", "paid", "account", "closed_canceled", "started", "none"]
NOT_YET = (ShopState.DRAFT, ShopState.QUOTATION)


@pytest.mark.parametrize(
    ("payment_status", "action"),
    [
        ("closed_success", Action.PROCESS),
        ("paid", Action.PROCESS),
        ("account", Action.PROCESS),
        ("closed_canceled", Action.WAIT),
        ("started", Action.WAIT),
        ("none", Action.WAIT),
        ("chargeback", Action.HOLD),
        ("", Action.HOLD),
        (None, Action.HOLD),
        ("PAID", Action.HOLD),
    ],
)
def test_the_payment_table_of_the_vendors_page(payment_status: str | None, action: Action) -> None:
    assert decide(order(payment_status=payment_status), payment_option=True).action is action


def test_none_is_payable_only_in_a_webshop_without_payment_option() -> None:
    assert decide(order(payment_status="none"), payment_option=False).action is Action.PROCESS


@given(status=st.one_of(st.none(), st.text()), payment_option=st.booleans())
def test_a_status_nobody_documented_is_never_exported(status: str | None, payment_option: bool) -> None:  # noqa: FBT001
    decided = decide(order(payment_status=status), payment_option=payment_option)
    if status not in KNOWN:
        assert (decided.action, decided.reason) == (Action.HOLD, Reason.PAYMENT_UNKNOWN)


@given(status=st.one_of(st.none(), st.sampled_from(KNOWN), st.text()), state=st.sampled_from(ShopState))
def test_offline_orders_never_go_to_the_erp(status: str | None, state: ShopState) -> None:
    """They come from there: exporting one would make it twice."""
    decided = decide(order(payment_status=status, state=state, offline=True), payment_option=False)
    reasons = {ShopState.CANCEL: Reason.CANCELLED, **dict.fromkeys(NOT_YET, Reason.NOT_CONFIRMED)}
    action = Action.SKIP if state in reasons else Action.MARK
    assert (decided.action, decided.reason) == (action, reasons.get(state, Reason.OFFLINE))


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ShopState.DRAFT, Reason.NOT_CONFIRMED),
        (ShopState.QUOTATION, Reason.NOT_CONFIRMED),
        (ShopState.DONE, Reason.NOT_CONFIRMED),
        (ShopState.CANCEL, Reason.CANCELLED),
    ],
)
def test_only_confirmed_orders_are_new(state: ShopState | None, reason: Reason) -> None:
    decided = decide(order(state=state), payment_option=True)
    assert (decided.action, decided.reason) == (Action.SKIP, reason)


def test_a_state_that_nobody_documented_holds_the_order() -> None:
    decided = decide(order(state=None, state_text="Confirmed"), payment_option=True)
    assert (decided.action, decided.reason) == (Action.HOLD, Reason.STATE_UNKNOWN)
    assert "'Confirmed'" in decided.detail


def test_a_processing_order_is_taken_up_again_until_the_shop_shows_number_and_every_line_number() -> None:
    half = order(state=ShopState.PROCESSING, erp_order_number="ERP-1", lines=(line(1, erp_line_number=11), line(2)))
    whole = half.model_copy(update={"lines": (line(1, erp_line_number=11), line(2, erp_line_number=21))})
    assert decide(half, payment_option=True).reason is Reason.RESUMED
    assert decide(whole, payment_option=True).reason is Reason.ALREADY_EXPORTED


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"lines": ()}, "order_lines"),
        ({"currency": None}, "currency"),
        ({"customer": None}, "customer"),
        ({"lines": (line(1), line(2, product=None))}, "product key of line 2"),
        ({"lines": (line(1, unit_price=None),)}, "unit price of line 1"),
        ({"lines": (line(1), line(2, quantity=None))}, "quantity of line 2"),
        ({"lines": (line(1), line(2, quantity=Decimal("0.0")))}, "quantity of line 2"),
    ],
)
def test_an_incomplete_order_is_held_and_says_what_is_missing(change: dict[str, Any], named: str) -> None:
    decided = decide(order(**change), payment_option=True)
    assert (decided.action, decided.reason) == (Action.HOLD, Reason.ORDER_INCOMPLETE)
    assert named in decided.detail


def test_an_order_of_unplaced_lines_alone_is_told_which_setting_places_them() -> None:
    unplaced = Unplaced(where="line 1 (bundle)", keys=("bundle",), amount="1 x 9.95")
    decision = decide(order(lines=(), unplaced=(unplaced,)), payment_option=True)
    assert (decision.reason, decision.detail) == (Reason.CHARGE_UNMAPPED, str(unplaced))
    assert decide(order(lines=()), payment_option=True).reason is Reason.ORDER_INCOMPLETE


def test_an_order_of_another_day_is_left_to_its_own_partition() -> None:
    """The API ignores filters it does not know and lists everything."""
    tomorrow = order(confirmed_at=datetime(2026, 11, 22, 23, tzinfo=UTC))
    assert decide(tomorrow, payment_option=True, window=DAY).reason is Reason.OUTSIDE_WINDOW
    assert decide(tomorrow, payment_option=True).action is Action.PROCESS


def test_an_order_without_confirm_date_is_believed_to_be_of_the_day_it_was_listed_for() -> None:
    assert decide(order(confirmed_at=None), payment_option=True, window=DAY).action is Action.PROCESS


def test_every_reason_is_explained() -> None:
    assert set(EXPLAINED) == set(Reason)

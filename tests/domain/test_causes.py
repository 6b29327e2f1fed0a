"""One cause, one line: what varies between orders is not part of it, but what must be fixed is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.attention import attention, is_over
from orderflow.domain.causes import PATIENCE, Matter, cause_of
from orderflow.domain.reasons import SKIPPED, Reason
from orderflow.domain.states import Progress

REJECTED = Reason.ERP_REJECTED
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def title(message: str, *own: str) -> str:
    return cause_of(REJECTED, message, own=own).title


@pytest.mark.parametrize(
    ("message", "own", "expected"),
    [
        ("unknown product NOPE-1", (), "unknown product NOPE-1"),
        ("unknown product 4711", (), "unknown product 4711"),
        ("order 1/CS48193: unknown product A-7", ("1/CS48193", "CS48193"), "order …: unknown product A-7"),
        ("line 3: price 12.50 is not 11.95", (), "line …: price … is not …"),
        ("request 6f1c1a3e-9a57-4c1e-8d25-0f6a3a0cf001 failed", (), "request … failed"),
        ("refused at 2026-11-22T10:11:12.5Z, try 2", (), "refused at …, try …"),
        ("payment_status is 'strange 7'", (), "payment_status is 'strange 7'"),
        ("webshop 7 is not in the settings", (), "webshop 7 is not in the settings"),
        ("shop: GET /api/order/20001/ answered 403: no", ("20001",), "shop: GET /api/order/…/ answered 403: no"),
        ("CS1 and CS12 differ", ("CS1",), "… and CS12 differ"),
    ],
)
def test_a_cause_keeps_what_has_to_be_mended_alone(message: str, own: tuple[str, ...], expected: str) -> None:
    assert title(message, *own) == expected


@given(st.integers(1_000, 10**9), st.integers(1_000, 10**9), st.sampled_from(["NOPE-1", "A 1", "<!channel>", "7", "é"]))
def test_orders_that_lack_one_product_have_one_cause(one: int, other: int, product: str) -> None:
    def of(number: int) -> str:
        message = f"order CS{number} (id {number}), line {number % 7}: unknown product '{product}'"
        return cause_of(REJECTED, message, own=(f"CS{number}", str(number))).id

    assert of(one) == of(other)
    assert of(one) != cause_of(REJECTED, f"order CS1 (id 1), line 1: unknown product '{product}x'", own=("CS1",)).id


def test_an_outage_has_patience_and_one_cause_whatever_it_says() -> None:
    one, other = (cause_of(Reason.ERP_UNAVAILABLE, text) for text in ("timed out after 20 s", "503"))
    assert one == other
    assert one.patience == PATIENCE
    assert cause_of(REJECTED, "no").patience == timedelta()


def test_who_was_told_of_a_cause_knows_of_the_next_order_only_where_one_fix_mends_all() -> None:
    def matter(reason: Reason, order_id: int | None = None) -> Matter:
        return Matter(cause_of(reason, "x").id, reason, order_id, NOON)

    assert matter(REJECTED, 1).is_known_by(matter(REJECTED, 2))
    assert not matter(Reason.PAYMENT_UNKNOWN, 1).is_known_by(matter(Reason.PAYMENT_UNKNOWN, 2))
    assert not matter(REJECTED, 1).is_known_by(matter(Reason.ERP_REFUSED, 1))
    assert matter(Reason.SIDES_DIFFER, 1).is_known_by(matter(Reason.EDITED_AFTER_EXPORT, 1))
    assert not matter(Reason.SIDES_DIFFER).is_known_by(matter(Reason.EDITED_AFTER_EXPORT))


@pytest.mark.parametrize("reason", [Reason.ERP_IN_DOUBT, Reason.MESSAGE_IN_DOUBT])
@pytest.mark.parametrize(("hours", "is_known"), [(0, True), (3, True), (4, False), (30, False)])
def test_a_doubt_that_begins_soon_after_a_known_one_belongs_to_the_same_incident(
    reason: Reason, hours: int, *, is_known: bool
) -> None:
    first = Matter(cause_of(reason, "timed out").id, reason, 1, NOON)
    later = Matter(cause_of(reason, "503").id, reason, 2, NOON + timedelta(hours=hours))
    assert later.is_known_by(first) is is_known


@pytest.mark.parametrize("progress", Progress)
def test_an_order_without_a_reason_needs_nobody(progress: Progress) -> None:
    assert attention(progress, None) is None


def test_held_and_failed_orders_need_a_person_and_waiting_ones_do_not() -> None:
    assert attention(Progress.HELD, Reason.PAYMENT_UNKNOWN) is Reason.PAYMENT_UNKNOWN
    assert attention(Progress.WRITTEN_BACK, Reason.EDITED_AFTER_EXPORT) is Reason.EDITED_AFTER_EXPORT
    assert attention(Progress.WAITING, Reason.NOT_PAID) is None
    assert attention(Progress.WAITING, Reason.WEBSHOP_UNKNOWN) is Reason.WEBSHOP_UNKNOWN
    assert {attention(Progress.SKIPPED, reason) for reason in SKIPPED} == {None}
    assert attention(Progress.SKIPPED, Reason.SHOP_REFUSED) is Reason.SHOP_REFUSED


def test_a_try_that_has_only_begun_ends_no_alert() -> None:
    assert not is_over(REJECTED, Progress.READY)
    assert not is_over(REJECTED, Progress.PUSHING)
    assert is_over(REJECTED, Progress.PUSHED)
    assert not is_over(Reason.WRITEBACK_IGNORED, Progress.PUSHED)
    assert is_over(Reason.WRITEBACK_IGNORED, Progress.WRITTEN_BACK)

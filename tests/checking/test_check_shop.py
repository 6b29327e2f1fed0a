"""Every manner of the sandbox that shows without writing, checked against the assumptions it affects."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orderflow.checking.assumptions import ASSUMPTIONS
from orderflow.checking.check import JUDGED, TIMES
from orderflow.checking.proposals import as_setting
from orderflow.checking.verdict import CheckOutcome
from orderflow.errors import OrderflowError
from orderflow.settings import Settings
from orderflow.transport import FixedAuthorization
from sandbox.config import TODAYS_ERP, Config
from sandbox.control import SandboxControl
from sandbox.manners.table import MANNERS as KNOWN_MANNERS
from support.checks import AT_ONCE, Check

DAY = "2026-11-22"
HOLDS, FAILS, UNSEEN = CheckOutcome
USUAL: dict[str, CheckOutcome] = {
    **{one.id: UNSEEN if one.no_check else HOLDS for one in ASSUMPTIONS},
    "encrypted": UNSEEN,  # the sandbox is on this machine
    "page_size": UNSEEN,  # the sandbox has fewer orders than fill a page
    "time_zone": UNSEEN,  # and none that was changed within the hour
    "fields_read": FAILS,
    "payment_known": FAILS,  # `chargeback`
    "webshops_set": FAILS,  # webshop 2
    "origins": FAILS,  # not set
    "erp_answers": UNSEEN,  # the ERP has no order yet
    **dict.fromkeys(("erp_rights", "erp_identifiers", "erp_products", "erp_units", "erp_taxes"), UNSEEN),  # Tryton's
}
"""What is seen of a well-behaved sandbox with a day of orders and default settings."""
MANNERS: dict[str, dict[str, CheckOutcome]] = {
    # seen when lists are read
    "rows_shuffled": {"row_order": FAILS},
    "next_empty_text": {"next": FAILS},
    "next_ends_early": {"next": FAILS},
    "next_never_ends": {"next": FAILS},
    "next_relative": {"next": FAILS},
    "empty_page": {"pages_filled": FAILS, "next": HOLDS},
    "count_too_high": {"count": FAILS},
    "count_null": {"count": FAILS},
    # seen when orders are read
    "lines_shuffled": {"line_order": FAILS},
    "lines_newest_first": {"line_order": HOLDS},
    "times_with_offset": {"times_naive": FAILS},
    "times_in_utc": {"times_naive": FAILS},
    "times_without_fraction": {},
    "nulls_left_out": {"nulls_shown": FAILS},
    "decimals_as_text": {"numbers": HOLDS},
    "decimals_as_numbers": {"numbers": HOLDS},
    "decimals_longer": {"numbers": HOLDS},
    # seen on the wire
    "html_errors": {"errors": FAILS},
    "latin1": {"json": FAILS, "payment_known": HOLDS, "webshops_set": HOLDS},  # their orders cannot be read
    "byte_order_mark": {"json": HOLDS},
    "gzip": {"json": HOLDS},
    # seen when something is written only: nothing differs
    "lines_recreated": {},
    "texts_trimmed": {},
    "answers_partial": {},
    "answers_old": {},
    "lines_reversed_on_put": {},
    "decimals_rescaled_on_write": {},
    "answers_empty": {},
    "answers_no_content": {},
    "unknown_fields_refused": {},
    "read_only_refused": {},
    # orders that change while they are read
    "renamed_after_read": {},
    "moved_after_read": {},
    "drafted_after_read": {"filters_on_one": UNSEEN},
    "cancelled_after_read": {},
    "reference_repeated": {"references": FAILS},
    "numbers_restarted": {},
    # limits that a check does not meet
    "throttled_per_hour": {},
    "no_retry_after": {},
}
OTHERWISE = {"throttled_per_second", "throttled_per_minute", "utf16", "gzip_bomb", "trickling"}
"""Manners that end calls, wherever they happen to be: below, each with what has to be said."""

SWITCHES: list[tuple[dict[str, Any], dict[str, CheckOutcome]]] = [
    ({"max_limit": 20}, {"page_size": FAILS}),
    ({"next_origin": "http://elsewhere.example"}, {"next": FAILS}),
    ({"token_ttl": 20}, {"token": FAILS}),
    ({"hidden_fields": ["confirm_date"]}, {"confirm_date_shown": FAILS}),
    ({"hidden_fields": ["offline"]}, {"offline_shown": FAILS}),
    (
        {"hidden_fields": ["payment_status", "webshop"]},
        {"fields_needed": FAILS, "payment_known": UNSEEN, "webshops_set": UNSEEN, "references": UNSEEN},
    ),
    *(
        ({"unknown_filters": names}, {assumption: FAILS})
        for assumption, names in (
            ("filter_confirm_date_from", ["confirm_date__gte"]),
            ("filter_confirm_date_to", ["confirm_date__lte"]),
            ("filter_modified_date_from", ["modified_date__gte"]),
            ("filter_offline", ["offline"]),
            ("filter_reference", ["reference"]),
            ("filter_erp_order_number", ["erp_order_number"]),
            ("filter_webshop", ["webshop"]),
        )
    ),
    ({"unknown_filters": ["state"]}, {"filter_state": FAILS, "filters_on_one": FAILS}),
    (TODAYS_ERP, {"erp_identity": FAILS}),
]


def _touched(check: Check, touched: Mapping[str, CheckOutcome]) -> None:
    found = {name: verdict.outcome for name, verdict in check().verdicts.items()}
    assert found == {**USUAL, **touched}


@pytest.mark.parametrize("manner", MANNERS)
def test_each_manner_touches_the_assumptions_that_it_should(manner: str, check: Check, control: SandboxControl) -> None:
    control.reset(day=DAY, count=40, manners=[manner])
    _touched(check, MANNERS[manner])
    _nothing_was_written(control)


@pytest.mark.parametrize(("switches", "touched"), SWITCHES, ids="-".join)
def test_each_switch_touches_the_assumptions_that_it_should(
    switches: dict[str, Any], touched: dict[str, CheckOutcome], check: Check, control: SandboxControl
) -> None:
    control.reset(day=DAY, count=40, **switches)
    _touched(check, touched)
    _nothing_was_written(control)


def test_every_manner_of_the_sandbox_is_checked() -> None:
    assert set(MANNERS) | OTHERWISE == set(KNOWN_MANNERS)


@pytest.mark.parametrize("manner", ["throttled_per_second", "throttled_per_minute"])
def test_a_shop_that_limits_calls_is_told_and_shows_no_other_fault(
    manner: str, check: Check, control: SandboxControl
) -> None:
    control.reset(day=DAY, count=40, manners=[manner])
    checked = check()
    assert checked.verdicts["limits"].outcome is FAILS
    wrong = {name for name, verdict in checked.verdicts.items() if verdict.outcome is FAILS}
    assert wrong - {"limits"} <= {name for name, outcome in USUAL.items() if outcome is FAILS}
    _nothing_was_written(control)


@pytest.mark.parametrize(
    ("manner", "times", "deadline"), [("gzip_bomb", 1, 60), ("trickling", AT_ONCE.attempts + 1, 1)]
)
def test_answers_without_an_end_are_named(
    manner: str, times: int, deadline: float, check: Check, control: SandboxControl
) -> None:
    control.reset(day=DAY, count=10, bomb_megabytes=64, trickle_seconds=0.5)
    control.fault("behave", service="shop", manners=[manner], times=times, skip=6)
    checked = check(deadline=deadline)
    assert checked.verdicts["json"].outcome is FAILS
    assert checked.verdicts["filter_state"].outcome is HOLDS


@pytest.mark.parametrize("seconds", [2, 8, 60])
def test_a_slow_shop_gets_a_table_in_time_and_nothing_is_guessed(
    seconds: int, check: Check, control: SandboxControl
) -> None:
    """Every look at the clock finds it later by so much."""
    control.reset(day=DAY, count=40)
    now = datetime.now(UTC)
    ticks = count()
    checked = check(now=lambda: now + timedelta(seconds=seconds * next(ticks)))
    assert checked.calls <= 40 / seconds + 1
    assert checked.verdicts["limits"].outcome is FAILS
    assert "the time of this check was over" in checked.verdicts["limits"].seen
    wrong = {name for name, verdict in checked.verdicts.items() if verdict.outcome is FAILS and verdict.todo}
    assert wrong <= {"limits", "webshops_set", "clocks", "erp_clock"}
    assert "erp_lookup" not in checked.needs_a_person


def _real() -> datetime:
    return datetime.now(UTC)


def test_an_erp_that_hangs_is_named_in_time_and_is_blamed_for_nothing_else(
    check: Check, control: SandboxControl
) -> None:
    """It would be silent for a minute and more, and its questions are repeated."""
    control.reset(day=DAY, count=2)
    control.fault("delay", service="erp", path="/deliveries", seconds=600, times=0)
    checked = check(now=_real, times=TIMES._replace(erp=timedelta(seconds=4)))
    assert "erp_deliveries" in checked.needs_a_person
    assert "no complete answer within" in checked.verdicts["erp_deliveries"].seen
    others = {name: one for name, one in checked.verdicts.items() if name in ("erp_lookup", "erp_resend", "erp_clock")}
    assert {one.seen for one in others.values()} == {"not asked: the time of this check was over"}
    assert {one.outcome for one in others.values()} == {UNSEEN}


def test_a_shop_that_hangs_gets_a_table_in_time_and_one_that_never_answers_an_error(
    check: Check, control: SandboxControl
) -> None:
    control.reset(day=DAY, count=2)
    control.fault("delay", service="shop", seconds=600, times=0, skip=1)
    checked = check(now=_real, times=TIMES._replace(shop=timedelta(seconds=6)))
    assert "the time of this check was over" in checked.verdicts["limits"].seen
    assert checked.verdicts["json"].outcome is FAILS
    assert checked.verdicts["erp_lookup"].outcome is HOLDS
    control.reset(day=DAY, count=2)
    control.fault("delay", service="shop", seconds=600, times=0)
    with pytest.raises(OrderflowError, match="no complete answer within"):
        check(now=_real, times=TIMES._replace(shop=timedelta(seconds=1)))


def _nothing_was_written(control: SandboxControl) -> None:
    calls = [call for call in control.journal() if call["service"] != "token"]
    assert {call["service"] for call in calls} == {"shop", "erp"}
    assert {call["method"] for call in calls} == {"GET"}


def test_a_well_behaved_shop_is_as_assumed(check: Check, control: SandboxControl) -> None:
    control.reset(day=DAY, count=40)
    _touched(check, {})
    _nothing_was_written(control)


def test_every_assumption_is_judged_or_says_why_not() -> None:
    assert {one.id for one in ASSUMPTIONS if one.check} == JUDGED
    assert len({one.id for one in ASSUMPTIONS}) == len(ASSUMPTIONS)


@pytest.mark.usefixtures("control")
def test_a_shop_without_orders_shows_nothing_wrong(check: Check) -> None:
    checked = check()
    assert checked.needs_a_person == []
    assert checked.verdicts["filter_offline"].outcome is UNSEEN
    assert checked.proposals == []


@pytest.mark.parametrize(
    ("written_in", "setting", "outcome"),
    [
        ("Europe/Amsterdam", "Europe/Amsterdam", HOLDS),
        ("Europe/Amsterdam", "UTC", FAILS),
        ("UTC", "Europe/Amsterdam", UNSEEN),  # it may as well be an hour old
        ("UTC", "America/New_York", FAILS),
        ("Asia/Tokyo", "Europe/Amsterdam", FAILS),
    ],
)
def test_a_time_in_the_future_shows_that_the_zone_is_wrong(
    written_in: str, setting: str, outcome: CheckOutcome, check: Check, control: SandboxControl
) -> None:
    now = datetime.now(ZoneInfo(written_in)).replace(tzinfo=None) - timedelta(minutes=1)
    control.add_orders({"confirm_date": now.isoformat(), "payment_status": "paid"})
    assert check(api_timezone=setting).verdicts["time_zone"].outcome is outcome


def test_settings_are_proposed_that_can_be_pasted(check: Check, control: SandboxControl) -> None:
    control.reset(day=DAY, count=40, parts=["charges"], max_limit=20)
    control.add_orders({"webshop": 7, "payment_status": "paid"}, {"webshop": 8, "payment_status": "none"})
    checked = check()
    proposed = as_setting(checked.proposals)
    assert proposed["webshops"]["7"] == {"payment_option": True}
    assert proposed["webshops"]["8"] == {"payment_option": False}
    assert "not_before" in proposed
    assert proposed["limits"] == {"page_size": 20}
    assert proposed["charges"]["shipment_cost"] == "charge"
    assert all(proposal.reason for proposal in checked.proposals)
    Settings.parse(proposed)

    again = check(**proposed)
    assert as_setting(again.proposals).keys() <= {"charges", "webshops"}, "only what a larger sample shows"
    assert {"page_size", "origins"}.isdisjoint(again.needs_a_person)


def test_two_orders_of_one_name_are_found_in_one_webshop_and_none_without_a_name(
    check: Check, control: SandboxControl
) -> None:
    orders = [{"reference": "CS1", "webshop": webshop, "payment_status": "paid"} for webshop in (1, 2)]
    control.add_orders(*orders)
    assert check().verdicts["references"].outcome is HOLDS
    control.add_orders(orders[0])
    verdict = check().verdicts["references"]
    assert (verdict.outcome, verdict.seen) == (FAILS, "several orders of one webshop have the reference 1/CS1")
    control.reset()
    control.add_orders({"reference": "", "payment_status": "paid"})
    assert check().verdicts["references"].outcome is FAILS


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"action": "status", "service": "token", "status": 401}, "401"),
        ({"action": "status", "service": "shop", "status": 403}, "403"),
    ],
)
def test_a_shop_that_cannot_be_read_at_all_is_one_clear_error(
    fault: dict[str, Any], said: str, check: Check, control: SandboxControl
) -> None:
    control.reset(day=DAY, count=10)
    control.fault(**fault, times=0)
    with pytest.raises(OrderflowError, match=said):
        check()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 500}, "some were refused: "),
        ({"status": 302}, "some were refused: "),
        ({"status": 200, "answer": {"results": None}}, "lists are no object with `results`"),
    ],
)
def test_a_shop_of_which_nothing_can_be_read_is_not_as_assumed(
    answer: dict[str, Any], said: str, check: Check, control: SandboxControl
) -> None:
    control.reset(day=DAY, count=3)
    control.fault("status", service="shop", **answer, times=0, skip=1)
    verdict = check().verdicts["readable"]
    assert (verdict.outcome, said in verdict.seen, bool(verdict.todo)) == (FAILS, True, True)


def test_answers_in_another_encoding_are_named_and_nothing_is_guessed_from_them(
    check: Check, control: SandboxControl
) -> None:
    control.reset(day=DAY, count=10)
    control.fault("behave", service="shop", manners=["utf16"], times=0)
    checked = check()
    assert checked.needs_a_person == ["json"]
    assert "UTF-8" in checked.verdicts["json"].seen
    assert {checked.verdicts[name].outcome for name in ("count", "filter_state", "payment_known")} == {UNSEEN}


def test_a_fixed_token_is_named_as_the_old_way(check: Check, control: SandboxControl) -> None:
    control.reset(day=DAY, count=10)
    verdict = check(FixedAuthorization("Token", str(Config().legacy_token))).verdicts["token"]
    assert verdict.outcome is FAILS
    assert "token_url" in verdict.todo


def test_an_erp_that_answers_nothing_is_named_and_hides_nothing_of_the_shop(
    check: Check, control: SandboxControl
) -> None:
    control.reset(day=DAY, count=10)
    control.fault("status", service="erp", path="/deliveries", status=403, times=0)
    checked = check()
    assert [name for name in checked.needs_a_person if name.startswith("erp_")] == ["erp_deliveries"]
    assert checked.verdicts["filter_state"].outcome is HOLDS

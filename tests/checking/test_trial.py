"""Writes tried on one order of the sandbox: what each manner reveals, and what remains of the order."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
import requests

from orderflow.checking.assumptions import ASSUMPTIONS
from orderflow.checking.check import TRIED
from orderflow.checking.judging_writes import OF_WRITES
from orderflow.checking.rehearsal import refuse_live
from orderflow.checking.trial import OrderTrial
from orderflow.checking.tried import Tried
from orderflow.checking.verdict import CheckOutcome, CheckResult
from orderflow.cloudsuite.auth import ClientCredentials, Credentials
from orderflow.cloudsuite.client import SHOP
from orderflow.errors import ConfigurationError, OrderflowError, PermanentError
from orderflow.transport import Bounds, Channel, FixedAuthorization, RetryPolicy
from sandbox.config import Config
from sandbox.control import SandboxControl
from sandbox.manners.table import MANNERS
from sandbox.server import RunningSandbox

HOLDS, FAILS, UNSEEN = CheckOutcome
ORDER = {
    "reference": "CS48193",
    "confirm_date": "2026-11-22T12:00:00",
    "description": " leave at the door ",
    "customer_order_number": "PO-9",
    "order_lines": [
        {"quantity": "1.5", "unit_price": "10.00", "product": {"origin": "x", "key": key}} for key in "ABCDEFGH"
    ],
}
Trial = Callable[[int], Tried]

NEW_IDS = "lines had the ids"
TEXT, NUMBERS = "`description` has its value", "`order_lines.{}` has its value"
REORDERED = "lines come in another sequence"
USUAL: dict[str, CheckOutcome] = {**dict.fromkeys(TRIED - {"messages"}, HOLDS), "messages": UNSEEN}
SHOPS: dict[str, tuple[dict[str, Any], dict[str, CheckOutcome], tuple[str, ...]]] = {
    "well behaved": ({}, {}, ()),
    **{
        manner: ({"manners": [manner]}, touched, left)
        for manner, touched, left in (
            ("lines_recreated", {"put_keeps_lines": FAILS}, (NEW_IDS,)),
            ("lines_reversed_on_put", {"put_keeps_order": FAILS}, (REORDERED,)),
            ("lines_newest_first", {}, ()),
            ("lines_shuffled", {"put_keeps_order": UNSEEN}, ()),
            ("texts_trimmed", {"values_kept": FAILS}, (TEXT,)),
            (
                "decimals_rescaled_on_write",
                {"values_kept": FAILS},
                (NUMBERS.format("quantity"), NUMBERS.format("unit_price"), "`paid_amount` has its value"),
            ),
            ("answers_partial", {"patch_answers": FAILS}, ()),
            ("answers_empty", {"patch_answers": FAILS}, ()),
            ("answers_no_content", {"patch_answers": FAILS}, ()),
            ("answers_old", {"patch_answers": FAILS}, ()),
            ("unknown_fields_refused", {"unknown_ignored": FAILS}, ()),
            (
                "read_only_refused",
                {
                    "put_as_read": FAILS,
                    **dict.fromkeys(("values_kept", "put_keeps_lines", "put_keeps_order", "line_numbers_kept"), UNSEEN),
                },
                (),
            ),
            *(
                (manner, {}, ())
                for manner in (
                    "decimals_as_text",
                    "decimals_as_numbers",
                    "decimals_longer",
                    "times_with_offset",
                    "times_in_utc",
                    "times_without_fraction",
                    "nulls_left_out",
                    "html_errors",
                    "gzip",
                    "byte_order_mark",
                    "latin1",
                    "throttled_per_hour",
                    "no_retry_after",
                )
            ),
        )
    },
    "ignores the condition": ({"unknown_filters": ["state"]}, {"writes_conditional": FAILS}, ()),
    "strict about states": ({"strict_states": True}, {}, ("`state` was confirmed and is processing",)),
}


CHANGES = ("renamed_after_read", "moved_after_read", "drafted_after_read", "cancelled_after_read")
"""The order is changed by somebody else: its own test."""
UNREADABLE = ("utf16", "gzip_bomb", "trickling")
"""The trial does not even begin: its own test."""
ELSEWHERE = {
    *("rows_shuffled", "next_empty_text", "next_ends_early", "next_never_ends", "next_relative", "empty_page"),
    *("count_too_high", "count_null", "reference_repeated", "numbers_restarted"),  # lists, and new orders
    *("throttled_per_second", "throttled_per_minute"),  # the pauses are the channel's, and skipped here
}


def _channel(sandbox: RunningSandbox, **changes: Any) -> Channel:
    authorize = FixedAuthorization("Token", str(Config().legacy_token))
    given = {"service": SHOP, "authorize": authorize, "policy": RetryPolicy(sleep=lambda _: None), **changes}
    return Channel(requests.Session(), sandbox.url, **given)


@pytest.fixture
def channel(sandbox: RunningSandbox) -> Channel:
    return _channel(sandbox)


@pytest.fixture
def impatient(sandbox: RunningSandbox) -> Channel:
    return _channel(sandbox, policy=RetryPolicy(attempts=1), bounds=Bounds(seconds=1, bytes=1_000_000))


@pytest.fixture
def trial(channel: Channel) -> Trial:
    return lambda order_id: OrderTrial(channel, order_id).run()


def _judged(tried: Tried) -> dict[str, CheckResult]:
    return {name: judge(tried) for name, judge in OF_WRITES.items()}


@pytest.mark.parametrize("shop", SHOPS)
def test_each_shop_is_judged_as_it_is_and_its_order_put_back(
    shop: str, trial: Trial, channel: Channel, control: SandboxControl
) -> None:
    switches, touched, left = SHOPS[shop]
    control.reset(**switches)
    (order_id,) = control.add_orders(ORDER)
    before = _shown(channel, order_id)
    tried = trial(order_id)
    assert {name: verdict.outcome for name, verdict in _judged(tried).items()} == {**USUAL, **touched}
    assert len(tried.left) == len(left)
    assert all(said.startswith(begins) for said, begins in zip(tried.left, left, strict=True)), tried.left
    assert (_shown(channel, order_id) == before) is not bool(left)


def _shown(channel: Channel, order_id: int) -> dict[str, Any]:
    order = channel.call("GET", f"/api/order/{order_id}/", retry=True).json_object()
    by_id = sorted(order["order_lines"], key=lambda line: str(line["id"]))
    ids = [line["id"] for line in order["order_lines"]]
    is_shuffled = ids not in (sorted(ids), sorted(ids, reverse=True))
    return {**order, "modified_date": None, **({"order_lines": by_id} if is_shuffled else {})}


def test_every_manner_of_the_sandbox_is_tried_or_touches_no_single_order() -> None:
    assert {*SHOPS, *CHANGES, *UNREADABLE, *ELSEWHERE} >= set(MANNERS)
    assert (set(CHANGES) | set(UNREADABLE) | ELSEWHERE) <= set(MANNERS)


@pytest.mark.parametrize("manner", CHANGES)
def test_what_somebody_else_has_just_changed_stays(manner: str, trial: Trial, control: SandboxControl) -> None:
    control.reset(manners=[manner])
    (order_id,) = control.add_orders(ORDER)
    before = control.order(order_id)
    tried = trial(order_id)
    after = control.order(order_id)
    assert (tried.problem, tried.left) == ("", ())
    assert {name for name in before if before[name] != after[name]} & {"state", "reference", "webshop"}
    assert after["erp_order_number"] == before["erp_order_number"]


@pytest.mark.parametrize("manner", UNREADABLE)
def test_an_order_that_cannot_be_read_is_not_written(manner: str, impatient: Channel, control: SandboxControl) -> None:
    control.reset(manners=[manner], bomb_megabytes=4)
    (order_id,) = control.add_orders(ORDER)
    with pytest.raises(OrderflowError):
        OrderTrial(impatient, order_id).run()
    assert {call["method"] for call in control.journal(service="shop")} == {"GET"}


def test_every_assumption_about_writes_has_a_judge_and_says_how_it_is_tried() -> None:
    assert {one.id for one in ASSUMPTIONS if one.trial} == TRIED
    assert all(one.no_check for one in ASSUMPTIONS if one.trial)


FAULTS: list[tuple[dict[str, Any], dict[str, tuple[CheckOutcome, str]]]] = [
    (
        {"action": "ignore_fields", "fields": ["customer_order_number"], "method": "PATCH"},
        {"patch_kept": (FAILS, "customer_order_number not kept, status 200")},
    ),
    (
        {"action": "ignore_fields", "fields": ["order_lines.erp_line_number"], "method": "PUT"},
        {"line_numbers_kept": (FAILS, "8 of 8 numbers not kept")},
    ),
    (
        {"action": "status", "status": 400, "answer": {"key": ["This field may not be null."]}, "method": "PUT"},
        {"put_as_read": (FAILS, "refused with 400: key (null)"), "line_numbers_kept": (UNSEEN, "")},
    ),
    (
        {"action": "status", "status": 400, "answer": {"state": ["No."]}, "body": "processing"},
        {"state_moves": (FAILS, "it stays confirmed: 400: state")},
    ),
    (
        {"action": "status", "status": 403, "body": "ORDERFLOW-CHECK-1"},
        {"patch_kept": (HOLDS, ""), "writes_conditional": (HOLDS, "status 403, and nothing was written")},
    ),
]


@pytest.mark.parametrize(("fault", "expected"), FAULTS)
def test_what_a_shop_refuses_or_does_not_keep_is_named(
    fault: dict[str, Any],
    expected: dict[str, tuple[CheckOutcome, str]],
    trial: Trial,
    channel: Channel,
    control: SandboxControl,
) -> None:
    (order_id,) = control.add_orders(ORDER)
    before = _shown(channel, order_id)
    control.fault(**fault, service="shop", times=0)
    tried = trial(order_id)
    verdicts = _judged(tried)
    assert {name: verdicts[name].outcome for name in expected} == {name: one[0] for name, one in expected.items()}
    assert all(said in verdicts[name].seen for name, (_, said) in expected.items())
    assert (tried.left, _shown(channel, order_id)) == ((), before)


@pytest.mark.parametrize("action", ["reset_before_commit", "reset_after_commit"])
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_trial_that_ends_early_puts_back_what_it_wrote(
    method: str, action: str, trial: Trial, channel: Channel, control: SandboxControl
) -> None:
    (order_id,) = control.add_orders(ORDER)
    before = _shown(channel, order_id)
    control.fault(action, service="shop", method=method, times=1, skip=1)
    tried = trial(order_id)
    assert tried.problem
    assert _judged(tried)["state_moves"].outcome is UNSEEN
    assert _shown(channel, order_id) == before
    assert ["may still arrive" in said for said in tried.left] == [True] * (action == "reset_before_commit")


@pytest.mark.parametrize("writes", range(7))
def test_a_trial_that_is_stopped_puts_back_what_it_wrote(
    writes: int, channel: Channel, control: SandboxControl
) -> None:
    (order_id,) = control.add_orders(ORDER)
    before = _shown(channel, order_id)
    asked = count()
    tried = OrderTrial(channel, order_id, lambda: next(asked) >= writes).run()
    assert (tried.problem, len(tried.writes) >= writes) == ("interrupted", True)
    assert (tried.left, _shown(channel, order_id)) == ((), before)


def test_a_write_that_arrives_late_was_named_as_one_that_may(sandbox: RunningSandbox, control: SandboxControl) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.fault("hang_then_commit", service="shop", method="PATCH", seconds=600, skip=1, times=1)
    tried = OrderTrial(_channel(sandbox, bounds=Bounds(seconds=5)), order_id).run()
    assert control.order(order_id)["erp_order_number"] is None
    control.release()
    assert tried.left == (
        "a write (patch) had no answer and may still arrive: look at the order again in a few minutes",
    )


def test_an_order_that_cannot_be_put_back_is_named_with_what_it_was(trial: Trial, control: SandboxControl) -> None:
    (order_id,) = control.add_orders(ORDER)
    control.fault("status", service="shop", status=503, times=0, skip=5)
    tried = trial(order_id)
    assert "see to it by hand" in tried.left[0]
    assert "`state` was confirmed, `erp_order_number` was None, `customer_order_number` was PO-9" in tried.left[0]


@pytest.mark.parametrize("state", ["draft", "processing", "done"])
def test_an_order_that_is_not_confirmed_keeps_its_state(
    state: str, trial: Trial, channel: Channel, control: SandboxControl
) -> None:
    (order_id,) = control.add_orders({**ORDER, "state": state, "order_lines": []})
    before = _shown(channel, order_id)
    tried = trial(order_id)
    verdicts = _judged(tried)
    assert verdicts["state_moves"].seen == f"the order is {state}: name a confirmed one"
    assert verdicts["put_keeps_lines"].outcome is verdicts["line_numbers_kept"].outcome is UNSEEN
    assert (tried.left, _shown(channel, order_id)) == ((), before)


def test_an_order_that_does_not_exist_is_one_clear_error(trial: Trial, control: SandboxControl) -> None:
    with pytest.raises(PermanentError):
        trial(123)
    assert {call["method"] for call in control.journal(service="shop")} == {"GET"}


@pytest.mark.parametrize(
    ("host", "is_test"),
    [
        ("https://test-api.cloudsuite.io", True),
        ("https://test.cloudsuite.io", True),
        ("http://127.0.0.1:8090", True),
        ("http://[::1]:8090", True),
        ("http://localhost:8090", True),
        ("https://shop.sandbox.example", True),
        ("https://api.cloudsuite.io", False),
        ("https://API.CloudSuite.io", False),
        ("https://latest.example", False),
        ("https://api.cloudsuite.io/test", False),
        ("https://test@api.cloudsuite.io", False),
        ("https://10.0.0.1", False),
        ("", False),
    ],
)
@pytest.mark.parametrize(("realm", "is_test_realm"), [("CloudSuite-test", True), ("CloudSuite", False)])
def test_writes_are_tried_where_host_and_realm_are_of_a_test(
    *, host: str, is_test: bool, realm: str, is_test_realm: bool
) -> None:
    token_url = f"https://id.cloudsuite.io/realms/{realm}/protocol/openid-connect/token"
    authorize = ClientCredentials(requests.Session(), Credentials(token_url, "id", "secret"))
    shop = Channel(requests.Session(), host, service=SHOP, authorize=authorize)
    if is_test and is_test_realm:
        refuse_live(shop)
    else:
        with pytest.raises(ConfigurationError, match="test environment only"):
            refuse_live(shop)

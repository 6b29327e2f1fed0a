"""The channel against a real server: what is repeated, how often, and after which pauses."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError
from orderflow.transport import UnavailableError
from sandbox.control import SandboxControl
from support.calls import Channels, calls


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT"])
@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 500, "html": "<title>Server Error (500)</title>"},
        {"action": "status", "status": 503},
        {"action": "status", "status": 520, "html": "<title>edge fault</title>"},
        {"action": "status", "status": 408},
        {"action": "status", "status": 429},
        {"action": "reset_before_commit"},
        {"action": "reset_after_commit"},
        {"action": "truncated_body"},
    ],
    ids=lambda fault: f"{fault['action']}-{fault.get('status', '')}",
)
def test_a_passing_fault_is_repeated_away(
    control: SandboxControl, channels: Channels, order_id: int, method: str, fault: dict[str, Any]
) -> None:
    document = control.order(order_id)
    control.faults([{**fault, "times": 2}])
    answer = channels().call(method, f"/api/order/{order_id}/", json=document if method != "GET" else None, retry=True)
    assert answer.json()["id"] == order_id
    assert len(calls(control)) == 3


def test_it_gives_up_after_four_attempts_and_lets_the_last_failure_through(
    control: SandboxControl, channels: Channels, pauses: list[float]
) -> None:
    control.fault("status", status=503, times=0)
    with pytest.raises(UnavailableError) as caught:
        channels().call("GET", "/api/order/", retry=True)
    assert len(calls(control)) == 4
    assert len(pauses) == 3
    assert caught.value.reason is Reason.SHOP_UNAVAILABLE
    assert caught.value.exchange is not None
    assert caught.value.exchange.status == 503


def test_pauses_are_drawn_between_nothing_and_a_doubling_bound(
    control: SandboxControl, channels: Channels, pauses: list[float]
) -> None:
    control.fault("status", status=503, times=0)
    with pytest.raises(UnavailableError):
        channels(policy={"attempts": 8, "base": 0.5, "cap": 4.0}).call("GET", "/api/order/", retry=True)
    bounds = [0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0]
    assert all(0 <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))
    assert len(set(pauses)) == len(pauses)


def test_retry_after_in_seconds_is_honoured(control: SandboxControl, channels: Channels, pauses: list[float]) -> None:
    control.fault("status", status=429, headers={"retry-after": "7"})
    channels().call("GET", "/api/order/", retry=True)
    assert len(pauses) == 1
    assert 6.5 <= pauses[0] <= 7.5


def test_retry_after_as_a_date_is_honoured(control: SandboxControl, channels: Channels, pauses: list[float]) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    control.fault("status", status=503, headers={"retry-after": soon})
    channels().call("GET", "/api/order/", retry=True)
    assert 20 < pauses[0] <= 51


def test_a_longer_wish_than_allowed_is_left_to_the_caller(
    control: SandboxControl, channels: Channels, pauses: list[float]
) -> None:
    control.fault("status", status=429, headers={"retry-after": "90"})
    with pytest.raises(CallDeferredError) as caught:
        channels().call("GET", "/api/order/", retry=True)
    assert caught.value.reason is Reason.THROTTLED
    assert caught.value.retry_after == 90
    assert not pauses


def test_no_attempt_starts_after_the_deadline(control: SandboxControl, channels: Channels, pauses: list[float]) -> None:
    control.fault("status", status=429, headers={"retry-after": "30"}, times=0)
    with pytest.raises(CallDeferredError):
        channels(policy={"deadline": 20.0}).call("GET", "/api/order/", retry=True)
    assert not pauses
    assert len(calls(control)) == 1


@pytest.mark.parametrize("status", [500, 408])
def test_a_post_goes_out_once(control: SandboxControl, channels: Channels, status: int) -> None:
    control.fault("status", status=status, times=0)
    with pytest.raises(UnavailableError) as caught:
        channels().call("POST", "/api/order/", json={}, retry=False)
    assert not caught.value.not_sent
    assert calls(control) == ["POST /api/order/"]


def test_a_post_that_was_throttled_was_not_done_and_waits_for_its_turn(
    control: SandboxControl, channels: Channels, pauses: list[float]
) -> None:
    control.fault("status", status=429, headers={"retry-after": "5"}, times=2)
    channels().call("POST", "/api/order/", json={}, retry=False, accept={400, 405})
    assert calls(control) == ["POST /api/order/"] * 3
    assert len(pauses) == 2


def test_waiting_for_a_turn_uses_up_no_attempts(
    control: SandboxControl, channels: Channels, pauses: list[float]
) -> None:
    control.fault("status", status=429, headers={"retry-after": "1"}, times=20)
    channels(policy={"attempts": 1}).call("GET", "/api/order/", retry=True)
    assert len(calls(control)) == 21
    assert len(pauses) == 20


def test_without_a_wish_the_pauses_grow_and_have_an_end(
    control: SandboxControl, channels: Channels, pauses: list[float]
) -> None:
    control.fault("status", status=429, times=0)
    with pytest.raises(CallDeferredError):
        channels().call("GET", "/api/order/", retry=True)
    assert sum(pauses) <= 125  # the deadline, and the few milliseconds of real calls
    assert len(calls(control)) == len(pauses) + 1


def test_one_that_is_told_to_pause_quietens_all_threads(control: SandboxControl, channels: Channels) -> None:
    control.fault("status", status=429, headers={"retry-after": "3000"})
    channel = channels()
    with pytest.raises(CallDeferredError):
        channel.call("GET", "/api/order/", retry=True)
    for _ in range(5):
        with pytest.raises(CallDeferredError, match="asked for a pause"):
            channel.call("POST", "/api/order/", json={}, retry=False)
    assert len(calls(control)) == 1

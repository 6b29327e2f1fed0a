"""Tokens: fetched once, cached, replaced in time, and never shown."""

import logging
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import requests

from orderflow.cloudsuite.auth import ClientCredentials, Credentials
from orderflow.cloudsuite.client import CloudSuiteClient
from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError, TurnedAwayError
from orderflow.transport import FixedAuthorization, UnavailableError
from sandbox.control import SandboxControl

Clients = Callable[..., CloudSuiteClient]
THREADS = 16


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def _token_requests(control: SandboxControl) -> int:
    return len(control.journal(service="token"))


def test_one_token_serves_many_calls(control: SandboxControl, client: CloudSuiteClient) -> None:
    for _ in range(3):
        list(client.list_orders(ShopOrderFilter()))
    assert _token_requests(control) == 1


def test_id_and_secret_travel_in_the_body_with_the_scope(control: SandboxControl, client: CloudSuiteClient) -> None:
    list(client.list_orders(ShopOrderFilter()))
    (entry,) = control.journal(service="token")
    assert entry["request_body"] == {
        "grant_type": "client_credentials",
        "client_id": "orderflow",
        "client_secret": "***",
        "scope": "openid",
    }
    assert entry["query"] == {}


def test_a_token_is_replaced_shortly_before_its_end(control: SandboxControl, credentials: Credentials) -> None:
    clock = Clock()
    auth = ClientCredentials(requests.Session(), credentials, clock=clock)
    first = auth.header()
    clock.now += 269  # of 300 seconds; the margin is 30
    assert auth.header() == first
    clock.now += 2
    assert auth.header() != first
    assert _token_requests(control) == 2


def test_a_short_lived_token_is_used_for_most_of_its_life(control: SandboxControl, credentials: Credentials) -> None:
    """With a fixed margin a token shorter than it would be fetched for every single call."""
    control.configure(token_ttl=10)
    clock = Clock()
    auth = ClientCredentials(requests.Session(), credentials, clock=clock)
    first = auth.header()
    clock.now += 8
    assert auth.header() == first


def test_a_token_that_ended_in_mid_run_is_replaced_and_the_call_goes_through(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    (order_id,) = control.add_orders({"state": "confirmed"})
    client.get_order(order_id)
    control.expire_tokens()
    assert client.get_order(order_id).state == "confirmed"
    assert _token_requests(control) == 2


def test_a_write_with_a_token_that_ended_is_left_to_a_fresh_read_and_goes_through_then(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    (order_id,) = control.add_orders({"state": "confirmed"})
    client.get_order(order_id)
    control.expire_tokens()
    with pytest.raises(TurnedAwayError):
        client.patch_order(order_id, {"state": "processing"})
    assert client.patch_order(order_id, {"state": "processing"}).state == "processing"
    assert _token_requests(control) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_refused_once_is_replaced(control: SandboxControl, client: CloudSuiteClient, status: int) -> None:
    """A framework without a WWW-Authenticate header answers 403 where 401 is meant."""
    control.fault("status", service="shop", status=status, answer={"detail": "no"})
    assert list(client.list_orders(ShopOrderFilter())) == []
    assert _token_requests(control) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_fresh_token_refused_too_is_for_a_person(
    control: SandboxControl, client: CloudSuiteClient, status: int
) -> None:
    control.fault("status", service="shop", status=status, answer={"detail": "no"}, times=0)
    with pytest.raises(PermanentError) as caught:
        list(client.list_orders(ShopOrderFilter()))
    assert caught.value.reason is Reason.SHOP_AUTH
    assert len(control.journal(service="shop")) == 2


def test_many_threads_replace_an_ended_token_once(control: SandboxControl, clients: Clients) -> None:
    (order_id,) = control.add_orders({})
    client = clients()
    client.get_order(order_id)
    control.expire_tokens()
    barrier = Barrier(THREADS, timeout=60)

    def read(_: int) -> int:
        barrier.wait()
        return client.get_order(order_id).id

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(read, range(THREADS))) == {order_id}
    assert _token_requests(control) == 2


def test_the_old_scheme_sends_its_token_as_it_is(control: SandboxControl, clients: Clients) -> None:
    client = clients(authorize=FixedAuthorization("Token", control.config()["legacy_token"]))
    assert list(client.list_orders(ShopOrderFilter())) == []
    assert _token_requests(control) == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 503},
        {"action": "status", "status": 429},
        {"action": "reset_before_commit"},
        {"action": "truncated_body"},
    ],
    ids=str,
)
def test_a_passing_fault_of_the_token_address_is_repeated_away(
    control: SandboxControl, client: CloudSuiteClient, fault: dict[str, Any]
) -> None:
    control.faults([{**fault, "service": "token", "times": 2}])
    assert list(client.list_orders(ShopOrderFilter())) == []
    assert _token_requests(control) == 3


def test_a_lasting_fault_of_the_token_address_is_transient_and_says_that_nothing_was_sent(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    control.fault("status", service="token", status=502, html="<title>Bad Gateway</title>", times=0)
    with pytest.raises(UnavailableError, match="answered 502") as caught:
        client.repeating(lambda: client.patch_order(1, {"state": "processing"}))
    assert caught.value.reason is Reason.SHOP_UNAVAILABLE
    assert caught.value.not_sent
    assert _token_requests(control) == 4
    assert not control.journal(service="shop")


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 400, "answer": {"error": "unsupported_grant_type"}},
        {"action": "status", "status": 401, "answer": {"error": "invalid_client"}},
        {"action": "status", "status": 404, "html": "<title>Not Found</title>"},
        {"action": "status", "status": 302, "headers": {"location": "https://id.example.com/login"}},
        {"action": "wrong_answer", "html": "<title>Sign in</title>"},
        {"action": "wrong_answer", "answer": {"token": "x"}},
        {"action": "wrong_answer", "answer": []},
    ],
    ids=str,
)
def test_a_refusing_token_address_is_for_a_person(
    control: SandboxControl, client: CloudSuiteClient, fault: dict[str, Any]
) -> None:
    control.faults([{**fault, "service": "token", "times": 0}])
    with pytest.raises(PermanentError, match="token address") as caught:
        list(client.list_orders(ShopOrderFilter()))
    assert caught.value.reason is Reason.SHOP_AUTH
    assert _token_requests(control) == 1


@pytest.mark.parametrize("lifetime", [{}, {"expires_in": None}, {"expires_in": "soon"}])
def test_a_token_without_a_lifetime_is_not_trusted_for_long(
    control: SandboxControl, credentials: Credentials, lifetime: dict[str, Any]
) -> None:
    control.fault("wrong_answer", service="token", answer={"access_token": "abc", **lifetime})
    clock = Clock()
    auth = ClientCredentials(requests.Session(), credentials, clock=clock)
    assert auth.header() == "Bearer abc"
    clock.now += 60
    assert auth.header() != "Bearer abc"


def test_every_token_is_told_to_whoever_masks_secrets(credentials: Credentials) -> None:
    told: list[str] = []
    auth = ClientCredentials(requests.Session(), credentials, on_token=told.append)
    header = auth.header()
    auth.renew(header)
    assert [f"Bearer {token}" for token in told] == [header, auth.header()]


def test_neither_secret_nor_token_is_in_a_message_a_traceback_or_the_log(
    control: SandboxControl, credentials: Credentials, clients: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    """Both servers repeat what they were sent."""
    caplog.set_level(logging.DEBUG)
    auth = ClientCredentials(requests.Session(), credentials)
    client = clients(authorize=auth)
    token = auth.header().removeprefix("Bearer ")
    control.fault("status", service="shop", status=500, answer={"you": f"sent {token}"}, times=0)
    with pytest.raises(UnavailableError) as unavailable:
        client.get_order(1)
    control.clear_faults()
    control.fault("status", service="token", status=401, answer={"you": "sent sandbox-secret"}, times=0)
    with pytest.raises(PermanentError) as refused:
        auth.renew(f"Bearer {token}")
    shown = caplog.text + repr(auth) + repr(credentials)
    for error in (unavailable.value, refused.value):
        shown += "".join(traceback.format_exception(error)) + repr(error)
    assert "you" in shown
    assert token not in shown
    assert "sandbox-secret" not in shown

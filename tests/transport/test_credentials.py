"""Credentials are checked when read; errors name the field and never the value."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.hook import CloudSuiteHook
from orderflow.erp.hook import ErpHook
from orderflow.errors import ConfigurationError, OrderflowError
from orderflow.transport import Bounds
from orderflow.transport.connection import bounds
from orderflow.transport.credentials import is_loopback
from support.raw_server import answering, http, raw_server

SECRET = "s3cr3t-0123456789-abcdef"
UNSENDABLE = [f"{SECRET}\n", f"{SECRET}\r\nX-Evil: 1", f"\n{SECRET}", f"{SECRET}\0", f"{SECRET}\x7f", f"{SECRET}\u2028"]
UNSENDABLE_IN_A_HEADER = [*UNSENDABLE, f"{SECRET} ", f"{SECRET}é", f"{SECRET}\u20ac", f"{SECRET} two", "x" * 20_000]

Connect = Callable[..., None]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    def make(name: str, **fields: Any) -> None:
        given = {"conn_type": "http", "host": "https://shop.example", **fields}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}_DEFAULT", json.dumps(given))

    return make


def _refused(make: Callable[[], object]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        make()
    shown = str(caught.value)
    assert SECRET not in shown
    assert caught.value.__cause__ is None or SECRET not in str(caught.value.__cause__)
    return shown


@pytest.mark.parametrize("token", [*UNSENDABLE_IN_A_HEADER, 7, ["a"], {"a": 1}, True], ids=ascii)
def test_a_token_that_no_header_takes_is_refused_by_name(connect: Connect, token: object) -> None:
    connect("ERP", extra={"token": token})
    assert "extra `token`" in _refused(ErpHook().get_erp)
    connect("CLOUDSUITE", extra={"token": token})
    assert "extra `token`" in _refused(CloudSuiteHook().get_client)


@pytest.mark.parametrize("value", UNSENDABLE, ids=ascii)
def test_a_login_or_password_with_a_line_break_is_refused_by_name(connect: Connect, value: str) -> None:
    extra = {"token_url": "https://id.example/token"}
    connect("ERP", login=value, password=SECRET)
    assert "login" in _refused(ErpHook().get_erp)
    connect("ERP", login="me", password=value)
    assert "password" in _refused(ErpHook().get_erp)
    connect("CLOUDSUITE", login=value, password=SECRET, extra=extra)
    assert "login" in _refused(CloudSuiteHook().get_client)
    connect("CLOUDSUITE", login="me", password=value, extra=extra)
    assert "password" in _refused(CloudSuiteHook().get_client)
    connect("CLOUDSUITE", login="me", password=SECRET, extra={**extra, "scope": value})
    assert "scope" in _refused(CloudSuiteHook().get_client)


@pytest.mark.parametrize(
    "value", [f"{SECRET}\n", f"{SECRET}\r\nX-Evil: 1", f"{SECRET}\u20ac", f" {SECRET}", [SECRET], 5], ids=ascii
)
def test_an_extra_header_that_is_none_is_refused_by_name(connect: Connect, value: object) -> None:
    connect("ERP", login="me", password=SECRET, extra={"X-Api-Key": value})
    assert "X-Api-Key" in _refused(ErpHook().get_erp)
    connect("CLOUDSUITE", extra={"token": SECRET, "X-Api-Key": value})
    assert "X-Api-Key" in _refused(CloudSuiteHook().get_client)


@pytest.mark.parametrize(
    "address",
    [
        f"id.example/{SECRET}",
        f"//id.example/{SECRET}",
        f"ftp://id.example/{SECRET}",
        f"https:///{SECRET}",
        f"https://[{SECRET}",
        f"https://id.example:{SECRET}/",
        f"https://id.example/{SECRET}\n",
        f"https://id.example/{SECRET} x",
        f"https://id.example\\@{SECRET}/",
        f"https://id.example/{SECRET}é",
        7,
        {"a": SECRET},
    ],
    ids=ascii,
)
def test_a_token_address_that_is_none_is_refused_by_name(connect: Connect, address: object) -> None:
    connect("CLOUDSUITE", login="me", password=SECRET, extra={"token_url": address})
    assert "token_url" in _refused(CloudSuiteHook().get_client)


@pytest.mark.parametrize(
    "host", ["http://shop.example", "http://10.0.0.5:8080", "http://127.0.0.1.example", "http://[fe80::1]"]
)
@pytest.mark.parametrize("allowed", [None, False, "true", 1])
def test_credentials_over_plain_http_to_another_machine_are_refused(
    connect: Connect, host: str, allowed: object
) -> None:
    extra = {} if allowed is None else {"allow_http": allowed}
    connect("ERP", host=host, extra={"token": SECRET, **extra})
    assert "allow_http" in _refused(ErpHook().get_erp)
    connect("ERP", host=host, login="me", password=SECRET, extra=extra)
    assert "allow_http" in _refused(ErpHook().get_erp)
    connect("ERP", host=host, extra={"X-Api-Key": SECRET, **extra})
    assert "allow_http" in _refused(ErpHook().get_erp)
    connect("CLOUDSUITE", host=host, extra={"token": SECRET, **extra})
    assert "allow_http" in _refused(CloudSuiteHook().get_client)
    safe = {"token_url": f"{host}/token", **extra}
    connect("CLOUDSUITE", login="me", password=SECRET, extra=safe)
    assert "token_url" in _refused(CloudSuiteHook().get_client)
    connect("CLOUDSUITE", extra={"token": SECRET, "proxy_base_url": host, **extra})
    assert "allow_http" in _refused(CloudSuiteHook().get_messages)


def test_plain_http_is_a_matter_of_saying_so_or_of_this_machine(connect: Connect) -> None:
    connect("ERP", host="http://erp.example", extra={"token": SECRET, "allow_http": True})
    ErpHook().get_erp()
    connect("ERP", host="http://erp.example")  # without credentials there is nothing to read
    ErpHook().get_erp()
    for host in ("http://127.0.0.1:8090", "http://localhost", "http://[::1]:80"):
        connect("ERP", host=host, extra={"token": SECRET})
        ErpHook().get_erp()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("a.localhost", True),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_what_this_machine_is(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_certificates_that_are_not_checked_are_warned_of_in_every_run(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    connect("ERP", extra={"token": SECRET, "verify": False})
    connect("CLOUDSUITE", extra={"token": SECRET, "verify": False})
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            ErpHook().get_erp()
            CloudSuiteHook().get_client()
    assert caplog.text.count("`verify` is false") == 4


@pytest.mark.parametrize("value", [0, -1, "soon", True, [], "NaN", "inf", 10**400, None])
@pytest.mark.parametrize("name", ["deadline", "max_answer_mb"])
def test_a_bound_that_is_none_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"`{name}`"):
        bounds({name: value})


def test_bounds_have_defaults_that_go_with_the_timeout() -> None:
    assert bounds({}) == Bounds(seconds=60, bytes=32 * 1024 * 1024)
    assert bounds({"timeout": 3}).seconds == 20
    assert bounds({"timeout": 300}).seconds == 600
    assert bounds({"deadline": "90", "max_answer_mb": 0.5}) == Bounds(seconds=90, bytes=512 * 1024)


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": f"{SECRET}\n"},
        {"access_token": f"{SECRET}\r\nX: y"},
        {"access_token": f"{SECRET}é"},
        {"access_token": "x" * 100_000},
        {"access_token": ""},
        {"access_token": [SECRET]},
        {"token": SECRET},
        [SECRET],
        SECRET,
    ],
    ids=lambda answer: ascii(answer)[:40],
)
def test_a_fetched_token_that_no_header_takes_is_refused_and_not_quoted(connect: Connect, answer: object) -> None:
    with raw_server(answering(http(json.dumps(answer).encode()))) as url:
        extra = {"token_url": f"{url}/token", "timeout": 5}
        connect("CLOUDSUITE", host=url, login="me", password="another-s3cr3t", extra=extra)
        with pytest.raises(OrderflowError) as caught:
            list(CloudSuiteHook().get_client().list_orders(ShopOrderFilter()))
    assert SECRET not in str(caught.value)
    assert caught.value.reason == "shop_auth"


@pytest.mark.parametrize(
    "expires", ["9" * 400, 10**400, -5, 0, "NaN", "Infinity", None, [], {}, True, "soon"], ids=lambda v: str(v)[:9]
)
def test_a_lifetime_that_is_none_is_a_short_one(connect: Connect, expires: object) -> None:
    token = {"access_token": "a-good-token", "expires_in": expires, "results": [], "count": 0}
    with raw_server(answering(http(json.dumps(token).encode()))) as url:
        connect("CLOUDSUITE", host=url, login="me", password=SECRET, extra={"token_url": f"{url}/token"})
        assert list(CloudSuiteHook().get_client().list_orders(ShopOrderFilter())) == []


def test_of_a_token_address_and_its_answer_nothing_but_the_standard_words_are_shown(connect: Connect) -> None:
    said = {
        "error": "invalid_client",
        "error_description": "Wrong\x1b[2J secret",
        "echo": SECRET,
        "trace": "at Login.java",
    }
    with raw_server(answering(http(json.dumps(said).encode(), "401 No"))) as url:
        address = url.replace("http://", f"http://user:{SECRET}@") + f"/token?tenant={SECRET}#{SECRET}"
        connect("CLOUDSUITE", host=url, login="me", password=SECRET, extra={"token_url": address})
        client = CloudSuiteHook().get_client()
        with pytest.raises(OrderflowError) as caught:
            list(client.list_orders(ShopOrderFilter()))
    shown = f"{caught.value} {client._channel._authorize!r} {client._channel!r}"
    assert "invalid_client: Wrong\\x1b[2J secret" in shown
    for hidden in (SECRET, "tenant", "Login.java"):
        assert hidden not in shown


@pytest.mark.parametrize("page", [b"<title>Bad Gateway</title>", b"plain words", b'["error"]', b"[" * 200_000, b"\xff"])
def test_what_is_no_answer_of_the_standard_is_not_quoted_at_all(connect: Connect, page: bytes) -> None:
    with raw_server(answering(http(page, "400 No"))) as url:
        connect("CLOUDSUITE", host=url, login="me", password=SECRET, extra={"token_url": f"{url}/token"})
        with pytest.raises(OrderflowError, match=r"POST /token answered 400 \(") as caught:
            list(CloudSuiteHook().get_client().list_orders(ShopOrderFilter()))
    assert "Gateway" not in str(caught.value)


def test_a_proxys_password_is_a_secret_too(connect: Connect) -> None:
    connect("ERP", extra={"token": SECRET, "proxies": {"https": "http://me:pr0xy-s3cr3t@127.0.0.1:1"}})
    erp = ErpHook().get_erp()
    with pytest.raises(OrderflowError) as caught:
        erp.find("1/CS1")
    assert "pr0xy-s3cr3t" not in str(caught.value)


def test_a_password_too_short_to_be_hidden_is_told_by_its_field(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    connect("ERP", login="me", password="pw")
    ErpHook().get_erp()
    connect("CLOUDSUITE", extra={"token": "t7"})
    CloudSuiteHook().get_client()
    told = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert told == ["password", "extra `token`"]
    connect("ERP", login="me", password="pw0d")
    ErpHook().get_erp()
    assert len(caplog.records) == 2

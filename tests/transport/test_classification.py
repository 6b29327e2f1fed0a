"""Every row of the table of failures is played on a real connection, and matches the table."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import requests
from pydantic import TypeAdapter

from orderflow.cloudsuite.client import SHOP
from orderflow.errors import OrderflowError
from orderflow.transport import Bounds, Channel, RefusedError, RetryPolicy, Timeouts, UnavailableError
from orderflow.transport.classification import CASES, NO, PERHAPS, Case
from support.certificates import Authority
from support.raw_server import Visit, answering, http, raw_server
from support.socks_server import Temper, socks_server


@contextmanager
def _nobody() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def _secure(tmp_path: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Authority(tmp_path).certificate("127.0.0.1"))
    with raw_server(answering(http(b"{}")), context) as url:
        yield url


@contextmanager
def _fixed(url: str) -> Iterator[str]:
    yield url


def _asking(fault: int) -> Callable[..., None]:
    """Return a name server's way to fail."""

    def ask(*_: object, **__: object) -> None:
        raise socket.gaierror(fault, "Name or service not known")

    return ask


def _no_package(*_: object, **__: object) -> None:
    raise requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")  # what `requests` says


def _reading_only(visit: Visit) -> None:
    visit.read_request()


def _silent(visit: Visit) -> None:
    visit.read_request()
    visit.wait_until_gone()


def _trickling(visit: Visit) -> None:
    visit.read_request()
    visit.trickle(b"H")


def _answer(status: str, body: bytes = b"{}", **headers: str) -> Callable[[Path], AbstractContextManager[str]]:
    return lambda _: raw_server(answering(http(body, status, **headers)))


SCENES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "the host's name is unknown": lambda _: _fixed("http://no-such-host.invalid"),
    "the name server does not answer": lambda _: _fixed("http://shop.invalid"),
    "the host can be no name: a label empty or long": lambda _: _fixed("http://shop..invalid"),
    "the connection is refused": lambda _: _nobody(),
    "the proxy is missing, or opens no tunnel": lambda _: raw_server(answering(b"HTTP/1.1 407 No\r\n\r\n")),
    "the SOCKS proxy refuses, hangs up or is none": lambda _: socks_server("hangs up"),
    "a SOCKS proxy, without the package PySocks": lambda _: socks_server(),
    "the TLS handshake fails": _answer("200 OK"),
    "the certificate is not trusted": _secure,
    "the request cannot be sent: bad address or header": lambda _: _fixed("http://["),
    "the connection is lost before the whole answer came": lambda _: raw_server(_reading_only),
    "silence for longer than `timeout`": lambda _: raw_server(_silent),
    "the whole answer does not come within `deadline`": lambda _: raw_server(_trickling),
    "not HTTP, or an encoding that cannot be unpacked": _answer("200 OK", b"no gzip", Content_Encoding="gzip"),
    "408": _answer("408 Slow"),
    "5xx": _answer("502 Bad"),
    "429 with a long pause": _answer("429 No", Retry_After="3600"),
    "3xx: never followed": _answer("302 There", Location="/x"),
    "401, 403": _answer("403 No"),
    "404": _answer("404 No"),
    "any other 4xx": _answer("418 Tea"),
    "2xx, but larger than `max_answer_mb`": _answer("200 OK", b" " * 2000),
    "2xx, but not JSON in UTF-8": _answer("200 OK", b'{"a": "\xfc"}'),
    "2xx, but not as agreed": _answer("200 OK", b'{"id": "x"}'),
}


def test_every_case_has_a_scene() -> None:
    assert [case.what for case in CASES] == list(SCENES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_case_is_what_the_table_says(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = requests.Session()
    session.trust_env = False
    pauses: list[float] = []
    is_slow = case.what.startswith(("silence", "the whole answer"))
    with SCENES[case.what](tmp_path) as url:
        address = url.replace("http:", "https:") if "handshake" in case.what else url
        if "tunnel" in case.what:
            address, session.proxies = "https://shop.invalid", {"https": url}
        if "SOCKS" in case.what:
            address, session.proxies = "http://shop.invalid", {"http": url}
        if "without the package" in case.what:
            monkeypatch.setattr("requests.adapters.SOCKSProxyManager", _no_package)
        elif "SOCKS" in case.what:
            pytest.importorskip("socks")
        if "unknown" in case.what or "name server" in case.what:
            fault = socket.EAI_NONAME if "unknown" in case.what else socket.EAI_AGAIN
            monkeypatch.setattr(socket, "getaddrinfo", _asking(fault))
        channel = Channel(
            session,
            address,
            service=SHOP,
            timeouts=Timeouts(5, 0.2 if "silence" in case.what else 20),
            bounds=Bounds(0.5 if is_slow else 20, 1000),
            policy=RetryPolicy(attempts=2, sleep=pauses.append),
        )
        with pytest.raises(OrderflowError) as caught:
            channel.call("PUT", "/orders/1", json={}, retry=True).parse(
                lambda document: TypeAdapter(dict[str, int]).validate_python(document)
            )
    error = caught.value
    assert type(error) is case.error
    assert error.reason == getattr(SHOP, case.reason, case.reason)
    assert bool(pauses) is case.repeated
    if isinstance(error, UnavailableError):
        assert error.not_sent is (case.done == NO)
    if isinstance(error, RefusedError):
        assert error.status is not None
        unclear = error.status < 400
        assert unclear is (case.done == PERHAPS)


@pytest.mark.parametrize("temper", ["refuses", "hangs up", "speaks HTTP", "is silent"])
def test_whatever_a_socks_proxy_does_instead_of_connecting_nothing_was_sent(temper: Temper) -> None:
    pytest.importorskip("socks")
    with socks_server(temper) as proxy, pytest.raises(UnavailableError) as caught:
        _through(proxy, "http://shop.invalid").call("POST", "/orders", json={}, retry=False)
    assert caught.value.not_sent is True


def test_a_call_through_a_socks_proxy_has_its_deadline() -> None:
    pytest.importorskip("socks")
    with raw_server(_trickling) as url, socks_server() as proxy, pytest.raises(UnavailableError, match="within 1 s"):
        _through(proxy, url).call("POST", "/orders", json={}, retry=False)
    with raw_server(answering(http(b"{}"))) as url, socks_server() as proxy:
        assert _through(proxy, url).call("GET", "/orders", retry=False).json() == {}


def _through(proxy: str, address: str) -> Channel:
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"http": proxy}
    return Channel(session, address, service=SHOP, timeouts=Timeouts(1, 20), bounds=Bounds(1, 1000))

"""Time, size and oddities of the wire: whatever a server does, a call ends, and ends in one of our own errors."""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from orderflow.cloudsuite.client import SHOP
from orderflow.domain.reasons import Reason
from orderflow.errors import CallDeferredError, ConfigurationError, OrderflowError
from orderflow.transport import Bounds, Channel, RefusedError, RetryPolicy, Timeouts, UnavailableError, time_limit
from support.certificates import Authority
from support.raw_server import Script, Visit, answering, http, raw_server

SECRET = "s3cr3t-s3cr3t-s3cr3t"
SHORT = Bounds(seconds=0.5, bytes=1_000_000)
"""The time in which a test ends; nothing depends on it being exact."""


def _channel(url: str, bounds: Bounds = SHORT, **changes: object) -> Channel:
    session = requests.Session()
    session.trust_env = False
    for name, value in changes.items():
        setattr(session, name, value)
    return Channel(
        session,
        url,
        service=SHOP,
        timeouts=Timeouts(5, 20),
        bounds=bounds,
        policy=RetryPolicy(attempts=1, deadline=0),
        secrets=(SECRET,),
    )


def _reads_then(send: Callable[[Visit], None]) -> Script:
    def script(visit: Visit) -> None:
        while visit.read_request():
            send(visit)

    return script


TRICKLES: dict[str, Callable[[Visit], None]] = {
    "status line": lambda visit: visit.trickle(b"H"),
    "headers": lambda visit: (visit.send(b"HTTP/1.1 200 OK\r\n"), visit.trickle(b"X-A: b\r\n"))[0],
    "body": lambda visit: (visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"), visit.trickle(b" "))[0],
    "body to the end": lambda visit: (
        visit.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
        visit.trickle(b" "),
    )[0],
    "chunks": lambda visit: (
        visit.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        visit.trickle(b"1\r\nx\r\n"),
    )[0],
    "error page": lambda visit: (visit.send(b"HTTP/1.1 403 No\r\nContent-Length: 99999\r\n\r\n"), visit.trickle(b"x"))[
        0
    ],
    "continue": lambda visit: visit.trickle(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0),
}


@pytest.mark.parametrize("part", TRICKLES)
def test_a_trickle_ends_at_the_deadline(part: str) -> None:
    """No two bytes are ever as far apart as the timeout, so that only the time of the whole call can end it."""
    with raw_server(_reads_then(TRICKLES[part])) as url, pytest.raises(UnavailableError) as caught:
        _channel(url).call("POST", "/orders", json={}, retry=False)
    assert caught.value.reason is Reason.SHOP_UNAVAILABLE
    assert not caught.value.not_sent


def test_a_kept_connection_is_watched_too() -> None:
    def script(visit: Visit) -> None:
        visit.read_request()
        visit.send(http(b"{}"))
        visit.read_request()
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
        visit.trickle(b" ")

    with raw_server(script) as url:
        channel = _channel(url)
        assert channel.call("GET", "/orders", retry=False).json() == {}
        with pytest.raises(UnavailableError, match=r"no complete answer within 0\.5 s"):
            channel.call("GET", "/orders", retry=False)


def test_a_tls_handshake_that_never_ends_does_and_has_sent_nothing() -> None:
    def script(visit: Visit) -> None:
        visit.send(b"\x16\x03\x03\x40\x00")  # a handshake record of 16 KB that comes byte by byte
        visit.trickle(b"\x02")

    with raw_server(script) as url, pytest.raises(UnavailableError) as caught:
        _channel(url.replace("http:", "https:")).call("POST", "/orders", json={}, retry=False)
    assert caught.value.not_sent


def test_a_trickle_over_tls_ends_at_the_deadline(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certificate("127.0.0.1"))
    trickling = raw_server(_reads_then(TRICKLES["body"]), context)
    with trickling as url, pytest.raises(UnavailableError, match="no complete answer within") as caught:
        _channel(url, verify=str(authority.file)).call("POST", "/orders", json={}, retry=False)
    assert not caught.value.not_sent


def test_what_is_answered_in_time_leaves_nothing_behind() -> None:
    with raw_server(answering(http(b"{}"))) as url:
        channel = _channel(url, Bounds(seconds=3600))
        for _ in range(20):
            channel.call("GET", "/orders", retry=False)
    clocks = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for clock in clocks:
        clock.join()  # forever, if it had not been stopped


def test_a_time_limit_for_many_calls_cuts_off_the_one_under_way_and_begins_no_other() -> None:
    calls: list[bytes] = []

    def script(visit: Visit) -> None:
        while request := visit.read_request():
            calls.append(request)
            visit.send(http(b"{}")) if len(calls) == 1 else visit.trickle(b"H")

    with raw_server(script) as url:
        channel = _channel(url, Bounds(seconds=3600))
        with time_limit(2), time_limit(3600):
            channel.call("GET", "/first", retry=True)
            with pytest.raises(UnavailableError, match="/second: no complete answer within") as caught:
                channel.call("GET", "/second", retry=True)
            assert not caught.value.not_sent
            with pytest.raises(UnavailableError, match="/third: no complete answer within 0 s") as caught:
                channel.call("POST", "/third", retry=False)
            assert caught.value.not_sent
    assert len(calls) == 2


def test_a_pause_that_outlasts_the_time_limit_is_not_waited_for() -> None:
    with raw_server(answering(http(b"{}", status="429 Slow down", Retry_After="50"))) as url:
        channel = _channel(url, Bounds(seconds=3600))
        with time_limit(40), pytest.raises(CallDeferredError):
            channel.call("GET", "/orders", retry=True)


def _gzipped(size: int) -> bytes:
    return http(gzip.compress(b" " * size), Content_Encoding="gzip", Content_Type="application/json")


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate"])
def test_an_answer_that_unpacks_to_more_than_allowed_is_not_read_on(encoding: str) -> None:
    """200 MB on some 200 KB: what stays in memory is what is allowed."""
    packed = gzip.compress(b" " * 200_000_000)
    if encoding == "gzip, gzip":
        packed = gzip.compress(packed)
    if encoding == "deflate":
        packed = packed[10:-8]
    content = http(packed, Content_Encoding=encoding)
    with raw_server(answering(content)) as url:
        answer = _channel(url, Bounds(20, 1_000_000)).call("GET", "/orders", retry=False)
    assert len(answer.content) == 1_000_000
    with pytest.raises(RefusedError, match="more than 1000000 bytes") as caught:
        answer.json()
    assert caught.value.reason is Reason.SHOP_ANSWER_INVALID


def test_an_answer_without_end_is_not_read_on() -> None:
    def endless(visit: Visit) -> None:
        visit.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            visit.send(b"[" * 65536)

    with raw_server(_reads_then(endless)) as url:
        answer = _channel(url, Bounds(20, 1_000_000)).call("GET", "/orders", retry=False)
        assert not answer.is_whole


@pytest.mark.parametrize("status", ["302 Found", "400 Bad Request", "500 Internal Server Error"])
def test_a_failing_answer_is_read_as_far_as_it_is_quoted(status: str) -> None:
    content = (
        _gzipped(200_000_000).replace(b"200 OK", status.encode()).replace(b"\r\n\r\n", b"\r\nLocation: /x\r\n\r\n", 1)
    )
    with raw_server(answering(content)) as url, pytest.raises((RefusedError, UnavailableError)) as caught:
        _channel(url, Bounds(20)).call("GET", "/orders", retry=False)
    assert caught.value.exchange is not None
    assert caught.value.exchange.status == int(status[:3])


@pytest.mark.parametrize(
    "piece",
    [
        b"<script",
        b"<title",
        b"<!--",
        b"<",
        b"<style>",
        b"<a ",
        b"&amp;",
        b"eyJaaaaaaaa",
        b'password: "',
        b"a@",
        b"a",
        b"0612345678",
        b"bearer ",
        b"://",
    ],
)
@pytest.mark.parametrize("status", ["500 Internal Server Error", "400 Bad Request"])
def test_a_page_of_nonsense_is_looked_at_once(piece: bytes, status: str) -> None:
    """A pattern that goes back over what it has seen would take hours here."""
    page = b"<html>" + piece * (2_000_000 // len(piece))
    with raw_server(answering(http(page, status))) as url, pytest.raises((RefusedError, UnavailableError)) as caught:
        _channel(url, Bounds(20)).call("GET", "/orders", retry=False)
    assert len(str(caught.value)) < 1000


ODD: dict[str, bytes] = {
    "redirect to nowhere": http(b"", "302 Found", Location="http://["),
    "redirect to a port": http(b"", "302 Found", Location="http://h:99999999/x"),
    "redirect in Latin-1": http(b"", "302 Found", Location="/caf\xe9"),
    "redirect of bytes": http(b"", "302 Found", Location="\xff\xfe"),
    "redirect that forges": http(b"", "302 Found", Location="/\x1b[2J"),
    "redirect of 60 KB": http(b"", "302 Found", Location="/" + "x" * 60_000),
    "redirect with a secret": http(b"", "302 Found", Location=f"https://u:{SECRET}@h/x?{SECRET}#{SECRET}"),
    "retry after 400 digits": http(b"", "503 Busy", Retry_After="9" * 400),
    "retry after other digits": http(b"", "503 Busy", Retry_After="\xb2"),
    "retry after the year 0": http(b"", "503 Busy", Retry_After="Mon, 01 Jan 0000 00:00:00 GMT"),
    "retry after nonsense": http(b"", "429 No", Retry_After="soon, , ,"),
    "retry after a zone of nonsense": http(b"", "429 No", Retry_After="Mon, 01 Jan 2029 00:00:00 +99999999999999"),
    "no HTTP": b"220 mail.example ESMTP\r\n",
    "status that is none": b"HTTP/1.1 abc OK\r\n\r\n",
    "status of ten digits": b"HTTP/1.1 2000000000 OK\r\n\r\n",
    "status 1": b"HTTP/1.1 001 OK\r\n\r\n",
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500 + b"\r\n",
    "header of a megabyte": b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 1_000_000 + b"\r\n\r\n",
    "header without a colon": b"HTTP/1.1 500 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n",
    "length that is none": b"HTTP/1.1 500 OK\r\nContent-Length: many\r\n\r\n",
    "length below nothing": b"HTTP/1.1 500 OK\r\nContent-Length: -5\r\n\r\n",
    "two lengths": b"HTTP/1.1 500 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "chunk that is none": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "chunk of 400 digits": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 400 + b"\r\n",
    "broken gzip": http(b"no gzip", Content_Encoding="gzip"),
    "half a gzip": http(gzip.compress(b"x" * 9999)[:40], Content_Encoding="gzip"),
    "unknown encoding": http(b"\x00\x01", "500 No", Content_Encoding="br, zstd, nonsense"),
    "ten encodings": http(b"x", Content_Encoding=", ".join(["gzip"] * 10)),
    "cookie of nonsense": http(b"", "500 No", Set_Cookie="\xff=;;;=\x01; expires=never; Max-Age=" + "9" * 400),
    "connection cut": b"",
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:http.cookiejar bug")
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_but_our_own_errors_leaves_a_call(odd: str, method: str) -> None:
    def script(visit: Visit) -> None:
        visit.read_request()
        visit.send(ODD[odd])

    with raw_server(script) as url, pytest.raises(OrderflowError) as caught:
        _channel(url, Bounds(20)).call(method, "/orders?key=" + SECRET, json=None, retry=False).json()
    error = caught.value
    assert isinstance(error, RefusedError | UnavailableError | CallDeferredError)
    assert error.__cause__ is None
    assert SECRET not in str(error)
    assert "\x1b" not in str(error)
    assert len(str(error)) < 1000
    if isinstance(error, UnavailableError):
        assert not error.not_sent
        assert error.retry_after is None or 0 <= error.retry_after <= 7 * 24 * 3600


@pytest.mark.parametrize(
    "url",
    [
        "http://[",
        "http://a b",
        "http://\x00",
        "http://h:99999",
        "http://" + "x" * 70,
        "http://.",
        "http://caf\xe9\ud800",
        "ftp://h",
        "http://*",
        "h",
    ],
)
def test_an_address_that_is_none_is_an_error_of_ours(url: str) -> None:
    with pytest.raises(OrderflowError) as caught:
        _channel(url).call("POST", "/orders", json={}, retry=False)
    assert isinstance(caught.value, ConfigurationError) or getattr(caught.value, "not_sent", False)


@pytest.mark.parametrize(
    "value", [f"Bearer {SECRET}\n", f"Bearer {SECRET}\r\nX-A: b", f"Bearer {SECRET}\u20ac", f" {SECRET}\0"]
)
def test_a_header_that_cannot_be_sent_is_not_quoted(value: str) -> None:
    with raw_server(answering(http(b"{}"))) as url, pytest.raises(ConfigurationError) as caught:
        _channel(url).call("GET", "/orders", headers={"X-Key": value}, retry=False)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_tls_where_there_is_none_and_the_other_way_round_send_nothing(tmp_path: Path) -> None:
    with raw_server(answering(http(b"{}"))) as url, pytest.raises(UnavailableError) as caught:
        _channel(url.replace("http:", "https:"), Bounds(20)).call("POST", "/orders", json={}, retry=False)
    assert caught.value.not_sent
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Authority(tmp_path).certificate("127.0.0.1"))
    with raw_server(answering(http(b"{}")), context) as url, pytest.raises(ConfigurationError, match="not trusted"):
        _channel(url, Bounds(20)).call("POST", "/orders", json={}, retry=False)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 No\r\n\r\n", b"HTTP/1.1 502 No\r\n\r\n", b"", b"nonsense\r\n"])
def test_a_proxy_that_opens_no_tunnel_has_sent_nothing(answer: bytes) -> None:
    def script(visit: Visit) -> None:
        visit.read_request()
        visit.send(answer)

    with raw_server(script) as proxy, pytest.raises(UnavailableError) as caught:
        _channel("https://shop.invalid", Bounds(20), proxies={"https": proxy}).call("POST", "/o", json={}, retry=False)
    assert caught.value.not_sent


def test_a_proxy_that_is_not_there_has_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    proxies = {"http": f"http://127.0.0.1:{port}", "https": f"http://127.0.0.1:{port}"}
    for scheme in ("http", "https"):
        with pytest.raises(UnavailableError) as caught:
            _channel(f"{scheme}://shop.invalid", Bounds(20), proxies=proxies).call("POST", "/o", json={}, retry=False)
        assert caught.value.not_sent


def test_a_proxy_that_takes_the_request_leaves_it_open_what_became_of_it() -> None:
    def script(visit: Visit) -> None:
        visit.read_request()

    with raw_server(script) as proxy, pytest.raises(UnavailableError) as caught:
        _channel("http://shop.invalid", Bounds(20), proxies={"http": proxy}).call("POST", "/o", json={}, retry=False)
    assert not caught.value.not_sent

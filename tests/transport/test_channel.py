"""The channel against a real server: what each failure says, and what never leaves."""

import logging
import socket
import traceback
from decimal import Decimal
from pathlib import Path

import pytest

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.transport import RefusedError, Timeouts, UnavailableError
from sandbox.control import SandboxControl
from support.calls import TOKEN, Channels, calls
from support.raw_server import Visit, raw_server


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def test_asking_to_repeat_a_post_is_a_mistake(channels: Channels) -> None:
    with pytest.raises(ValueError, match="never repeated"):
        channels().call("POST", "/api/order/", json={}, retry=True)


def test_a_refused_connection_is_known_not_to_be_sent(channels: Channels) -> None:
    with pytest.raises(UnavailableError, match="could not be reached") as caught:
        channels(url=f"http://127.0.0.1:{_free_port()}").call("POST", "/sales-orders", json={}, retry=False)
    assert caught.value.not_sent


def test_an_unknown_host_is_known_not_to_be_sent(channels: Channels, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UnavailableError) as caught:
        channels(url="http://no-such-host.invalid").call("POST", "/sales-orders", json={}, retry=False)
    assert caught.value.not_sent


@pytest.mark.parametrize("action", ["reset_before_commit", "reset_after_commit", "truncated_body"])
def test_a_broken_connection_is_not_known_to_be_unsent(
    control: SandboxControl, channels: Channels, action: str
) -> None:
    control.fault(action)
    with pytest.raises(UnavailableError, match="no complete answer") as caught:
        channels().call("POST", "/api/order/", json={}, retry=False)
    assert not caught.value.not_sent


def test_silence_ends_at_the_read_timeout_and_is_not_known_to_be_unsent(
    control: SandboxControl, channels: Channels
) -> None:
    control.fault("delay")
    with pytest.raises(UnavailableError, match="no complete answer") as caught:
        channels(timeouts=Timeouts(5, 0.2)).call("POST", "/api/order/", json={}, retry=False)
    assert not caught.value.not_sent


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "POST"])
def test_a_redirect_is_never_followed(control: SandboxControl, channels: Channels, order_id: int, method: str) -> None:
    """`requests` would turn a redirected POST into a GET, and the 200 of that GET would hide a lost write."""
    with pytest.raises(RefusedError, match="redirect") as caught:
        channels().call(method, f"/api/order/{order_id}", json={"state": "processing"}, retry=False)
    assert caught.value.reason is Reason.SHOP_REFUSED
    assert f"'/api/order/{order_id}/'" in str(caught.value)
    assert len(calls(control)) == 1


def test_a_redirect_is_told_without_what_may_be_secret_in_it(control: SandboxControl, channels: Channels) -> None:
    target = "https://user:pa55@login.example.com/in?ticket=s3cr3t#x"
    control.fault("status", status=302, headers={"location": target})
    with pytest.raises(RefusedError) as caught:
        channels().call("GET", "/api/order/", retry=True)
    assert "https://login.example.com/in'" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)
    assert "pa55" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, Reason.SHOP_REFUSED),
        (401, Reason.SHOP_AUTH),
        (403, Reason.SHOP_AUTH),
        (404, Reason.ORDER_NOT_FOUND),
        (409, Reason.SHOP_REFUSED),
        (499, Reason.SHOP_REFUSED),
    ],
)
def test_a_refusal_is_permanent_told_whole_and_not_repeated(
    control: SandboxControl, channels: Channels, status: int, reason: Reason
) -> None:
    control.fault("status", status=status, answer={"state": ["No such choice."]}, times=0)
    with pytest.raises(RefusedError) as caught:
        channels().call("GET", "/api/order/7/", retry=True)
    assert caught.value.reason is reason
    assert caught.value.status == status
    assert caught.value.message == f'shop: GET /api/order/7/ answered {status}: {{"state":["No such choice."]}}'
    assert len(calls(control)) == 1


def test_an_expected_status_is_an_answer(control: SandboxControl, channels: Channels) -> None:
    control.fault("status", status=409, answer={"error": "duplicate"})
    answer = channels().call("GET", "/api/order/", retry=True, accept={409})
    assert (answer.status, answer.json()) == (409, {"error": "duplicate"})


def test_a_success_that_is_not_json_is_an_invalid_answer(control: SandboxControl, channels: Channels) -> None:
    control.fault("wrong_answer", html="<html><head><title>Maintenance</title></head><body>soon</body></html>")
    answer = channels().call("GET", "/api/order/", retry=True)
    with pytest.raises(RefusedError, match=r"is not JSON \(.*\): GET /api/order/ answered 200: Maintenance") as caught:
        answer.json()
    assert caught.value.reason is Reason.SHOP_ANSWER_INVALID


def test_numbers_keep_their_writing_both_ways(control: SandboxControl, channels: Channels, order_id: int) -> None:
    goods = {"type": "line", "product": {"origin": "o", "key": "k"}, "description": "d"}
    sent = {"order_lines": [{**goods, "quantity": Decimal("1.50"), "unit_price": "10.00"}]}
    answer = channels().call("PATCH", f"/api/order/{order_id}/", json=sent, retry=True)
    assert '"quantity":1.50' in answer.body.replace(" ", "")
    line = answer.json()["order_lines"][0]
    assert (str(line["quantity"]), line["unit_price"]) == ("1.50", "10.00")
    stored = control.order(order_id)["order_lines"][0]
    assert (str(stored["quantity"]), stored["unit_price"]) == ("1.50", "10.00")


def test_text_beyond_ascii_arrives(control: SandboxControl, channels: Channels, order_id: int) -> None:
    channels().call("PATCH", f"/api/order/{order_id}/", json={"description": "Café-stoel 2,5 mm²"}, retry=True)
    assert control.order(order_id)["description"] == "Café-stoel 2,5 mm²"


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_dry_run_stops_every_write_before_it_is_sent(
    control: SandboxControl, channels: Channels, method: str
) -> None:
    channel = channels(read_only=True)
    with pytest.raises(PermanentError, match="dry run") as caught:
        channel.call(method, "/api/order/1/", json={}, retry=False)
    assert caught.value.reason is Reason.DRY_RUN_WRITE
    assert not calls(control)
    assert channel.call("GET", "/api/order/", retry=True).status == 200


def test_credentials_of_a_netrc_file_are_not_taken(
    channels: Channels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`requests` prefers them to an Authorization header, which would send the shop somebody else's password."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login wrong password wrong\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert channels().call("GET", "/api/order/", retry=False).status == 200


def test_cookies_are_not_kept(control: SandboxControl, channels: Channels) -> None:
    control.fault("status", status=200, answer={}, headers={"set-cookie": "sessionid=abc; Path=/"})
    channel = channels()
    channel.call("GET", "/api/order/", retry=False)
    assert not channel._session.cookies


def test_no_secret_is_in_a_message_a_traceback_or_the_log(
    control: SandboxControl, channels: Channels, caplog: pytest.LogCaptureFixture
) -> None:
    """The server may repeat what it was sent: the failing answer holds the token, a password and a tenant key."""
    caplog.set_level(logging.DEBUG)
    said = {
        "detail": f"Invalid token {TOKEN}",
        "Authorization": f"Token {TOKEN}",
        "password": "hunter2-hunter2",
        "you_sent": "tenant-key-value",
        "bearer": "Bearer abcdefghijklmnopqrstuvwxyz012345",
    }
    control.fault("status", status=500, answer=said, times=0)
    channel = channels(secrets=("tenant-key-value",))
    with pytest.raises(UnavailableError) as caught:
        channel.call("PATCH", "/api/order/1/", json={}, retry=True)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text + repr(channel)
    assert "answered 500" in caplog.text
    for secret in (TOKEN, "hunter2-hunter2", "tenant-key-value", "abcdefghijklmnopqrstuvwxyz012345"):
        assert secret not in shown


def test_a_broken_header_line_is_not_quoted_in_the_log_and_a_whole_answer_counts(
    channels: Channels, caplog: pytest.LogCaptureFixture
) -> None:
    def script(visit: Visit) -> None:
        while visit.read_request():
            visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno colon, J. Koper\r\nX: y\r\n\r\n{}")

    caplog.set_level(logging.INFO)
    with raw_server(script) as url:
        assert channels(url=url).call("GET", "/api/order/", retry=False).status == 200
    assert "Koper" not in caplog.text
    assert "Traceback" not in caplog.text

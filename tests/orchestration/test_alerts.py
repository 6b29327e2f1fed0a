"""Alerts reach a real mail server and a real webhook, as text and never as a template or as HTML."""

import json
import logging
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.orchestration.alerts import alert_failed_run, send
from service import free_port

TEXT = "2 failed:\n- 1/CS1: order_incomplete. {{ conn.cloudsuite_default.password }} <script>alert(1)</script>"


class Mailbox:
    """Keeps what an SMTP server was given."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    port = free_port()
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    smtp = {"conn_type": "smtp", "host": "127.0.0.1", "port": port}
    smtp["extra"] = {"disable_tls": True, "disable_ssl": True, "from_email": "airflow@example.org"}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(smtp))
    monkeypatch.setenv("AIRFLOW_VAR_ORDERFLOW", json.dumps({"alerts": {"mail_to": ["team@example.org"]}}))
    yield mailbox
    server.stop()


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    received: list[Any] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/hook"
    monkeypatch.setenv("AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK", json.dumps({"conn_type": "http", "host": address}))
    yield received
    server.shutdown()


def failed(text: str) -> dict[str, Any]:
    ti = SimpleNamespace(dag_id="orderflow_daily", run_id="run1", log_url="http://airflow/log")
    error = PermanentError(text, reason=Reason.ORDER_INCOMPLETE)
    return {"ti": ti, "partition_key": "2026-11-22", "exception": error}


def test_a_failed_run_is_one_mail_with_the_orders_and_the_log(mailbox: Mailbox) -> None:
    alert_failed_run(failed(TEXT))
    (mail,) = mailbox.mails
    assert mail["Subject"] == "[Orderflow] orderflow_daily 2026-11-22 failed"
    assert mail["To"] == "team@example.org"
    html = next(part for part in mail.walk() if part.get_content_type() == "text/html")
    body = html.get_payload(decode=True).decode()
    assert "1/CS1: order_incomplete" in body
    assert "http://airflow/log" in body
    assert "<script>" not in body
    assert "{{ conn.cloudsuite_default.password }}" in body, "shown, not rendered"


def test_a_failed_run_is_one_message_to_the_webhook(webhook: list[Any]) -> None:
    alert_failed_run(failed(TEXT))
    (message,) = webhook
    assert message["text"].startswith("*orderflow_daily 2026-11-22 failed*\n2 failed:")
    assert "{{ conn" in message["text"]


def test_with_nothing_configured_the_log_has_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        alert_failed_run(failed(TEXT))
    assert "ALERT orderflow_daily 2026-11-22 failed" in caplog.text


def test_a_mail_server_that_is_down_does_not_keep_the_webhook_from_it(
    webhook: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ORDERFLOW", json.dumps({"alerts": {"mail_to": ["team@example.org"]}}))
    monkeypatch.setenv(
        "AIRFLOW_CONN_SMTP_DEFAULT",
        json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": 1, "extra": {"retry_limit": 1}}),
    )
    send("a", "b")
    assert len(webhook) == 1


def test_settings_that_cannot_be_read_do_not_hide_the_alert(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ORDERFLOW", json.dumps({"nonsense": 1}))
    send("a", "the orders")
    assert "the orders" in caplog.text

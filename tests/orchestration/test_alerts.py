"""Alerts reach a real mail server and a real webhook, as text and never as a template or as HTML."""

import json
import logging
from collections.abc import Iterator
from email import message_from_bytes
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from airflow.sdk import DAG

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.orchestration.alerts import alert_failed_run, send
from orderflow.orchestration.deadline import alert_late_run
from orderflow.orchestration.notifier import OrderflowNotifier
from orderflow.provider import get_provider_info
from service import free_port
from support.receivers import webhook_receiver

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
    with webhook_receiver() as (address, received):
        monkeypatch.setenv("AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK", json.dumps({"conn_type": "http", "host": address}))
        yield received


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
    assert 'href="http://localhost:8080/dags/orderflow_daily/runs/run1/plugin/orders-of-run"' in body
    assert "<script>" not in body
    assert "{{ conn.cloudsuite_default.password }}" in body, "shown, not rendered"


def test_a_failed_run_is_one_message_to_the_webhook(webhook: list[Any]) -> None:
    alert_failed_run(failed(TEXT))
    (message,) = webhook
    assert message["text"].startswith("*orderflow_daily 2026-11-22 failed*\n2 failed:")
    assert "{{ conn" in message["text"]
    assert message["text"].splitlines()[-3:] == [
        "All orders: http://localhost:8080/plugin/orders",
        "Orders of this run: http://localhost:8080/dags/orderflow_daily/runs/run1/plugin/orders-of-run",
        "Log: http://airflow/log",
    ]


def test_of_many_orders_whole_lines_are_left_out_and_the_links_are_kept(webhook: list[Any]) -> None:
    alert_failed_run(failed("\n".join(f"- 1/CS{n}: order_incomplete." for n in range(1_000))))
    (message,) = webhook
    lines = message["text"].splitlines()
    assert len(message["text"]) < 4_000
    assert lines[-1] == "Log: http://airflow/log"
    assert "… the rest is in the log and on the page" in lines
    assert {line for line in lines if line.startswith("- ")} <= {f"- 1/CS{n}: order_incomplete." for n in range(1_000)}


LATE = {
    "dag_id": "orderflow_daily",
    "dag_run_id": "scheduled__2026-11-23T23:00:00+00:00__x",
    "partition_key": "2026-11-23",
    "run_type": "scheduled",
    "state": "running",
    "queued_at": "2026-11-24T00:00:00Z",
}


def test_a_run_that_is_late_is_one_message_with_what_to_look_at(webhook: list[Any]) -> None:
    alert_late_run({"dag_run": LATE, "deadline": {"id": "1"}})
    (message,) = webhook
    assert message["text"].startswith("*orderflow_daily 2026-11-23 is late*\nIt was queued at 2026-11-24T00:00:00Z")
    assert "still running; it should have been done within 3 hours" in message["text"]
    assert "runs/scheduled__2026-11-23T23%3A00%3A00%2B00%3A00__x/plugin/orders-of-run" in message["text"]


@pytest.mark.parametrize(
    "what", [{"run_type": "backfill"}, {"state": "failed"}, {"state": "success"}], ids=["backfill", "failed", "done"]
)
def test_a_run_that_has_ended_or_is_part_of_a_backfill_is_not_late(webhook: list[Any], what: dict[str, str]) -> None:
    """Airflow calls the deadline for runs that failed in time, too."""
    alert_late_run({"dag_run": {**LATE, **what}, "deadline": {"id": "1"}})
    assert webhook == []


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
    send("a", "b", {})
    assert len(webhook) == 1


def test_settings_that_cannot_be_read_do_not_hide_the_alert(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ORDERFLOW", json.dumps({"nonsense": 1}))
    send("a", "the orders", {})
    assert "the orders" in caplog.text


def test_other_dags_can_send_by_the_same_channels(mailbox: Mailbox, webhook: list[Any]) -> None:
    context = {"dag": DAG("stock_import", schedule=None), "run_id": "manual__1", "ti": failed("")["ti"]}
    OrderflowNotifier(text="{{ run_id }} could not be read")(context)
    (mail,) = mailbox.mails
    assert mail["Subject"] == "[Orderflow] stock_import failed"
    (posted,) = webhook
    assert "manual__1 could not be read" in posted["text"]
    assert "Log: http://airflow/log" in posted["text"]


def test_airflow_knows_the_notifier() -> None:
    (named,) = get_provider_info()["notifications"]
    assert named == f"{OrderflowNotifier.__module__}.{OrderflowNotifier.__qualname__}"

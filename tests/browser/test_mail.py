"""A mail as people see it: sent through a real mail server, shown by a browser."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from orderflow.domain.reasons import Owner, Reason
from orderflow.flow.reporting.groups import grouped
from orderflow.flow.reporting.messages import Links, Writer
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.opening import open_ledger
from orderflow.orchestration.channels import Mail
from support.browsing import picture
from support.clock import Clock
from support.receivers import mail_server

NOW = datetime(2026, 11, 23, 7, 15, tzinfo=UTC)
TEAM = ("team@example.org",)
AIRFLOW = "https://airflow.example.org"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return a ledger with trouble of one quarter of an hour."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock=Clock(NOW))
    book = ledger.alerts
    for number in range(48193, 48208):
        book.see(Subject.of_order(number, f"1/CS{number}"), Reason.ERP_REJECTED, "unknown product NOPE-1")
    book.see(Subject.of_order(48211, "1/CS48211"), Reason.ERP_IN_DOUBT, "no answer after 20 s")
    for number in (48215, 48219, 48222):
        book.see(Subject.of_order(number, f"2/CS{number}"), Reason.PAYMENT_UNKNOWN, "payment_status is charge back")
    return ledger


def test_a_mail_has_a_block_and_a_link_for_each_cause(
    chromium: Browser, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = Links(f"{AIRFLOW}/plugin/orders", {"Run": f"{AIRFLOW}/dags/orderflow_daily/runs/2026-11-22"})
    groups = grouped(ledger, ledger.alerts.open())
    with mail_server() as (connection, mailbox):
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", connection)
        message = Writer("Europe/Amsterdam", NOW, links).message("orderflow_daily 2026-11-22", groups, [])
        Mail("mail", TEAM, None, frozenset(Owner)).send(message)
    (mail,) = mailbox.mails
    page = chromium.new_page(viewport={"width": 1000, "height": 400})
    page.set_content(f"<body style='font: 14px sans-serif'><h3>{escape(mail['Subject'])}</h3>{mailbox.text()}")

    expect(page.get_by_role("link")).to_have_count(len(groups) + 2)
    expect(page.locator("body")).to_contain_text("erp_rejected: unknown product NOPE-1 — 15 orders")
    assert page.evaluate("document.body.scrollWidth <= document.documentElement.clientWidth")
    picture(page, "mail")
    page.close()

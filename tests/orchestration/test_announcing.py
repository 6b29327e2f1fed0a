"""What people read, through a real mail server and webhook: once per cause, grouped, escaped, until accepted."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowRescheduleException

from orderflow.domain.reasons import Reason
from orderflow.flow.reporting.announce import NewsError, raise_news
from orderflow.ledger.ledger import Ledger
from orderflow.ledger.models.alerts import Subject
from orderflow.ledger.opening import open_ledger
from orderflow.orchestration import announcing
from orderflow.orchestration.announcing import announce_now, writer_of
from orderflow.orchestration.run_context import RunContext
from orderflow.orchestration.run_reports import announce_end
from service import wait_until
from support.clock import Clock
from support.receivers import Inbox, Mailbox

Here = Callable[..., RunContext]
DAY = "2026-11-22"


def order(number: int) -> Subject:
    return Subject.of_order(number, f"1/CS{number}")


def reject(book: Ledger, *numbers: int, product: str = "NOPE-1") -> None:
    for number in numbers:
        book.alerts.see(order(number), Reason.ERP_REJECTED, f"unknown product {product}")


def test_fifteen_orders_for_one_unknown_product_are_one_line_with_a_link(
    mailbox: Mailbox, webhook: Inbox, book: Ledger, here: Here
) -> None:
    """Case O1."""
    reject(book, *range(1, 16))
    book.alerts.see(order(20), Reason.ERP_IN_DOUBT, "no answer after 20 s")
    announce_now(book, here(date=DAY))
    (cause,) = {alert.cause for alert in book.alerts.open() if alert.reason is Reason.ERP_REJECTED}

    (mail,) = mailbox.mails
    assert mail["Subject"] == f"[Orderflow] orderflow_daily {DAY}: 16 orders need attention, 2 causes"
    body = mailbox.text()
    assert body.count("unknown product NOPE-1") == 1
    assert "erp_rejected: unknown product NOPE-1 — 15 orders" in body
    assert "Owner: ERP master data. Next step: Fix what the message names" in body
    assert f'<a href="http://localhost:8080/plugin/orders/orderflow/?cause={cause}">' in body
    assert all(f"1/CS{number}" in body for number in (*range(1, 16), 20)), "the mail has all"
    assert body.index("erp_in_doubt") < body.index("erp_rejected"), "the worst first"

    (message,) = webhook
    text = message["text"]
    assert text.startswith(f"*orderflow_daily {DAY}: 16 orders need attention, 2 causes*")
    assert "erp_rejected: `unknown product NOPE-1` — 15 orders" in text
    assert "… and 10 more" in text
    assert " CET" in text or " CEST" in text


def test_what_a_channel_refuses_is_sent_by_the_next_run_and_only_there(
    mailbox: Mailbox, webhook: Inbox, book: Ledger, here: Here
) -> None:
    """Case O5."""
    mailbox.is_down = True
    reject(book, 1)
    announce_now(book, here("first"))
    assert (len(mailbox.mails), len(webhook)) == (0, 1)
    announce_now(book, here("second"))
    mailbox.is_down, webhook.is_down = False, True
    announce_now(book, here("third"))
    announce_now(book, here("fourth"))
    assert (len(mailbox.mails), len(webhook)) == (1, 1)


def test_a_run_stays_open_for_some_minutes_while_a_channel_refuses_its_news(
    mailbox: Mailbox, webhook: Inbox, tmp_path: Path, here: Here
) -> None:
    book = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock=(clock := Clock()))
    mailbox.is_down = True
    reject(book, 1)
    with pytest.raises(AirflowRescheduleException) as again:
        announce_end(book, here(), [], is_patient=True)
    assert again.value.reschedule_date > clock.now
    announce_end(book, here("by hand", references=["1/CS1"]), [], is_patient=True)
    mailbox.is_down = False
    announce_end(book, here(), [], is_patient=True)
    assert (len(mailbox.mails), len(webhook)) == (1, 1)
    with pytest.raises(NewsError):
        raise_news(book, writer_of(book, here(), "UTC"), here().run)

    mailbox.is_down = True
    reject(book, 2, product="NOPE-2")
    clock.advance(minutes=13)
    announce_end(book, here("late"), [], is_patient=True)
    assert len(mailbox.mails) == 1, "from here on it is the next run's"


def test_what_is_fixed_is_told_once(webhook: Inbox, book: Ledger, here: Here) -> None:
    reject(book, 1, 2)
    announce_now(book, here("first"))
    book.alerts.close(order(1))
    announce_now(book, here("second"))
    assert len(webhook) == 1
    book.alerts.close(order(2))
    announce_now(book, here("third"))
    announce_now(book, here("fourth"))
    assert len(webhook) == 2
    assert "Fixed: erp_rejected: `unknown product NOPE-1` — 2 orders" in webhook[-1]["text"]
    assert webhook[-1]["text"].startswith("*orderflow_daily third: fixed: erp_rejected*")


@pytest.mark.parametrize(
    ("typed", "never"),
    [
        ("<!channel> <http://evil.example|Click>", ["<!channel>", "<http"]),
        ("`*bold*` [x](http://evil.example)", ["``", "`*bold*`"]),
        ("a & b <script>alert(1)</script>", ["<script>"]),
        ("{{ conn.cloudsuite_default.password }}\n\n*second line*", ["\n*second"]),
    ],
)
def test_what_others_have_typed_is_no_markup(
    webhook: Inbox, book: Ledger, here: Here, typed: str, never: list[str]
) -> None:
    """Case D5."""
    reject(book, 1, product=typed)
    announce_now(book, here())
    (message,) = webhook
    assert not [markup for markup in never if markup in message["text"]]


def test_a_mail_is_text_and_never_html_or_a_template(mailbox: Mailbox, book: Ledger, here: Here) -> None:
    reject(book, 1, product="<script>alert(1)</script> {{ conn.cloudsuite_default.password }}")
    announce_now(book, here())
    assert "<script>" not in mailbox.text()
    assert "{{ conn.cloudsuite_default.password }}" in mailbox.text()


def test_many_causes_are_cut_in_chat_and_never_in_mail(
    mailbox: Mailbox, webhook: Inbox, book: Ledger, here: Here
) -> None:
    for number in range(1, 101):
        reject(book, number, product=f"NOPE-{number}")
    announce_now(book, here())
    (message,) = webhook
    assert len(message["text"]) < 4_000
    assert "… and 92 more causes" in message["text"]
    assert message["text"].splitlines()[-2] == "All orders: http://localhost:8080/plugin/orders"
    assert all(f"NOPE-{number} " in mailbox.text() for number in range(1, 101))


def test_mail_goes_to_the_owner_and_what_has_no_address_to_those_who_integrate(
    mailbox: Mailbox, book: Ledger, here: Here, settings: Callable[..., None]
) -> None:
    settings(alerts={"mail_to": {"finance": ["fin@example.org"], "integration team": ["it@example.org"]}})
    book.alerts.see(order(1), Reason.PAYMENT_UNKNOWN, "payment_status is 'odd'")
    reject(book, 2)
    announce_now(book, here())
    (finance,), (others,) = mailbox.to("fin@example.org"), mailbox.to("it@example.org")
    assert "1 order needs attention" in finance["Subject"]
    assert "payment_unknown" in mailbox.text(mailbox.mails.index(finance))
    assert "erp_rejected" in mailbox.text(mailbox.mails.index(others))
    assert len(mailbox.mails) == 2


def test_a_run_is_red_for_news_alone(book: Ledger, here: Here) -> None:
    def end(run_id: str) -> None:
        announce_now(book, here(run_id))
        raise_news(book, writer_of(book, here(run_id), "UTC"), here(run_id).run)

    reject(book, 1)
    with pytest.raises(NewsError, match=r"1 new:\nerp_rejected: unknown product NOPE-1 — 1 order"):
        end("first")
    with pytest.raises(NewsError):
        end("first")
    reject(book, 2)
    end("second")
    book.alerts.close(order(1))
    end("first")


def test_a_mistake_in_the_settings_silences_nobody(
    mailbox: Mailbox, webhook: Inbox, book: Ledger, here: Here, settings: Callable[..., None]
) -> None:
    """Case Y2: the webhook is told, and mail goes by the part that is right, or by what was last right."""
    reject(book, 1)
    announce_now(book, here())
    settings(limitz={}, alerts={"mail_to": ["new@example.org"]})
    reject(book, 2, product="B")
    announce_now(book, here())
    settings(limitz={})
    reject(book, 3, product="C")
    announce_now(book, here())
    settings(alerts={"mail_too": 1})
    reject(book, 4, product="D")
    announce_now(book, here())
    assert [mail["To"] for mail in mailbox.mails] == [
        "team@example.org",
        "new@example.org",
        "team@example.org",
        "team@example.org",
    ]
    assert len(webhook) == 4


def test_with_nothing_configured_the_log_has_it(
    book: Ledger, here: Here, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ORDERFLOW", json.dumps({}))
    reject(book, 1)
    with caplog.at_level(logging.ERROR):
        announce_now(book, here())
    assert "ALERT orderflow_daily run1: 1 order needs attention" in caplog.text


def test_what_fails_while_a_task_is_at_work_is_told_before_it_ends(
    webhook: Inbox, book: Ledger, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "EVERY", timedelta(seconds=0.05))
    monkeypatch.setattr(announcing, "RunContext", here)

    @announcing.announces
    def work() -> int:
        reject(book, 1)
        wait_until(lambda: webhook or None, 30, "message")
        return len(webhook)

    assert work() == 1


def test_packing_slips_and_tasks_are_counted_as_what_they_are(webhook: Inbox, book: Ledger, here: Here) -> None:
    for number in ("PS-1", "PS-2"):
        slip = Subject.of_shipment(number, f"packing slip {number} (1/CS1)", 1)
        book.alerts.see(slip, Reason.MESSAGE_IN_DOUBT, "no answer")
    book.alerts.see(Subject.of_task("orderflow_sweep", "list_open_orders"), Reason.SHOP_REFUSED, "400")
    announce_now(book, here())
    (message,) = webhook
    first, *_ = message["text"].splitlines()
    assert first.endswith("2 packing slips need attention, a task fails (orderflow_sweep, list_open_orders), 2 causes*")
    assert "message_in_doubt — 2 packing slips, oldest " in message["text"]


def test_what_is_about_no_order_is_named_and_not_counted_as_one(
    mailbox: Mailbox, webhook: Inbox, book: Ledger, here: Here
) -> None:
    book.alerts.see(Subject.of_missed_days(), Reason.DAY_NOT_RUN, "2026-11-20, 2026-11-21", title="")
    announce_now(book, here(date=DAY))
    book.alerts.see(Subject.of_go_live(), Reason.BEFORE_GO_LIVE, "2 orders: 1/CS1, 1/CS2.", title="")
    reject(book, 3)
    announce_now(book, here(date=DAY))
    first, second = mailbox.mails
    assert first["Subject"] == f"[Orderflow] orderflow_daily {DAY}: day_not_run"
    assert second["Subject"] == f"[Orderflow] orderflow_daily {DAY}: 1 order needs attention, before_go_live, 2 causes"
    assert "day_not_run — missed days, oldest " in webhook[0]["text"]
    assert "`2026-11-20, 2026-11-21`" in webhook[0]["text"], "which days"
    assert "orderflow/?reason=before_go_live" in webhook[1]["text"]
    assert "1/CS1, 1/CS2" in mailbox.text(1)

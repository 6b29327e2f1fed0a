"""A run that could not report, or that is late, is announced through a real webhook."""

import json
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG

from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError, PermanentError, TransientError
from orderflow.flow.batch import BatchFailedError
from orderflow.flow.reporting.announce import NewsError
from orderflow.ledger.ledger import Ledger
from orderflow.orchestration.alerts import alert_failed_report, send
from orderflow.orchestration.deadline import alert_late_run
from orderflow.orchestration.failed_tasks import FailedTask, FailedTasksError, find_failed_tasks, publish_error
from orderflow.orchestration.notifier import OrderflowNotifier
from orderflow.provider import get_provider_info
from support.receivers import Inbox, Mailbox

Context = Callable[..., Any]
UNREADABLE = ConfigurationError("the Airflow Variable `orderflow` is not valid: limitz: no such setting")


def test_a_report_that_cannot_be_made_is_told_once(webhook: Inbox, book: Ledger, context: Context) -> None:
    for run_id in ("first", "second", "third"):
        alert_failed_report({**context(run_id), "exception": UNREADABLE})
    (message,) = webhook
    assert "configuration: `the Airflow Variable 'orderflow' is not valid: limitz" in message["text"]
    assert [alert.seen for alert in book.alerts.open()] == [3]


def test_what_the_run_has_announced_is_not_told_again(webhook: Inbox, book: Ledger, context: Context) -> None:
    alert_failed_report({**context(), "exception": NewsError("1 new", reason=Reason.ERP_REJECTED)})
    assert (webhook, book.alerts.open()) == ([], [])


def test_who_has_started_a_run_for_something_is_told_each_time(webhook: Inbox, book: Ledger, context: Context) -> None:
    broken = FailedTasksError([FailedTask("list_open_orders", None, Reason.SHOP_UNAVAILABLE, "no answer")])
    for _ in range(2):
        alert_failed_report({**context(references=["CS1"]), "exception": broken})
    assert len(webhook) == 2
    assert "list_open_orders: no answer" in webhook[0]["text"]
    assert book.alerts.open() == []


def test_without_a_ledger_it_is_told_each_time(
    webhook: Inbox, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ORDERFLOW_LEDGER", "sqlite:////no/such/folder/ledger.db")
    for _ in range(2):
        alert_failed_report({**context(), "exception": TransientError("locked", reason=Reason.LEDGER_UNAVAILABLE)})
    assert len(webhook) == 2


LATE = {
    "dag_id": "orderflow_daily",
    "dag_run_id": "scheduled__2026-11-23T23:00:00+00:00__x",
    "partition_key": "2026-11-23",
    "run_type": "scheduled",
    "state": "running",
    "queued_at": "2026-11-24T00:00:00Z",
}


def test_a_run_that_is_late_is_one_message_with_what_to_look_at(webhook: Inbox, book: Ledger) -> None:
    del book
    alert_late_run({"dag_run": LATE, "deadline": {"id": "1"}})
    (message,) = webhook
    assert message["text"].startswith("*orderflow_daily 2026-11-23 is late*\nIt was queued at 2026-11-24T00:00:00Z")
    assert "still running; it should have been done within 3 hours" in message["text"]
    assert "runs/scheduled__2026-11-23T23%3A00%3A00%2B00%3A00__x/plugin/orders-of-run" in message["text"]


@pytest.mark.parametrize(
    "what", [{"run_type": "backfill"}, {"state": "failed"}, {"state": "success"}], ids=["backfill", "failed", "done"]
)
def test_a_run_that_has_ended_or_is_part_of_a_backfill_is_not_late(webhook: Inbox, what: dict[str, str]) -> None:
    """Case O3: Airflow calls the deadline for runs that failed in time, too."""
    alert_late_run({"dag_run": {**LATE, **what}, "deadline": {"id": "1"}})
    assert webhook == []


def test_a_mapped_task_says_which_instance_failed_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow calls them `send_3`, and a task that is not mapped may be called `send_1` too."""
    failed = {"send_1", "send_3", "list", "group.push", "finish"}
    states = {**dict.fromkeys(failed, "failed"), "send_4": "success"}
    told: dict[tuple[str, int], Any] = {}
    at: list[tuple[str, int]] = []
    ti = SimpleNamespace(
        dag_id="a_dag",
        run_id="a_run",
        get_task_states=lambda **_: {"a_run": states},
        xcom_push=lambda _, value: told.update({at[-1]: value}),
        xcom_pull=lambda *, task_ids, key, map_indexes=-1: told.get((task_ids, map_indexes)) if key else None,
    )
    context = {"ti": ti, "dag": SimpleNamespace(has_task={"send", "send_1", "list", "finish"}.__contains__)}
    monkeypatch.setattr("orderflow.orchestration.failed_tasks.get_current_context", lambda: context)

    def fail(where: tuple[str, int], error: Exception) -> None:
        at.append(where)

        @publish_error
        def work() -> None:
            raise error

        with pytest.raises(type(error)):
            work()

    fail(("send", 3), PermanentError("no answer", reason=Reason.SHOP_REFUSED))
    fail(("finish", -1), BatchFailedError("order 7", reason=Reason.SHOP_UNAVAILABLE))
    assert [str(task).partition(" (")[0] for task in find_failed_tasks(besides="group")] == [
        "list: see its log",
        "send_1: see its log",
        "send[3]: no answer",
    ], "that orders failed in `finish`, their alerts say"


def test_other_dags_can_send_by_the_same_channels(mailbox: Mailbox, webhook: Inbox, book: Ledger) -> None:
    del book
    ti = SimpleNamespace(log_url="http://airflow/log")
    context = {"dag": DAG("stock_import", schedule=None), "run_id": "manual__1", "ti": ti}
    OrderflowNotifier(text="{{ run_id }} could not be read")(context)
    (mail,) = mailbox.mails
    assert mail["Subject"] == "[Orderflow] stock_import failed"
    (posted,) = webhook
    assert "manual__1 could not be read" in posted["text"]
    assert "Log: http://airflow/log" in posted["text"]


def test_airflow_knows_the_notifier() -> None:
    (named,) = get_provider_info()["notifications"]
    assert named == f"{OrderflowNotifier.__module__}.{OrderflowNotifier.__qualname__}"


@pytest.mark.parametrize("path", ["/services/T000/B000/w3bh00k-canary", "/hook?sig=w3bh00k-canary"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_webhook_that_takes_nothing_is_logged_without_its_address(
    webhook: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str, *, is_there: bool
) -> None:
    """Whoever knows the address may write there."""
    webhook.is_down = True
    connection = json.loads(os.environ["AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK"])
    address = connection["host"] if is_there else "http://127.0.0.1:1"
    monkeypatch.setenv(
        "AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK", json.dumps({"conn_type": "http", "host": f"{address}{path}"})
    )
    send("subject", "text", {})
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("orderflow")]
    assert [line for line in ours if "could not be sent by webhook" in line]
    assert not [line for line in ours if "canary" in line]
    assert not [record for record in caplog.records if record.name.startswith("orderflow") and record.exc_info]

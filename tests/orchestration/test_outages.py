"""What keeps a task from working: how the run's last task finds it out, and when people are told of it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError, TransientError
from orderflow.ledger.opening import open_ledger
from orderflow.orchestration.failed_tasks import BrokenTasksError, FailedTask, broken_tasks, publish_error
from orderflow.orchestration.outages import alert_failed_run_once
from support.receivers import webhook_receiver

LIST = FailedTask("list_open_orders", None, Reason.SHOP_UNAVAILABLE, "the shop did not answer")
Fail = Callable[..., list[Any]]


@pytest.fixture
def ledger_url(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("AIRFLOW_CONN_ORDERFLOW_LEDGER", url)
    return url


@pytest.fixture
def fail(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fail]:
    """Return a function that lets a run's last task fail; it returns the messages that people have got so far."""
    del ledger_url
    with webhook_receiver() as (address, received):
        monkeypatch.setenv("AIRFLOW_CONN_ORDERFLOW_ALERTS_WEBHOOK", f'{{"conn_type": "http", "host": "{address}"}}')

        def fail(run_id: str, error: Exception, **params: Any) -> list[Any]:
            ti = SimpleNamespace(
                dag_id="orderflow_sweep", run_id=run_id, task_id="report_news", map_index=-1, try_number=1, log_url=""
            )
            context: Any = {"ti": ti, "exception": error, "params": params}
            alert_failed_run_once(context)
            return received

        yield fail


def test_only_the_run_that_met_an_outage_first_tells_of_it(fail: Fail, ledger_url: str) -> None:
    assert len(fail("first", BrokenTasksError([LIST]))) == 1
    assert len(fail("second", BrokenTasksError([LIST]))) == 1
    assert len(fail("first", BrokenTasksError([LIST]))) == 2, "it may have died before it was sent"
    assert len(fail("third", BrokenTasksError([LIST, LIST._replace(reason=Reason.SHOP_AUTH)]))) == 3, "a new cause"
    assert [outage.seen for outage in open_ledger(ledger_url).outages.open()] == [4, 1]


def test_what_is_no_outage_is_told_every_time(fail: Fail, ledger_url: str) -> None:
    for told, params in enumerate([{}, {}, {"order_ids": [7]}, {"references": ["CS1"]}, {"dry_run": True}], start=1):
        error = BrokenTasksError([LIST]) if params else PermanentError("1 new:\n- 1/CS1: order_incomplete.")
        assert len(fail(f"run {told}", error, **params)) == told
    assert open_ledger(ledger_url).outages.open() == []


def test_an_outage_that_cannot_be_noted_is_told(fail: Fail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ORDERFLOW_LEDGER", "sqlite:////no/such/folder/ledger.db")
    for told in (1, 2):
        assert len(fail("same", BrokenTasksError([LIST]))) == told


def test_a_mapped_task_says_which_instance_failed_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow calls them `send_3`, and a task that is not mapped may be called `send_1` too."""
    states = {"send_1": "failed", "send_3": "failed", "send_4": "success", "list": "failed", "group.push": "failed"}
    told: dict[tuple[str, int], Any] = {}
    ti = SimpleNamespace(
        dag_id="a_dag",
        run_id="a_run",
        get_task_states=lambda **_: {"a_run": states},
        xcom_push=lambda _, value: told.update({("send", 3): value}),
        xcom_pull=lambda *, task_ids, key, map_indexes=-1: told.get((task_ids, map_indexes)) if key else None,
    )
    context = {"ti": ti, "dag": SimpleNamespace(has_task={"send", "send_1", "list"}.__contains__)}
    monkeypatch.setattr("orderflow.orchestration.failed_tasks.get_current_context", lambda: context)

    @publish_error
    def send() -> None:
        raise TransientError("no answer", reason=Reason.SHOP_UNAVAILABLE)

    with pytest.raises(TransientError):
        send()
    assert [str(task) for task in broken_tasks(besides="group")] == [
        "list: see its log",
        "send_1: see its log",
        "send[3]: no answer (shop_unavailable; who fixes it: nobody)",
    ]

"""Metrics are sent by Airflow's own StatsD client, and reach a real receiver."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics.stats_utils import get_stats_factory

from orderflow.domain.worklist import OPEN_LISTS, Worklist
from orderflow.flow.reporting.report import Report
from orderflow.flow.reporting.worklists import OpenState
from orderflow.orchestration.connect import connect
from orderflow.orchestration.metrics import METRICS, count
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment
from support.receivers import StatsdReceiver


@pytest.fixture
def statsd(monkeypatch: pytest.MonkeyPatch) -> Iterator[StatsdReceiver]:
    receiver = StatsdReceiver()
    for name, value in {"ON": "True", "HOST": "127.0.0.1", "PORT": str(receiver.port)}.items():
        monkeypatch.setenv(f"AIRFLOW__METRICS__STATSD_{name}", value)
    stats.initialize(factory=get_stats_factory(), export_legacy_names=True)  # as Airflow does when a task starts
    yield receiver
    monkeypatch.undo()
    stats.initialize(factory=get_stats_factory(), export_legacy_names=True)


def test_a_run_is_counted_by_outcome_and_says_what_is_open(statsd: StatsdReceiver) -> None:
    report = Report(date="2026-11-22", listed=9, processed=4, unchanged=1, waiting=2, held=1, failed=1, offline_sent=3)
    counts = dict.fromkeys(OPEN_LISTS, 0) | {Worklist.IN_DOUBT: 2}
    count(report, OpenState(counts, timedelta(hours=1)))

    statsd.wait_for("airflow.orderflow.open.oldest_seconds")
    assert statsd.of("airflow.orderflow.open.oldest_seconds") == ["3600.0|g"]
    assert statsd.of("airflow.orderflow.open.in_doubt") == ["2|g"]
    assert statsd.of("airflow.orderflow.open.partly_written_back") == ["0|g"]
    sent = {name: statsd.of(f"airflow.orderflow.orders.{name}") for name in ("processed", "waiting", "offline_sent")}
    assert sent == {"processed": ["4|c"], "waiting": ["2|c"], "offline_sent": ["3|c"]}
    assert _undocumented(statsd) == set()


def test_calls_are_timed_by_service_and_method_and_repeats_are_counted(
    statsd: StatsdReceiver,
    sandbox: RunningSandbox,
    control: SandboxControl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (order_id,) = control.add_orders({"reference": "CS1"})
    for name, value in sandbox_environment(sandbox.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AIRFLOW_CONN_ORDERFLOW_LEDGER", f"sqlite:///{tmp_path / 'ledger.db'}")
    control.fault("status", service="shop", method="GET", status=503, headers={"Retry-After": "0"})
    services = connect()

    services.shop.get_order(order_id)
    services.erp.find("1/CS1")

    (of_erp,) = statsd.wait_for("airflow.orderflow.call.erp.GET")
    assert of_erp.endswith("|ms")
    assert len(statsd.of("airflow.orderflow.call.shop.GET")) == 2, "the one that was answered by 503 too"
    assert statsd.of("airflow.orderflow.call_repeated.shop.GET") == ["1|c"]
    assert statsd.of("airflow.orderflow.call_repeated.erp.GET") == []
    assert _undocumented(statsd) == set()


def _undocumented(statsd: StatsdReceiver) -> set[str]:
    """Return the names that were received and that docs/reference/metrics.md, made of METRICS, does not have."""
    known = [re.compile("airflow." + re.sub("<[a-z]+>", "[A-Za-z_]+", name)) for name in METRICS]
    return {name for name in statsd.names() if not any(pattern.fullmatch(name) for pattern in known)}

"""OpenTelemetry through Airflow's own settings, to a collector on this machine: what a run's trace shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from local_airflow import LocalAirflow
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox
from sandbox_env import sandbox_environment
from service import wait_until
from support.receivers import OtlpReceiver

DAILY = "orderflow_daily"
DAY = "2026-11-22"
STEPS = {"select", "push_to_erp", "patch_state", "patch_erp_order_number", "put_order_lines"}


@pytest.fixture
def collector() -> Iterator[OtlpReceiver]:
    receiver = OtlpReceiver()
    yield receiver
    receiver.close()


def _switches(collector: OtlpReceiver) -> dict[str, str]:
    """Return what docs/how-to/observability.md tells people to set."""
    return {
        "AIRFLOW__METRICS__OTEL_ON": "True",
        "AIRFLOW__TRACES__OTEL_ON": "True",
        "OTEL_SERVICE_NAME": "airflow",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_TRACES_EXPORTER": "otlp_proto_http",
    }


def _attributes(span: Span) -> dict[str, str]:
    return {attribute.key: attribute.value.string_value for attribute in span.attributes}


def test_a_runs_trace_shows_each_orders_steps_and_calls(
    sandbox: RunningSandbox, control: SandboxControl, collector: OtlpReceiver, tmp_path: Path
) -> None:
    control.reset(day=DAY, count=3, payable_only=True)
    ledger = {"AIRFLOW_CONN_ORDERFLOW_LEDGER": f"sqlite:///{tmp_path}/ledger.db"}
    environment = sandbox_environment(sandbox.url) | ledger | _switches(collector)
    with LocalAirflow(tmp_path / "airflow", schedules=False, environment=environment, expect=[DAILY]) as airflow:
        airflow.unpause(DAILY)
        run_id = airflow.trigger(DAILY, partition_key=DAY)
        assert airflow.wait(DAILY, run_id, timeout=240) == "success"
        wait_until(lambda: _run_span(collector), 60, "span of the run")

    spans = {span.span_id: span for span in collector.spans}
    run = _run_span(collector)
    assert run is not None
    of_orders = [
        span for span in spans.values() if span.name.startswith("orderflow.") and span.trace_id == run.trace_id
    ]
    seen = {(_attributes(span)["order"], _attributes(span)["step"]) for span in of_orders}
    assert seen >= {(str(order["id"]), step) for order in control.orders() for step in STEPS}

    calls = [span for span in spans.values() if span.name in {"shop GET", "erp POST", "shop PATCH", "shop PUT"}]
    parents = {_attributes(spans[call.parent_span_id]).get("step") for call in calls if call.parent_span_id in spans}
    assert parents >= {"select", "push_to_erp", "put_order_lines"}
    pushed = [call for call in calls if call.name == "erp POST"]
    assert {_attributes(spans[call.parent_span_id])["step"] for call in pushed} == {"push_to_erp"}
    assert "airflow.orderflow.orders.processed" in collector.metrics
    assert not [span for span in spans.values() if "sandbox-secret" in str(span)]


def _run_span(collector: OtlpReceiver) -> Span | None:
    return next((span for span in collector.spans if span.name == f"dag_run.{DAILY}"), None)

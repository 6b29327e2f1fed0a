"""Metrics, sent as Airflow is configured: by StatsD, OpenTelemetry, or not at all.

Plain StatsD has no tags, so the names contain everything. docs/reference/metrics.md lists them.
"""

import time
from datetime import timedelta
from typing import Literal, NamedTuple

from airflow.sdk.observability import stats
from opentelemetry import trace

from orderflow.flow.reporting.report import Report
from orderflow.flow.reporting.worklists import OpenState

_TRACER = trace.get_tracer("orderflow")
OUTCOMES = ("processed", "unchanged", "waiting", "held", "failed", "offline_sent")


class Metric(NamedTuple):
    """What a metric is."""

    kind: Literal["counter", "gauge", "timer"]
    meaning: str


METRICS = {
    "orderflow.orders.<outcome>": Metric(
        "counter",
        f"Orders of a run by outcome ({', '.join(OUTCOMES)}), added at the end of each daily run and sweep. A waiting "
        "order is counted by each run that checks it.",
    ),
    "orderflow.open.<list>": Metric(
        "gauge",
        "Orders that are on this open list of the ledger now, from any day. `partly_written_back` was called "
        "`half_written` in 0.1.0; the former name is not sent any more.",
    ),
    "orderflow.open.oldest_seconds": Metric("gauge", "Age of the oldest open order; 0 if there is none."),
    "orderflow.call.<service>.<method>": Metric(
        "timer", "Every request to `shop` or `erp`, answered or not, such as `orderflow.call.erp.POST`."
    ),
    "orderflow.call_repeated.<service>.<method>": Metric(
        "counter", "Requests that the client repeated after a failure."
    ),
}
"""Every metric that is sent; <words> are placeholders."""


class AirflowMeter:
    """Measures the calls to shop and ERP: an `orderflow.transport.Meter`."""

    def called(self, service: str, method: str, seconds: float) -> None:
        """Time one request, answered or not, and make it a span of the trace."""
        end = time.time_ns()
        _TRACER.start_span(f"{service} {method}", start_time=end - int(seconds * 1e9)).end(end)
        stats.timing(f"orderflow.call.{service}.{method}", timedelta(seconds=seconds))

    def repeated(self, service: str, method: str) -> None:
        """Count one request that is repeated after a failure."""
        stats.incr(f"orderflow.call_repeated.{service}.{method}")


def count(report: Report, still_open: OpenState) -> None:
    """Count a run's orders by outcome, and report what is open in the ledger now."""
    for outcome in OUTCOMES:
        stats.incr(f"orderflow.orders.{outcome}", getattr(report, outcome))
    for listed, orders in still_open.counts.items():
        stats.gauge(f"orderflow.open.{listed.replace(' ', '_')}", orders)
    stats.gauge("orderflow.open.oldest_seconds", still_open.oldest.total_seconds())

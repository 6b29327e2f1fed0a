"""Figures for whoever watches, by Airflow's own metrics: StatsD or OpenTelemetry, as Airflow is set; nowhere when not.

Plain StatsD has no tags, so what tells figures apart is in their names. docs/how-to/observability.md lists them.
"""

from datetime import timedelta

from airflow.sdk.observability import stats

from orderflow.flow.reporting.report import Report
from orderflow.flow.reporting.worklists import OpenState

OUTCOMES = ("processed", "unchanged", "waiting", "held", "failed", "offline_sent")


class AirflowMeter:
    """Measures the calls to shop and ERP: a `orderflow.transport.Meter`."""

    def called(self, service: str, method: str, seconds: float) -> None:
        """Time one request, answered or not."""
        stats.timing(f"orderflow.call.{service}.{method}", timedelta(seconds=seconds))

    def repeated(self, service: str, method: str) -> None:
        """Count one request that is made again after it has failed."""
        stats.incr(f"orderflow.call_repeated.{service}.{method}")


def count(report: Report, still_open: OpenState) -> None:
    """Count a run's orders by what became of them, and say what is open in the ledger now."""
    for outcome in OUTCOMES:
        stats.incr(f"orderflow.orders.{outcome}", getattr(report, outcome))
    for listed, orders in still_open.counts.items():
        stats.gauge(f"orderflow.open.{listed.replace(' ', '_')}", orders)
    stats.gauge("orderflow.open.oldest_seconds", still_open.oldest.total_seconds())

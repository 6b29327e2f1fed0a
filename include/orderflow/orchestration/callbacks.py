"""What Airflow calls when a run's last task fails. It imports what it needs only then."""

from collections.abc import Mapping
from typing import Any


def alert_failed_report(context: Mapping[str, Any]) -> None:
    """Announce that a run could not be summed up: see `alerts`."""
    from orderflow.orchestration import alerts

    alerts.alert_failed_report(context)

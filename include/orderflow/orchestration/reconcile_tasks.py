"""The morning's tasks, as DAG files see them: compare both sides, and send the digest of what is open."""

from typing import Any

from airflow.sdk import task

from orderflow.environment import ERP_POOL
from orderflow.orchestration.callbacks import alert_failed_report
from orderflow.orchestration.edge import guarded


@task(on_failure_callback=alert_failed_report, pool=ERP_POOL)
@guarded
def compare_shop_and_erp() -> dict[str, Any]:
    """Compare both sides; the result is in the ledger and in CSV files before a difference fails the run."""
    from orderflow.orchestration import reconcile_work

    return reconcile_work.compare_shop_and_erp()


@task(on_failure_callback=alert_failed_report)
@guarded
def send_digest() -> None:
    """Send everything that is open in one message, if there is news or it is Monday; delete old data."""
    from orderflow.orchestration import reconcile_work

    reconcile_work.send_digest()

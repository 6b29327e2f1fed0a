"""The task of the check, as its DAG file sees it."""

from typing import Any

from airflow.sdk import task

from orderflow.environment import ERP_POOL
from orderflow.orchestration.callbacks import alert_failed_report
from orderflow.orchestration.edge import guarded


@task(pool=ERP_POOL, on_failure_callback=alert_failed_report)
@guarded
def check_what_is_assumed() -> dict[str, Any]:
    """Compare every assumption with shop and ERP; the table is in the ledger, on the page and in the log."""
    from orderflow.orchestration import check_work

    return check_work.check_what_is_assumed()

"""The task of the reconciliation: connect for reading only, compare, keep the result, and fail for what is overdue."""

import logging
from typing import Any

from airflow.sdk import task

from orderflow.flow.reconcile import reconcile
from orderflow.flow.reconciliation_csv import csv_folder, write_csv
from orderflow.orchestration.connect import connect
from orderflow.orchestration.run_context import RunContext

log = logging.getLogger(__name__)


@task
def compare_shop_and_erp() -> dict[str, Any]:
    """Compare both sides; the result is in the ledger and in CSV files before a difference fails the run."""
    here = RunContext()
    parties = connect(read_only=True)
    reconciled = reconcile(parties, here.run, days=here.params.get("days"), webshop=here.params.get("webshop"))
    log.info("written: %s", write_csv(reconciled, csv_folder(parties.settings)))
    reconciled.raise_overdue()
    return reconciled.summary.model_dump(mode="json", exclude={"totals"})

"""The tasks of the morning: compare both sides and fail for what is overdue; tell people what is open."""

import logging
from typing import Any

from airflow.sdk import task

from orderflow.flow.reconciliation.csv_export import csv_folder, write_csv
from orderflow.flow.reconciliation.reconcile import reconcile
from orderflow.flow.reporting.digest import Digest
from orderflow.orchestration.alerts import alert_failed_run, page_link, send
from orderflow.orchestration.connect import connect
from orderflow.orchestration.run_context import RunContext

log = logging.getLogger(__name__)


@task(on_failure_callback=alert_failed_run)
def compare_shop_and_erp() -> dict[str, Any]:
    """Compare both sides; the result is in the ledger and in CSV files before a difference fails the run."""
    here = RunContext()
    services = connect(read_only=True)
    reconciled = reconcile(services, here.run, days=here.params.get("days"), webshop=here.params.get("webshop"))
    log.info("written: %s", write_csv(reconciled, csv_folder(services.settings)))
    reconciled.raise_overdue()
    return reconciled.summary.model_dump(mode="json", exclude={"totals"})


@task(on_failure_callback=alert_failed_run)
def send_digest() -> None:
    """Send one message with all that is open; none when nothing is but orders that wait for their payment."""
    services = connect(read_only=True)
    log.info("%d calls planned by old dry runs forgotten", services.ledger.plans.forget())
    digest = Digest.of(services)
    if digest.is_quiet:
        log.info("nothing is open that asks for a person, so no digest is sent\n%s", digest)
        return
    send(digest.subject, str(digest), page_link(), level=logging.INFO)

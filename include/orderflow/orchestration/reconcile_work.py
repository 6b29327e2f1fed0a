"""What the morning's tasks do: compare both sides and fail for what is overdue; send the digest of what is open."""

import json
import logging
from functools import partial
from typing import Any

from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.reconciliation.csv_export import save_csv
from orderflow.flow.reconciliation.reconcile import compare_again, reconcile
from orderflow.flow.reporting.digest import Digest
from orderflow.flow.reporting.groups import ORDER, counted
from orderflow.flow.reporting.service_level import judge_service_level
from orderflow.flow.services import Services
from orderflow.orchestration.announcing import announces, writer_of
from orderflow.orchestration.channels import channels
from orderflow.orchestration.connect import connect, services_of
from orderflow.orchestration.csv_folder import csv_folder
from orderflow.orchestration.run_context import RunContext
from orderflow.orchestration.run_reports import end_report

log = logging.getLogger(__name__)


@announces
def compare_shop_and_erp() -> dict[str, Any]:
    """Compare both sides; the result is in the ledger and in CSV files before a difference fails the run."""
    here = RunContext()
    services = connect(read_only=True)
    if here.order_ids:
        return _compare_again(services, here)
    reconciled = reconcile(services, here.run, days=here.params.get("days"), webshop=here.params.get("webshop"))
    saved = save_csv(reconciled, partial(csv_folder, services.settings))
    log.info("CSV files: %s", saved)
    judge_service_level(services, here.run)
    end_report(services, here, [])
    if isinstance(saved, OrderflowError):
        raise saved
    return reconciled.summary.model_dump(mode="json", exclude={"totals"})


def _compare_again(services: Services, here: RunContext) -> dict[str, Any]:
    """Compare only the orders that somebody has named."""
    again = compare_again(services, here.run, here.order_ids)
    end_report(services, here, [])
    if again.errors:
        text = "\n".join(f"- {error}" for error in again.errors)
        raise PermanentError(
            f"{counted(len(again.errors), ORDER)} not compared:\n{text}", reason=again.errors[0].reason
        )
    return {"compared": again.compared, "different": again.different, "resolved": again.resolved}


def send_digest() -> None:
    """Send everything that is open in one message, if there is news or it is Monday; delete old data."""
    if RunContext().order_ids:
        log.info("this run was for named orders: no digest")
        return
    services = services_of()
    log.info("%d calls planned by old dry runs forgotten", services.ledger.plans.forget())
    removed = services.ledger.housekeeping.purge(services.settings.retention.ages)
    log.info("removed from the ledger, as the settings `retention` say: %s", json.dumps(removed))
    deliver_digest(services, RunContext())


def deliver_digest(services: Services, here: RunContext) -> None:
    """Send the digest to every channel, if it is due; what a channel refuses is in tomorrow's digest again."""
    digest = Digest.of(services)
    writer = writer_of(services.ledger, here, services.settings.timezone)
    if not digest.is_due(services):
        log.info("nothing new: no digest is sent\n%s", digest.message(services, writer).text)
        return
    refused = []
    for channel in channels(services.settings.alerts, level=logging.INFO):
        try:
            channel.send(digest.message(services, writer, owners=channel.owners))
        except Exception:
            log.warning("%s did not accept the digest", channel.name, exc_info=True)
            refused.append(channel.name)
    if not refused:
        digest.leave(services)

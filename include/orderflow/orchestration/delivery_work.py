"""What the tasks of the packing slips do: connect, call one use case, return plain JSON."""

import logging
from collections.abc import Sequence
from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.flow.batch import raise_failures, share_out
from orderflow.flow.shipments.decide import decide_shipments
from orderflow.flow.shipments.listing import list_shipments
from orderflow.flow.shipments.preview import preview_shipments
from orderflow.flow.shipments.report import UnreadableShipment, end_shipments, keep_alerts
from orderflow.flow.shipments.send import send_shipments
from orderflow.orchestration.announcing import announces
from orderflow.orchestration.connect import connect, services_of
from orderflow.orchestration.dry_runs import show
from orderflow.orchestration.failed_tasks import (
    failed_units,
    find_failed_tasks,
    publish_error,
    publish_units,
    raise_failed_tasks,
)
from orderflow.orchestration.run_context import RunContext
from orderflow.orchestration.run_reports import announce_end, raise_end, raise_for_who_asked

log = logging.getLogger(__name__)


@publish_error
@announces
def list_packing_slips() -> list[list[str]]:
    """Read the ERP's new packing slips into the ledger, and do what a person has decided about slips in doubt.

    Divide the ones to check among task instances.
    """
    here = RunContext()
    named = here.decision.numbers
    services = connect(dry_run=here.dry_run, read_only=not (here.dry_run or named))
    asked = here.first_instant(services.settings)
    if here.dry_run:
        show(services, here, preview_shipments(services, asked, here.run, here.decision))
        return []
    listed, unreadable = list_shipments(services, asked)
    for number, error in unreadable.items():
        error.order = number
    publish_units([*unreadable.values(), *decide_shipments(services, here.decision, here.run)])
    numbers = list(dict.fromkeys([*services.ledger.shipments.get_many(named), *listed]))
    return share_out(numbers, services.settings.limits.max_mapped)


@publish_error
@announces
def send_packing_slips(batch: list[str]) -> None:
    """Send each slip to the shop, once, as soon as it has the numbers of its orders."""
    here = RunContext()
    here.label(batch[0] if len(batch) == 1 else f"{batch[0]} … {batch[-1]} ({len(batch)})")
    services = connect()
    results = send_shipments(services, batch, here.run)
    keep_alerts(services, batch, here.run)
    raise_failures(results)


def report_deliveries(batches: list[list[str]] | None) -> dict[str, Any]:
    """Sum up the run; fail it for news, naming the slip, the reason and its owner."""
    here = RunContext()
    if here.dry_run:
        raise_failed_tasks(find_failed_tasks())
        raise AirflowSkipException("dry run: nothing was written; the run's tab Orders shows what would be")
    numbers = [number for batch in batches or [] for number in batch]
    services = services_of()
    units, asked = failed_units("list_packing_slips"), set(here.decision.numbers)
    unreadable = [UnreadableShipment(*unit[:3]) for unit in units if unit.name not in asked]
    summary, news = end_shipments(services, numbers, here.run, unreadable)
    log.info("%s", summary.model_dump_json())
    if news.still_open:
        log.info("open alerts:\n%s", news.digest())
    broken = find_failed_tasks()
    announce_end(services.ledger, here, broken, is_patient=True)
    raise_end(services, here, broken)
    raise_for_who_asked(here, _undone([unit.error for unit in units if unit.name in asked]))
    return summary.model_dump(mode="json")


def _undone(errors: Sequence[str]) -> PermanentError | None:
    """Say which decisions were not carried out; that matters only to the person who made them."""
    return PermanentError("\n".join(errors), reason=Reason.CONFIGURATION) if errors else None

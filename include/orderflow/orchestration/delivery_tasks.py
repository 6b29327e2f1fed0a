"""The tasks of the packing slips, as DAG files see them. Only slip numbers are passed between them."""

from typing import Any

from airflow.sdk import task

from orderflow.environment import ERP_POOL, SHOP_POOL
from orderflow.orchestration.callbacks import alert_failed_report
from orderflow.orchestration.edge import guarded
from orderflow.orchestration.tasks import LABEL


@task(pool=ERP_POOL)
@guarded
def list_packing_slips() -> list[list[str]]:
    """Read the ERP's new packing slips into the ledger, and do what a person has decided about slips in doubt.

    Divide the ones to check among task instances.
    """
    from orderflow.orchestration import delivery_work

    return delivery_work.list_packing_slips()


@task(pool=SHOP_POOL, map_index_template=LABEL)
@guarded
def send_packing_slips(batch: list[str]) -> None:
    """Send each slip to the shop, once, as soon as it has the numbers of its orders."""
    from orderflow.orchestration import delivery_work

    delivery_work.send_packing_slips(batch)


@task(trigger_rule="all_done", on_failure_callback=alert_failed_report)
@guarded
def report_deliveries(batches: list[list[str]] | None) -> dict[str, Any]:
    """Sum up the run; fail it for news, naming the slip, the reason and its owner."""
    from orderflow.orchestration import delivery_work

    return delivery_work.report_deliveries(batches)

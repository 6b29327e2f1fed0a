"""What has happened, for other DAGs: assets with numbers, emitted by whichever run did it, red or not.

An event with a partition key starts a DAG whose timetable knows partitions:

    @dag(schedule=PartitionedAssetTimetable(assets=ORDERS_WRITTEN_BACK))

The tasks are teardowns: they run last, whatever happened before, and decide nothing about the run.
"""

from typing import Any

from airflow.sdk import Asset, task

from orderflow.orchestration.callbacks import alert_failed_report
from orderflow.orchestration.edge import guarded

ORDERS_WRITTEN_BACK = Asset(name="orders_written_back", uri="orderflow://orders/written-back")
"""A run has finished orders: `orders` in all, and `days`, how many of each day. One event per day, which is its key."""
DAY_COMPLETED = Asset(name="day_completed", uri="orderflow://orders/day-completed")
"""A day was run, and no order failed: the numbers of its report. Its key is the day."""
SHIPMENTS_SENT = Asset(name="shipments_sent", uri="orderflow://shipments/sent")
"""The shop was told of packing slips: `shipments`. Its key is the hour of the run, in UTC."""
SIDES_COMPARED = Asset(name="sides_compared", uri="orderflow://reconciliation/compared")
"""Shop and ERP were compared: numbers of orders and of differences. It has no key."""


@task(outlets=[ORDERS_WRITTEN_BACK], on_failure_callback=alert_failed_report)
@guarded
def publish_written_back() -> dict[str, Any]:
    """Tell other DAGs how many orders this run has written back, by their days."""
    from orderflow.orchestration import asset_work

    return asset_work.publish_written_back()


@task(outlets=[SHIPMENTS_SENT], on_failure_callback=alert_failed_report)
@guarded
def publish_shipments(batches: list[list[str]] | None) -> dict[str, Any]:
    """Tell other DAGs of how many packing slips this run has told the shop."""
    from orderflow.orchestration import asset_work

    return asset_work.publish_shipments(batches)


@task(outlets=[SIDES_COMPARED], on_failure_callback=alert_failed_report)
@guarded
def publish_comparison() -> dict[str, Any]:
    """Tell other DAGs what this run's comparison has found, in numbers."""
    from orderflow.orchestration import asset_work

    return asset_work.publish_comparison()

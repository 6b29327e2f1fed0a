"""
### The day's confirmed orders, into the ERP and back.

One run is one **partition**: the shop-local day named by its key. `2026-11-22` is [00:00, next 00:00), 23, 24 or 25
hours long, and runs at the midnight after.

1. **list_confirmed** reads all pages of the day's confirmed and offline orders before anything is changed.
2. **select_payable** reads each order and decides: process, wait (not paid yet), hold (a person must act), mark (an
   offline order) or skip.
3. **process_order**, once per order or per few orders: **push_to_erp** (looked up first, created once), then
   **patch_state** (`processing`), **patch_erp_order_number** and **put_order_lines** in the shop, each verified.
4. **mark_offline_orders_sent** sets `shipment_state=sent` on offline orders, no matter how the other steps ended.
5. **report** sums the day up. The run is red when it was the first to announce a problem, or when a task failed as a
   whole. If all its failures are already known, the report is skipped.

**For other DAGs:** the asset `orders_written_back` with numbers, red or not; and `day_completed` if no order failed.

Every step may run again, at any time and any number of times: finished orders are left alone.

**Run a day by hand:** trigger with its *partition key*, or with the parameter `date`. **Retry an order:** trigger with
`references`. **Several days:** create a backfill. **See what would happen:** parameter `dry_run`.

**Connections:** `cloudsuite_default`, `erp_default`, optionally `orderflow_ledger`.
**Variable:** `orderflow`, optional.

**When it is late:** if it has not ended 3 hours after it was queued (`ORDERFLOW_DEADLINE_HOURS`), it sends one alert.

**When it fails:** the log of `report` names each cause, its orders, its owner and the next step. All other orders are
done. Once the cause is fixed, the sweep picks the orders up; or run the day again.
"""

from airflow.sdk import CronPartitionTimetable, dag

from orderflow.environment import SHOP_TIMEZONE
from orderflow.orchestration.assets import publish_written_back
from orderflow.orchestration.deadline import DAILY_DEADLINE, RUN_LIMIT
from orderflow.orchestration.params import DAILY_PARAMS
from orderflow.orchestration.retries import PATIENT, RETRIES
from orderflow.orchestration.tasks import (
    list_confirmed,
    mark_offline_orders_sent,
    process_order,
    report,
    select_payable,
)


@dag(
    schedule=CronPartitionTimetable(
        "0 0 * * *",
        timezone=SHOP_TIMEZONE,
        run_offset=-1,
        run_immediately=True,  # yesterday, once the DAG is switched on; by default that depends on the hour
        key_format="%Y-%m-%d",
    ),
    catchup=False,
    max_active_runs=2,
    params=DAILY_PARAMS,
    default_args={"owner": "integration", **RETRIES},
    tags=["orderflow", "cloudsuite", "erp"],
    dag_display_name="Orderflow: daily orders",
    description="One day of the shop: its confirmed orders into the ERP, and the result back to the shop.",
    deadline=DAILY_DEADLINE,
    dagrun_timeout=RUN_LIMIT,
    doc_md=__doc__,
)
def orderflow_daily() -> None:
    listed = list_confirmed.override(**PATIENT)()
    payable = select_payable(listed)
    processed = process_order.expand(batch=payable)
    finished = mark_offline_orders_sent(listed, payable)
    processed >> finished >> report(listed, payable) >> publish_written_back().as_teardown()


orderflow_daily()

"""
### Everything that is open, from any day.

Every 15 minutes, one run at a time. Nothing here depends on a window, a clock or a time zone: an order that another
run missed, for any reason, is found here.

1. **list_open_orders** takes from the ledger the orders that are waiting for payment, held, failed, in doubt, partly
   written back, or offline and not marked yet, if they are due (at every sweep while young, daily after a week). It
   adds every order that the shop lists as confirmed and that is new or has changed since it was read, and orders that
   were cancelled in the shop, or sent back to a draft or quotation, after their export. With nothing to do that takes
   four calls. Of a list with more than five pages only the changes are read, and the whole list every six hours. An
   order unpaid after 90 days (`limits.never_paid_days`) is put aside until the shop changes it.
2. **select_payable** and **process_order** are the same as in the daily DAG.
3. **finish_orders** finishes orders of webshops that report no deliveries, and marks offline orders as sent. It asks
   the shop which exported orders have changed, and reads each once for every change: one that was edited is flagged. If
   this sweep has no payable orders, it asks the ERP for one that does not exist, so that an outage is found before an
   order meets it.
4. **report_news** fails the run for causes that were not announced before. Known causes that are still open are in its
   log. While a mail server or webhook refuses new causes, it tries again for some minutes without a worker slot.

**Retry named orders now, with fresh data:** trigger with `references` or `order_ids`.

**Dealt with an order by hand** (changed or cancelled after its export, in doubt, refused)? Trigger with its reference
or id under `resolve`: its alerts are closed. A stuck order is skipped from then on and never sent; if the shop changes
it later, it is checked again.

**For other DAGs:** the asset `orders_written_back` with numbers, red or not, once for each day that had one.

**When it is late:** if it has not ended an hour after it was queued (`ORDERFLOW_SHORT_DEADLINE_HOURS`), it sends one
alert.

**When it fails:** the log of `report_news` names each new cause, its orders, its owner and the next step. Known causes
and continuing outages turn no further sweep red; they stay in the list of open alerts until they are over.
"""

from airflow.sdk import CronTriggerTimetable, dag

from orderflow.environment import SHOP_TIMEZONE, SWEEP_SCHEDULE
from orderflow.orchestration.assets import publish_written_back
from orderflow.orchestration.deadline import RUN_LIMIT, SHORT_DEADLINE
from orderflow.orchestration.params import SWEEP_PARAMS
from orderflow.orchestration.retries import RETRIES
from orderflow.orchestration.tasks import (
    finish_orders,
    list_open_orders,
    process_order,
    report_news,
    select_payable,
)


@dag(
    schedule=CronTriggerTimetable(SWEEP_SCHEDULE, timezone=SHOP_TIMEZONE),
    catchup=False,
    max_active_runs=1,
    params=SWEEP_PARAMS,
    default_args={"owner": "integration", **RETRIES},
    tags=["orderflow", "cloudsuite", "erp"],
    dag_display_name="Orderflow: sweep of open orders",
    description="Every 15 minutes: whatever is still open, whatever its day.",
    deadline=SHORT_DEADLINE,
    dagrun_timeout=RUN_LIMIT,
    doc_md=__doc__,
)
def orderflow_sweep() -> None:
    listed = list_open_orders()
    payable = select_payable(listed)
    processed = process_order.expand(batch=payable)
    processed >> finish_orders(listed, payable) >> report_news(listed, payable) >> publish_written_back().as_teardown()


orderflow_sweep()

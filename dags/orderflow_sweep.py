"""
### Everything that is open, whatever its day.

Every 15 minutes, one run at a time. Nothing here depends on a window, a clock or a time zone: an order that another
run missed, for whatever reason, is found here.

1. **list_open_orders** takes from the ledger what waits for payment, is held, failed, in doubt or half written, as far
   as it is due (at every sweep while young, more rarely as it ages); then every order that the shop lists as confirmed
   and that is new or has changed since it was read. Then what was cancelled in the shop after
   its export. With nothing to do these are two calls.
2. **select_payable** and **process_order** are those of the daily DAG.
3. **finish_orders** finishes orders of webshops that report no deliveries, and marks as sent the offline orders that
   their day found and could not mark.
4. **report_news** fails the run for what nobody was told yet. What is known and still open is in its log.

**Retry named orders now, with fresh data:** trigger with `references` or `order_ids`.

**Dealt with an order by hand** (changed or cancelled after its export, in doubt, refused)? Trigger with its reference
or id under `resolve`: its alerts are closed. One that is stuck is skipped from then on and never sent; should the shop
change it later, it is looked at again.

**When it is late:** not done an hour after it was queued (`ORDERFLOW_SHORT_DEADLINE_HOURS`), it sends one alert.

**When it fails:** the log of `report_news` names each new cause, its orders, its owner and the next step. Known causes
and outages that go on turn no further sweep red; they stay in the list of open alerts until they are over.
"""

from airflow.sdk import CronTriggerTimetable, dag

from orderflow.environment import SHOP_TIMEZONE, SWEEP_SCHEDULE
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
    deadline=SHORT_DEADLINE,
    dagrun_timeout=RUN_LIMIT,
    doc_md=__doc__,
)
def orderflow_sweep() -> None:
    listed = list_open_orders()
    payable = select_payable(listed)
    processed = process_order.expand(batch=payable)
    processed >> finish_orders(listed, payable) >> report_news(listed, payable)


orderflow_sweep()

"""
### Shop and ERP compared, in both directions; neither is changed.

Every morning: today and the last days (setting `reconciliation.days`, default 7), and every order with an open finding
that is not older than `reconciliation.recheck_days` (default 60).

**compare_shop_and_erp** reads all orders confirmed in these days from the shop and all orders made since then from the
ERP, and lists where the two differ: payable but not in the ERP, gone from the ERP, `processing` without ERP number or
line numbers, in the ERP while still confirmed, cancelled or unknown in the shop, more than once in the ERP, different
ERP number, lines or amounts, offline orders not sent. Orders that are waiting for payment, or that are being processed
right now, are not findings. Orders that were returned or credited in the ERP are listed too, and fail nothing.

**The result** is in the ledger, in the log, and in two CSV files, `<date>.csv` (the findings) and `<date>-days.csv`
(orders and totals per day, webshop and currency). They are in `orderflow/reconciliation` under the Airflow home, or in
the folder or object store of the setting `reconciliation.csv_folder`.

**send_digest** then sends one message if it has something new to say or it is Monday, no matter how the comparison
ended: what is open by cause, worst first, all overdue payments in one line, and how many orders are on each open list.

**Connections:** `cloudsuite_default`, `erp_default`, optionally `orderflow_ledger`.
**Variable:** `orderflow`, optional; its part `reconciliation` has days, tolerance, grace and folder.

**For other DAGs:** the asset `sides_compared` with numbers, red or not.

**When it is late:** if it has not ended an hour after it was queued (`ORDERFLOW_SHORT_DEADLINE_HOURS`), it sends one
alert.

**When it fails:** the log names each new difference, its owner and the next step. Differences that the flow may still
heal are announced after a grace period (`reconciliation.grace_hours`, default 24). A difference is announced once, and
not at all if the order has an alert already. Fix the cause; the next comparison marks the difference as resolved. To
accept a difference, name the order under `resolve` of `orderflow_orders`.
"""

from airflow.sdk import CronTriggerTimetable, dag

from orderflow.environment import SHOP_TIMEZONE
from orderflow.orchestration.assets import publish_comparison
from orderflow.orchestration.deadline import RUN_LIMIT, SHORT_DEADLINE
from orderflow.orchestration.params import RECONCILE_PARAMS
from orderflow.orchestration.reconcile_tasks import compare_shop_and_erp, send_digest
from orderflow.orchestration.retries import RETRIES


@dag(
    schedule=CronTriggerTimetable("0 6 * * *", timezone=SHOP_TIMEZONE),
    catchup=False,
    max_active_runs=1,
    params=RECONCILE_PARAMS,
    default_args={"owner": "integration", **RETRIES},
    tags=["orderflow", "cloudsuite", "erp"],
    dag_display_name="Orderflow: reconciliation",
    description="Every morning: compares shop and ERP, changes neither, and sends the digest.",
    deadline=SHORT_DEADLINE,
    dagrun_timeout=RUN_LIMIT,
    doc_md=__doc__,
)
def orderflow_reconcile() -> None:
    compare_shop_and_erp() >> [send_digest().as_teardown(), publish_comparison().as_teardown()]


orderflow_reconcile()

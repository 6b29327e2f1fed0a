"""
### Named orders, for people: retry them now, or say that they were dealt with by hand.

It has no schedule: the buttons of the page "Orders" trigger it, and so can you. Several runs may run at a time, each
for its own orders, without waiting for a sweep. A claim in the ledger lets only one run at a time work on an order.

1. **list_named_orders** closes the orders named under `resolve`, does what was decided about packing slips in doubt,
   and finds the other orders.
2. **select_payable** and **process_order** are the same as in the daily DAG: only what is still missing is done.
3. **finish_orders** does their last step.
4. **report_news** is red when one of these orders failed or was not found. The others are done.

**Retry:** `order_ids` (the number in `/api/order/12345/`) or `references`. **Dealt with by hand:** `resolve`: the
alerts are closed, and a stuck order is never sent. **A packing slip in doubt:** its number under `arrived` if the shop
has it, under `send_now` if not. **See what would happen:** parameter `dry_run`.

**Connections:** `cloudsuite_default`, `erp_default`, optionally `orderflow_ledger`.
**Variable:** `orderflow`, optional.

**For other DAGs:** the asset `orders_written_back` with numbers, red or not, once for each day that had one.

**When it is late:** if it has not ended an hour after it was queued (`ORDERFLOW_SHORT_DEADLINE_HOURS`), it sends one
alert.

**When it fails:** the log of `report_news` names each order and why. The sweep picks up what is still open afterwards.
"""

from airflow.sdk import dag

from orderflow.orchestration.assets import publish_written_back
from orderflow.orchestration.deadline import RUN_LIMIT, SHORT_DEADLINE
from orderflow.orchestration.params import ORDERS_PARAMS
from orderflow.orchestration.retries import RETRIES
from orderflow.orchestration.tasks import (
    finish_orders,
    list_named_orders,
    process_order,
    report_news,
    select_payable,
)


@dag(
    schedule=None,
    catchup=False,
    max_active_runs=8,
    is_paused_upon_creation=False,  # it does nothing on its own, and a person who asks should not have to wait
    params=ORDERS_PARAMS,
    default_args={"owner": "integration", **RETRIES},
    tags=["orderflow", "cloudsuite", "erp"],
    dag_display_name="Orderflow: named orders",
    description="For people: retry named orders now, or say that they were dealt with by hand.",
    deadline=SHORT_DEADLINE,
    dagrun_timeout=RUN_LIMIT,
    doc_md=__doc__,
)
def orderflow_orders() -> None:
    listed = list_named_orders()
    payable = select_payable(listed)
    processed = process_order.expand(batch=payable)
    processed >> finish_orders(listed, payable) >> report_news(listed, payable) >> publish_written_back().as_teardown()


orderflow_orders()

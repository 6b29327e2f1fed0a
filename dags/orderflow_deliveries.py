"""
### The ERP's packing slips, each sent to the shop once.

Every hour. A run is the **partition** of one hour, `2026-11-22T13:00`, in UTC. It reads the packing slips that the ERP
made since then or since the last reading, whichever is earlier, so that no outage leaves a gap.

1. **list_packing_slips** reads them into the ledger, and adds those that are still open from before.
2. **send_packing_slips**, mapped: once the shop shows the ERP number and all line numbers of a slip's orders, the slip
   goes to the shop as a despatch advice (DESADV). The shop takes each number once, so a message that it may already
   have is never sent again on a guess: it stays **in doubt** until a person has checked.
3. **report_deliveries** sums up, and fails the run for causes that were not announced before. Known causes that are
   still open are in its log.

**A slip in doubt:** check in the shop's admin whether the order shows the shipment, then press the button on the
order's page, or trigger with its number under `arrived` or `send_now`. **Catch up:** trigger with an old partition key
or with `date`; one run reads everything since then. A backfill over a range works, too. **See what would be sent:**
parameter `dry_run`.

**Connections:** `cloudsuite_default`, `erp_default`, optionally `orderflow_ledger`.
**Variable:** `orderflow`: `webshops.<id>.messages` must name `user`; `webshops.<id>.deliveries` `"none"` switches the
messages off.

**For other DAGs:** the asset `shipments_sent` with their number, red or not.

**When it is late:** if it has not ended an hour after it was queued (`ORDERFLOW_SHORT_DEADLINE_HOURS`), it sends one
alert.

**When it fails:** the log of `report_deliveries` names each new cause, its slips, its owner and the next step, once.
The cause stays in the list of open alerts until it is over.
"""

from airflow.sdk import CronPartitionTimetable, dag

from orderflow.environment import DELIVERIES_SCHEDULE
from orderflow.orchestration.assets import publish_shipments
from orderflow.orchestration.deadline import RUN_LIMIT, SHORT_DEADLINE
from orderflow.orchestration.delivery_tasks import list_packing_slips, report_deliveries, send_packing_slips
from orderflow.orchestration.params import DELIVERY_PARAMS
from orderflow.orchestration.retries import RETRIES


@dag(
    schedule=CronPartitionTimetable(DELIVERIES_SCHEDULE, timezone="UTC", run_offset=-1, key_format="%Y-%m-%dT%H:%M"),
    catchup=False,
    max_active_runs=1,
    params=DELIVERY_PARAMS,
    default_args={"owner": "integration", **RETRIES},
    tags=["orderflow", "cloudsuite", "erp"],
    dag_display_name="Orderflow: packing slips",
    description="Every hour: tells the shop of the ERP's new packing slips.",
    deadline=SHORT_DEADLINE,
    dagrun_timeout=RUN_LIMIT,
    doc_md=__doc__,
)
def orderflow_deliveries() -> None:
    listed = list_packing_slips()
    sent = send_packing_slips.expand(batch=listed)
    sent >> report_deliveries(listed) >> publish_shipments(listed).as_teardown()


orderflow_deliveries()

"""
### Checks the assumptions about shop and ERP; neither is changed.

The vendor's pages leave gaps, so this flow makes assumptions. A wrong one shows here, before an order fails.

**check_what_is_assumed** runs on the first of each month, and whenever somebody triggers it. It reads for at most a
minute, writes nothing and needs no parameter. For each assumption it reports whether it holds, what was seen, what
follows, and which setting to change or whom to ask. The table is on the page "Orders", in the log, and in the ledger.

**When an answer has changed** since the last check, for instance after a vendor's update, one alert says which and what
follows. The page and the digest show it until the next check, so trigger this DAG again once it is dealt with.

**Connections:** `cloudsuite_default`, `erp_default`, optionally `orderflow_ledger`.
**Variable:** `orderflow`, optional. The log proposes settings, with reasons, as JSON to merge into it.

**When it is late:** if it has not ended an hour after it was queued (`ORDERFLOW_SHORT_DEADLINE_HOURS`), it sends one
alert.

**When it fails:** the log says what has changed, or why shop or ERP could not be read.
"""

from airflow.sdk import CronTriggerTimetable, dag

from orderflow.environment import SHOP_TIMEZONE
from orderflow.orchestration.check_tasks import check_what_is_assumed
from orderflow.orchestration.deadline import RUN_LIMIT, SHORT_DEADLINE
from orderflow.orchestration.retries import RETRIES


@dag(
    schedule=CronTriggerTimetable("0 5 1 * *", timezone=SHOP_TIMEZONE),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,  # it only reads, and a person who asks should not have to wait
    default_args={"owner": "integration", **RETRIES},
    tags=["orderflow", "cloudsuite", "erp"],
    dag_display_name="Orderflow: check of shop and ERP",
    description="Every month and on demand: compares what is assumed about shop and ERP with the real ones.",
    deadline=SHORT_DEADLINE,
    dagrun_timeout=RUN_LIMIT,
    doc_md=__doc__,
)
def orderflow_check() -> None:
    check_what_is_assumed()


orderflow_check()

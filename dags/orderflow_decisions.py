"""
### What only a person can decide, asked where Airflow asks: under *Required Actions*.

Every 15 minutes. Nothing is asked twice, and a question waits without a worker slot, for however long.

1. **list_questions** finds the open alerts that are a question: an order or packing slip in doubt, an order that was
   edited, cancelled or withdrawn after it went to the ERP, a reference that another order has.
2. **ask**, one per question: what is the matter, what may be answered, and what happens then. It is closed when the
   matter ends otherwise, and asked anew when it is about another state of the order. There is no default answer, so
   that no time-out ever sends or closes anything. What is answered is done at once, as the parameters of the other
   DAGs would. Nothing is done for an order that has changed since it was asked about.

Who answered what, and when, is in the log of the order. **Who may answer:** who may edit runs of this DAG.

**The other way:** `orderflow_orders` with `order_ids` or `resolve`, `orderflow_deliveries` with `arrived` or
`send_now`, and the buttons of the page "Orders".

**Connections:** as the other DAGs. **Variable:** `orderflow`, optional.

**A run waits** until its last question is over; that is no failure. With more than 25 runs waiting, their questions are
gathered in fewer.

**When it fails:** an answer could not be carried out; the log of `ask` says why, and it is asked anew.
"""

from airflow.sdk import CronTriggerTimetable, dag

from orderflow.environment import DECISIONS_SCHEDULE, SHOP_TIMEZONE
from orderflow.orchestration.question_tasks import ask_each, list_questions
from orderflow.orchestration.retries import RETRIES


@dag(
    schedule=CronTriggerTimetable(DECISIONS_SCHEDULE, timezone=SHOP_TIMEZONE),
    catchup=False,
    max_active_runs=50,
    default_args={"owner": "integration", **RETRIES},
    tags=["orderflow", "cloudsuite", "erp"],
    dag_display_name="Orderflow: decisions",
    description="For people: asks what nobody but they can know, as required actions.",
    doc_md=__doc__,
)
def orderflow_decisions() -> None:
    ask_each(list_questions())


orderflow_decisions()

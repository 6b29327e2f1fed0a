"""
### Decisions that only people can make, asked under *Required Actions*.

Every 15 minutes. Nothing is asked twice. A question waits for as long as it takes, without using a worker slot.

1. **list_questions** finds the open alerts that are a question: an order or packing slip in doubt, an order that was
   edited, cancelled or withdrawn after it went to the ERP, a reference that another order has.
2. **ask**, one per question: what is wrong, the possible answers, and what each of them does. A question is closed if
   the matter is resolved in another way, and asked again if the order has changed since. There is no default answer,
   so no time-out ever sends or closes anything. An answer takes effect at once, like the parameters of the other
   DAGs. Nothing is done for an order that has changed since the question was asked.

Who answered what, and when, is in the order's history. **Who may answer:** whoever may edit runs of this DAG.

**Other ways to decide:** the buttons of the page "Orders", at once, and `orderflow_orders` with `order_ids`, `resolve`,
`arrived` or `send_now`.

**Connections:** as the other DAGs. **Variable:** `orderflow`, optional.

**A run waits** until its last question is closed; that is no failure. Above 25 waiting runs, their
questions move to fewer runs.

**When it fails:** an answer could not be carried out. The log of `ask` says why, and the question is asked again.
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

"""Tell people that a day's run is not done in time. Runs in the executor, beside the tasks, when Airflow sees it."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from orderflow.orchestration.alerts import run_links, send
from orderflow.settings import DEADLINE_HOURS

WHAT_TO_LOOK_AT = """\
It was queued at {queued_at} and is still {state}; it should have been done within {hours:g} hours.
- queued: is the DAG paused, are two other runs of it active, does the scheduler live?
- running: its grid shows the task that is not done. One that waits for a slot needs a larger pool; one that is up for
  retry says in its log which side does not answer.
What is done stays done, and the run continues: do not start a second run. Owner: integration team."""

_NOT_ENDED = {"queued", "running"}

log = logging.getLogger(__name__)


def alert_late_run(context: Mapping[str, Any]) -> None:
    """Send one alert about a run that is not done.

    None about a backfill, whose runs may have to queue for long, and none about a run that has ended: Airflow calls
    this for failed runs, too, and those were reported when they failed.
    """
    run = context["dag_run"]
    dag_id, run_id = run["dag_id"], run["dag_run_id"]
    if run["run_type"] == "backfill" or run["state"] not in _NOT_ENDED:
        log.info("%s %s (%s, %s) is not late: no message", dag_id, run_id, run["run_type"], run["state"])
        return
    text = WHAT_TO_LOOK_AT.format(queued_at=run["queued_at"], state=run["state"], hours=DEADLINE_HOURS)
    send(f"{dag_id} {run.get('partition_key') or run_id} is late", text, run_links(dag_id, run_id))


DAILY_DEADLINE = (
    DeadlineAlert(
        name="not done in time",
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=DEADLINE_HOURS),
        callback=SyncCallback(alert_late_run),
    )
    if DEADLINE_HOURS > 0
    else None
)

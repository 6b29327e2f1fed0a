"""Alert people that a run is late. Runs in the executor, next to the tasks, once Airflow notices it."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from orderflow.environment import DEADLINE_HOURS, RUN_HOURS, SHORT_DEADLINE_HOURS

WHAT_TO_LOOK_AT = """\
It was queued at {queued_at} and is still {state}; it should have been done within {hours:g} hours.
- queued: is the DAG paused, are two other runs of it active, is the scheduler running?
- running: its grid shows the task that is not done. One that waits for a slot needs a larger pool; one that is up for
  retry says in its log which side does not answer.
What is done stays done, and the run continues: do not start a second run. Owner: integration team."""

_NOT_ENDED = {"queued", "running"}

log = logging.getLogger(__name__)


def alert_late_run(context: Mapping[str, Any], hours: float = DEADLINE_HOURS) -> None:
    """Send one alert about a run that is not done after this many hours.

    None about a backfill, whose runs may queue for long, and none about a run that has ended: Airflow also calls this
    for failed runs, and those were reported when they failed.
    """
    from orderflow.orchestration.alerts import send
    from orderflow.orchestration.links import run_links

    run = context["dag_run"]
    dag_id, run_id = run["dag_id"], run["dag_run_id"]
    if run["run_type"] == "backfill" or run["state"] not in _NOT_ENDED:
        log.info("%s %s (%s, %s) is not late: no message", dag_id, run_id, run["run_type"], run["state"])
        return
    text = WHAT_TO_LOOK_AT.format(queued_at=run["queued_at"], state=run["state"], hours=hours)
    send(f"{dag_id} {run.get('partition_key') or run_id} is late", text, run_links(dag_id, run_id).by_name)


def _deadline(hours: float) -> DeadlineAlert | None:
    if hours <= 0:
        return None
    return DeadlineAlert(
        name="not done in time",
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=hours),
        callback=SyncCallback(alert_late_run, kwargs={"hours": hours}),
    )


DAILY_DEADLINE = _deadline(DEADLINE_HOURS)
SHORT_DEADLINE = _deadline(SHORT_DEADLINE_HOURS)
"""The deadline of the sweep, the packing slips and the reconciliation."""
RUN_LIMIT = timedelta(hours=RUN_HOURS) if RUN_HOURS > 0 else None
"""A last resort: Airflow kills the tasks of such a run, without their callbacks and without another try."""

"""The tasks of the daily DAG with other connections: those of a file that a test writes, secrets and all."""

import json
import os
from pathlib import Path

from airflow.sdk import dag

from orderflow.orchestration.params import DAILY_PARAMS
from orderflow.orchestration.retries import RETRIES
from orderflow.orchestration.tasks import (
    list_confirmed,
    mark_offline_orders_sent,
    process_order,
    report,
    select_payable,
)

_FILE = Path(os.environ["AIRFLOW_HOME"]) / "canaries.json"
if _FILE.exists():  # each task reads this file anew, in a process of its own
    os.environ.update(json.loads(_FILE.read_text(encoding="utf-8")))


@dag(schedule=None, params=DAILY_PARAMS, default_args=RETRIES)
def canaries_probe() -> None:
    listed = list_confirmed()
    payable = select_payable(listed)
    processed = process_order.expand(batch=payable)
    processed >> mark_offline_orders_sent(listed, payable) >> report(listed, payable)


canaries_probe()

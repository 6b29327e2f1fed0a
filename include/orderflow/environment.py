"""What is set in the environment of every part of Airflow.

It is read when a DAG file is parsed or a process starts, where no Variable may be read.
"""

import os

_MOST = 10_000.0


def number_of(name: str, usual: float) -> float:
    """Read a number of hours or seconds; ValueError in plain words if there is none, or it makes no sense."""
    text = os.environ.get(name) or str(usual)
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= _MOST:
        raise ValueError(f"{name} is {text[:40]!r}: set it to a number from 0 to {_MOST:.0f}")
    return number


SHOP_TIMEZONE = os.environ.get("ORDERFLOW_TIMEZONE", "Europe/Amsterdam")
"""The shop's time zone: the daily schedule's midnight."""
SWEEP_SCHEDULE = os.environ.get("ORDERFLOW_SWEEP_CRON", "*/15 * * * *")
"""When the sweep runs, in the shop's time zone."""
DELIVERIES_SCHEDULE = os.environ.get("ORDERFLOW_DELIVERIES_CRON", "0 * * * *")
"""When packing slips are read, in UTC."""
DECISIONS_SCHEDULE = os.environ.get("ORDERFLOW_DECISIONS_CRON", "8-59/15 * * * *")
"""When people are asked what only they can decide, in the shop's time zone."""
DEADLINE_HOURS = number_of("ORDERFLOW_DEADLINE_HOURS", 3)
"""Hours after which a queued day's run that has not ended is reported as late; 0: never."""
SHORT_DEADLINE_HOURS = number_of("ORDERFLOW_SHORT_DEADLINE_HOURS", 1)
"""The same for sweeps, packing slips and reconciliations."""
TASK_HOURS = number_of("ORDERFLOW_TASK_HOURS", 2)
"""Hours after which a task is ended, and tried again; 0: never."""
RUN_HOURS = number_of("ORDERFLOW_RUN_HOURS", 12)
"""Hours after which a run is ended as a last resort, without another try; 0: never. The sweep picks up its orders."""
SHOP_POOL = os.environ.get("ORDERFLOW_SHOP_POOL", "default_pool")
"""The Airflow pool of the tasks that call the shop: it limits how many run at a time, over all runs. The pool must
exist."""
ERP_POOL = os.environ.get("ORDERFLOW_ERP_POOL", "default_pool")
"""The Airflow pool of the tasks that call the ERP, also if they call the shop too. The pool must exist."""
TRUSTED_HOSTS = tuple(filter(None, map(str.strip, os.environ.get("ORDERFLOW_TRUSTED_HOSTS", "").split(","))))
"""Host names under which the page *Orders* answers, with commas between, `*.example.com` for all below one and `*` for
all. Not set: the host of Airflow's `[api] base_url` and this machine; any, while Airflow knows no `base_url`."""

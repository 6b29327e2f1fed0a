"""Who retries what: seconds in the client, minutes here, and never what a person has to fix."""

import os
from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

RETRY_DELAY = timedelta(seconds=float(os.environ.get("ORDERFLOW_RETRY_SECONDS", "120")))
"""Seconds before Airflow's first retry of a task; each further wait is twice as long, up to 15 minutes."""

RETRIES: dict[str, Any] = {
    "retries": 3,
    "retry_delay": RETRY_DELAY,
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "retry_policy": ExceptionRetryPolicy(
        rules=[
            RetryRule(
                exception="orderflow.errors.PermanentError",
                action=RetryAction.FAIL,
                reason="a person has to act first: the message says who and how",
            ),
        ],
    ),
}
"""Transient errors, killed workers and anything unforeseen are retried; permanent errors fail at once."""

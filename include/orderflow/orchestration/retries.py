"""Who retries what: the client within seconds, then the backlog; a task only what no backlog would retry."""

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from orderflow.environment import TASK_HOURS, number_of

RETRY_DELAY = timedelta(seconds=number_of("ORDERFLOW_RETRY_SECONDS", 30))
"""Seconds before Airflow's first retry of a task; each further wait is twice as long, up to 15 minutes."""

RETRIES: dict[str, Any] = {
    "retries": 2,
    "retry_delay": RETRY_DELAY,
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "execution_timeout": timedelta(hours=TASK_HOURS) if TASK_HOURS > 0 else None,
    "retry_policy": ExceptionRetryPolicy(
        rules=[
            RetryRule(
                exception="orderflow.errors.PermanentError",
                action=RetryAction.FAIL,
                reason="a person has to act first: the message says who and how",
            ),
            RetryRule(
                exception="orderflow.flow.batch.BatchFailedError",
                action=RetryAction.FAIL,
                reason="what failed is in the ledger, where the next sweep finds it: this run ends now and reports it",
            ),
        ],
    ),
}
"""Killed workers, unexpected errors, and an unreachable shop, ERP or ledger are retried soon."""

PATIENT: dict[str, Any] = {"retries": 4, "retry_delay": 4 * RETRY_DELAY}
"""For what nothing else would retry: the day's own listing."""

"""Who may see the page: anyone who may read runs of the daily DAG in Airflow.

These are Airflow internals without a promise of stability: the live tests verify what is said here.
"""

from typing import Annotated

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import Depends, HTTPException, Request

DAILY_DAG = "orderflow_daily"
ORDERS_DAG = "orderflow_orders"

may_see = requires_access_dag("GET", DagAccessEntity.RUN, DAILY_DAG)
"""Dependency: 401 for anonymous users, 403 for a user who may not read the daily DAG's runs."""

may_see_named_run = requires_access_dag("GET", DagAccessEntity.RUN)
"""Dependency: the same for the DAG in the query parameter `dag_id`."""

_may_trigger = requires_access_dag("POST", DagAccessEntity.RUN, ORDERS_DAG)


def may_retry(request: Request, user: GetUserDep) -> bool:
    """Whether Airflow would let this user process named orders; checked again when they do."""
    try:
        _may_trigger(request, user)
    except HTTPException:
        return False
    return True


MayRetry = Annotated[bool, Depends(may_retry)]

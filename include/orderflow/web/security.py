"""Who may see the page: whoever may read runs of the daily DAG in Airflow.

These are Airflow's own internals, without a promise to stay: the live tests hold them to what is said here.
"""

from typing import Annotated

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import Depends, HTTPException, Request

DAILY_DAG = "orderflow_daily"
ORDERS_DAG = "orderflow_orders"

may_see = requires_access_dag("GET", DagAccessEntity.RUN, DAILY_DAG)
"""Dependency: 401 for anonymous, 403 for a user who may not read the daily DAG's runs."""

may_see_named_run = requires_access_dag("GET", DagAccessEntity.RUN)
"""Dependency: the same for the DAG that the query parameter `dag_id` names."""

_may_trigger = requires_access_dag("POST", DagAccessEntity.RUN, ORDERS_DAG)


def may_retry(request: Request, user: GetUserDep) -> bool:
    """Say whether Airflow would let this user have named orders done; it is asked again when they do."""
    try:
        _may_trigger(request, user)
    except HTTPException:
        return False
    return True


MayRetry = Annotated[bool, Depends(may_retry)]

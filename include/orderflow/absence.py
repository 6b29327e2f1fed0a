"""Airflow also says "not found" when it could not look: its API, its database and secrets backends fail silently.

So before a default replaces a missing Variable or connection, every possible source is asked again, and its error is
reported.
"""

import sys
from collections.abc import Callable
from typing import Any

from airflow.sdk import Variable
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time.comms import ErrorResponse, GetConnection
from airflow.sdk.execution_time.supervisor import ensure_secrets_backend_loaded

from orderflow.domain.reasons import Reason
from orderflow.errors import TransientError


def require_no_variable(name: str) -> None:
    """TransientError unless it is certain that this Variable is not set."""
    _require_absent(
        f"the Variable `{name}`",
        lambda backend: backend.get_variable(key=name),
        lambda _: name in Variable.keys(prefix=name),
    )


def require_no_connection(conn_id: str) -> None:
    """TransientError unless it is certain that this connection is not set."""
    _require_absent(
        f"the connection `{conn_id}`",
        lambda backend: backend.get_connection(conn_id=conn_id),
        lambda supervisor: _may_have(supervisor, conn_id),
    )


def _require_absent(what: str, in_backend: Callable[[Any], object], in_api: Callable[[Any], bool]) -> None:
    """Ask every backend, and Airflow's API directly: the backend of a task hides the API's errors."""
    supervisor = getattr(sys.modules.get("airflow.sdk.execution_time.task_runner"), "SUPERVISOR_COMMS", None)
    try:
        is_set = any(in_backend(backend) is not None for backend in ensure_secrets_backend_loaded())
        is_set = is_set or (supervisor is not None and in_api(supervisor))
    except Exception as error:
        message = f"Airflow cannot say whether {what} is set: {type(error).__name__}"
        raise TransientError(message, reason=Reason.AIRFLOW_UNAVAILABLE) from error
    if is_set:
        message = f"Airflow has {what}, but did not give it out"
        raise TransientError(message, reason=Reason.AIRFLOW_UNAVAILABLE)


def _may_have(supervisor: Any, conn_id: str) -> bool:
    try:
        answer = supervisor.send(GetConnection(conn_id=conn_id))
    except AirflowRuntimeError as error:
        answer = error.error
    return not (isinstance(answer, ErrorResponse) and answer.error is ErrorType.CONNECTION_NOT_FOUND)

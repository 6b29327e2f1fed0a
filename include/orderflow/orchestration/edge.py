"""The edge of a task: outside it, Airflow logs an error with all its causes, and its scheduler masks no secrets."""

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from airflow.sdk.exceptions import AirflowException

from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError, TransientError, unforeseen

log = logging.getLogger(__name__)

Given = ParamSpec("Given")
Result = TypeVar("Result")


def guarded(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Raise our own errors without their causes, and an unexpected error by its type and place only.

    The cause of an error may quote a connection, a row or an answer. An unexpected error becomes a TransientError, so
    that it is retried.
    """

    @wraps(work)
    def told(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return work(*args, **kwargs)
        except (OrderflowError, AirflowException) as error:
            error.__cause__ = None  # then its context is not shown either
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, its text may hold anything
            failure = TransientError(unforeseen(error).message, reason=Reason.UNEXPECTED)
            log.error("%s\n%s", failure.message, "".join(traceback.format_tb(error.__traceback__)))  # noqa: TRY400
        raise failure

    return told

"""Tasks that failed as a whole: the run's last task runs whatever happened, so it has to say that, and why."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from airflow.sdk import get_current_context

from orderflow.errors import OrderflowError, PermanentError

_ERROR = "error"

Given = ParamSpec("Given")
Result = TypeVar("Result")


def telling_report(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Hand the text of a task's error on to the run's last task, by XCom."""

    @wraps(work)
    def told(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return work(*args, **kwargs)
        except OrderflowError as error:
            _ti().xcom_push(_ERROR, str(error))
            raise

    return told


def broken_tasks(*, besides: str | None = None) -> list[str]:
    """Return a line for each task of this run that failed (not of group `besides`): its name, and why if it said so."""
    ti = _ti()
    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
    failed = sorted(task for task, state in states.items() if state == "failed")
    return [
        f"{task}: {ti.xcom_pull(task_ids=task, key=_ERROR) or 'see its log'}"
        for task in failed
        if besides is None or not task.startswith(f"{besides}.")
    ]


def raise_broken(lines: Sequence[str]) -> None:
    """PermanentError naming every task that failed; nothing when none did."""
    if lines:
        text = "\n".join(f"- {line}" for line in lines)
        raise PermanentError(f"{len(lines)} tasks failed:\n{text}")


def _ti() -> Any:
    return get_current_context()["ti"]

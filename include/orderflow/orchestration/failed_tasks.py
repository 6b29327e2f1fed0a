"""Tasks that failed as a whole: the run's last task, which always runs, has to report them and why."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from airflow.sdk import get_current_context

from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import BatchFailedError, BatchRefusedError, errors, values
from orderflow.flow.reporting.groups import TASK, counted

_ERROR = "error"
_UNITS = "failed_units"
_SHORT = "short"

Given = ParamSpec("Given")
Result = TypeVar("Result")


class FailedTask(NamedTuple):
    """A task, or one of its mapped instances, that failed: its reason and its error, if it could publish them."""

    task_id: str
    map_index: int | None
    reason: Reason
    error: str | None

    def __str__(self) -> str:
        index = "" if self.map_index is None else f"[{self.map_index}]"
        return f"{self.task_id}{index}: {self.error or 'see its log'}"


class FailedUnit(NamedTuple):
    """One unit of a task's work that failed: a named order, a packing slip."""

    name: str
    reason: Reason
    message: str
    error: str
    """The message with its order, reason and owner."""


class FailedTasksError(PermanentError):
    """Tasks failed as a whole, so that no order can be named."""

    def __init__(self, tasks: Sequence[FailedTask]) -> None:
        lines = "\n".join(f"- {task}" for task in tasks)
        super().__init__(f"{counted(len(tasks), TASK)} failed:\n{lines}")
        self.tasks = tasks


def publish_error(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Pass the text and the reason of a task's error to the run's last task, by XCom."""

    @wraps(work)
    def told(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return work(*args, **kwargs)
        except (BatchFailedError, BatchRefusedError):
            _ti().xcom_push(_ERROR, {"in_ledger": True})
            raise
        except OrderflowError as error:
            _ti().xcom_push(_ERROR, {"reason": str(error.reason), "error": str(error)})
            raise

    return told


def publish_units(failed: Iterable[OrderflowError]) -> None:
    """Pass single failed units of work to the run's last task; this task itself succeeds."""
    units = [FailedUnit(error.order or "", error.reason, error.message, str(error)) for error in failed]
    if units:
        _ti().xcom_push(_UNITS, [{**unit._asdict(), "reason": str(unit.reason)} for unit in units])


def failed_units(task_id: str) -> list[FailedUnit]:
    """Return the failed units that a task of this run has passed on."""
    told = _ti().xcom_pull(task_ids=task_id, key=_UNITS) or []
    return [FailedUnit(**{**unit, "reason": Reason(unit["reason"])}) for unit in told]


def listed(results: Sequence[int | OrderflowError]) -> list[int]:
    """Return what a listing found, and pass on what it is known to lack: the run does its work."""
    publish_incomplete(errors(results))
    return values(results)


def publish_incomplete(failed: Iterable[OrderflowError]) -> None:
    """Pass on an error that concerns the whole run; this task itself succeeds."""
    for error in failed:
        _ti().xcom_push(_SHORT, {"reason": str(error.reason), "error": str(error)})


def _short_tasks(task_ids: Iterable[str]) -> list[FailedTask]:
    """Return those of these tasks that have published such an error in this run."""
    told = [(task_id, _ti().xcom_pull(task_ids=task_id, key=_SHORT)) for task_id in task_ids]
    return [FailedTask(task_id, None, Reason(short["reason"]), short["error"]) for task_id, short in told if short]


def find_failed_tasks(*, besides: str | None = None, incomplete: Iterable[str] = ()) -> list[FailedTask]:
    """Return each task of this run that failed as a whole (not of group `besides`), and why if it published that.

    Includes tasks of `incomplete` that have published an error although they succeeded. A task that failed for some of
    its orders or packing slips is not included: those have alerts of their own.
    """
    ti = _ti()
    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
    failed = sorted({name for name, state in states.items() if state == "failed"})
    found = [_failed_task(ti, name) for name in failed if besides is None or not name.startswith(f"{besides}.")]
    return [*(task for task in found if task is not None), *_short_tasks(incomplete)]


def raise_failed_tasks(tasks: Sequence[FailedTask]) -> None:
    """FailedTasksError naming every failed task; nothing if there is none."""
    if tasks:
        raise FailedTasksError(tasks)


def _failed_task(ti: Any, name: str) -> FailedTask | None:
    """Find out why; Airflow calls a mapped instance `task_3`."""
    task_id, index = name, None
    if not get_current_context()["dag"].has_task(name):
        task_id, _, number = name.rpartition("_")
        index = int(number)
    where = {} if index is None else {"map_indexes": index}
    told = ti.xcom_pull(task_ids=task_id, key=_ERROR, **where) or {"reason": Reason.UNEXPECTED, "error": None}
    if told.get("in_ledger"):
        return None
    return FailedTask(task_id, index, Reason(told["reason"]), told["error"])


def _ti() -> Any:
    return get_current_context()["ti"]

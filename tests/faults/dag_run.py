"""The DAGs' tasks in sequence with Airflow's retry rules, without Airflow.

A task that failed for a reason that may pass is retried; one that needs a person is not. The steps after a failed one
still run (`all_done`). Task results are passed to later tasks as plain JSON, and nothing else is.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from orderflow.domain.shipment import OperatorDecision
from orderflow.domain.window import Window
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import raise_failures, values
from orderflow.flow.orders.backlog import list_open
from orderflow.flow.orders.edits import find_edits
from orderflow.flow.orders.finish import find_outstanding, finish
from orderflow.flow.orders.listing import list_window
from orderflow.flow.orders.select import select, to_process
from orderflow.flow.orders.steps import ORDER_STEPS, OrderStep, run_step
from orderflow.flow.reporting.alerts import alert_line, end_run
from orderflow.flow.services import Services
from orderflow.flow.shipments.decide import decide_shipments
from orderflow.flow.shipments.listing import list_shipments
from orderflow.flow.shipments.report import end_shipments
from orderflow.flow.shipments.send import send_shipments
from orderflow.ledger.models.orders import RunRef

log = logging.getLogger(__name__)

UNFORESEEN = "unforeseen"
LIST, SELECT, FINISH, REPORT = "list", "select", "finish", "report"
SEND = "send"
TASKS = (LIST, SELECT, *(step.step.value for step in ORDER_STEPS), FINISH, REPORT)
_STEPS: dict[str, OrderStep] = {step.step.value: step for step in ORDER_STEPS}


class Failure(NamedTuple):
    """A try that failed."""

    task: str
    reason: str
    message: str


class DagRun:
    """One run of the daily DAG, or of the sweep if there is no window."""

    tasks: Sequence[str] = TASKS

    def __init__(
        self,
        services: Services,
        run_id: str,
        window: Window | None,
        *,
        tries: int = 1,
        first_try: int = 1,
        told: Mapping[str, Any] | None = None,
        pause: Callable[[], None] = lambda: None,
        tell: Callable[[str, Any], Any] = lambda task, value: value,  # noqa: ARG005  # told as it is
    ) -> None:
        self.failures: list[Failure] = []
        self.told = dict(told or {})
        """What the tasks that have ended returned; None for one that failed."""
        self._services = services
        self._run_id = run_id
        self._window = window
        self._tries = tries
        self._first_try = first_try
        self._pause = pause
        self._tell = tell

    def go(self) -> None:
        """Run every task that has not ended yet."""
        for task in self.tasks:
            if task not in self.told:
                self.told[task] = self._task(task)

    def _task(self, task: str) -> Any:
        tries = range(self._first_try, self._first_try + self._tries)
        self._first_try = 1
        for try_number in tries:
            if try_number > tries.start:
                self._pause()
            run = RunRef(
                dag_id=self._dag_id(),
                run_id=self._run_id,
                task_id=task,
                try_number=try_number,
                partition=self._window.key if self._window else None,
            )
            try:
                return self._tell(task, self._work(task, run))
            except PermanentError as error:
                self.failures.append(Failure(task, error.reason, str(error)))
                return None
            except OrderflowError as error:
                self.failures.append(Failure(task, error.reason, str(error)))
            except Exception as error:
                log.exception("%s", task)
                self.failures.append(Failure(task, UNFORESEEN, f"{type(error).__name__}: {error}"))
        return None

    def _dag_id(self) -> str:
        return "orderflow_daily" if self._window else "orderflow_sweep"

    def _work(self, task: str, run: RunRef) -> Any:
        if task == LIST:
            listed = list_window(self._services, self._window) if self._window else list_open(self._services)
            return values(listed)
        if task == SELECT:
            selected = select(self._services, self.told[LIST] or [], run=run, window=self._window)
            return to_process(selected)
        if task in _STEPS:
            raise_failures(run_step(self._services, _STEPS[task], self._keys(), run))
            return True
        if task == FINISH:
            listed, written_back = self.told[LIST] or [], self._keys()
            if self._window is None:
                find_edits(self._services, run)
                written_back = find_outstanding(self._services, listed, written_back)
            raise_failures(finish(self._services, listed, written_back, run))
            return True
        return self._report(run)

    def _report(self, run: RunRef) -> Any:
        keys = set(self._keys())
        listed = self.told[LIST] or []
        summary, _ = end_run(self._services, run, date=run.partition or "any day", listed=listed, selected=keys)
        summary.raise_failures()
        return summary.numbers

    def _keys(self) -> list[int]:
        return [*(self.told[SELECT] or [])]


class ShipmentRun(DagRun):
    """One run of the packing-slip DAG, with a person's decisions about some slips."""

    tasks = (LIST, SEND, REPORT)

    def __init__(
        self,
        services: Services,
        run_id: str,
        word: OperatorDecision = OperatorDecision(),  # noqa: B008  # a frozen value
        *,
        asked: datetime | None = None,
        **more: Any,
    ) -> None:
        super().__init__(services, run_id, None, **more)
        self._word, self._asked = word, asked
        self.undone: list[str] = []
        """Why a decision was not carried out."""

    def _dag_id(self) -> str:
        return "orderflow_deliveries"

    def _work(self, task: str, run: RunRef) -> Any:
        if task == LIST:
            listed = list_shipments(self._services, self._asked).numbers
            self.undone = [error.message for error in decide_shipments(self._services, self._word, run)]
            return list(dict.fromkeys([*self._word.numbers, *listed]))
        numbers = self.told[LIST] or []
        if task == SEND:
            raise_failures(send_shipments(self._services, numbers, run))
            return True
        summary, news = end_shipments(self._services, numbers, run)
        if news.opened:
            raise PermanentError("\n".join(map(alert_line, news.opened)), reason=news.opened[0].reason)
        return summary.model_dump(mode="json")

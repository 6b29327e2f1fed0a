"""Work on many orders at once: groups for tasks, isolated units of work, and one error for all failures."""

import logging
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from orderflow.domain.reasons import Reason
from orderflow.errors import (
    CallDeferredError,
    ClaimedElsewhereError,
    OrderflowError,
    PermanentError,
    TransientError,
    unforeseen,
)

if TYPE_CHECKING:  # Airflow imports this module with every DAG file, for the errors named in `retries`
    from orderflow.ledger.models.orders import Outcome

log = logging.getLogger(__name__)

Value = TypeVar("Value")

Id = TypeVar("Id", int, str)


def share_out(ids: Sequence[Id], groups: int) -> list[list[Id]]:
    """Split ids into at most `groups` groups of nearly equal size, in order; one id per group if there are enough."""
    size = max(1, -(-len(ids) // groups))
    return [list(ids[start : start + size]) for start in range(0, len(ids), size)]


class StepResult(NamedTuple):
    """The outcome of a step for one order; both fields None if it was not the step's turn."""

    order_id: int
    outcome: "Outcome | None"
    error: OrderflowError | None


def isolated(work: Callable[[], Value], about: str) -> Value | OrderflowError:
    """Run one unit of work: a row, an order, a packing slip, a finding. Its failure is returned, never raised.

    So whatever happens to one unit, expected or not, the others continue. `about` names the unit in the error.
    """
    try:
        return work()
    except OrderflowError as error:
        failure = error
    except Exception as error:  # noqa: BLE001 - the one place where nothing may get through
        failure = unforeseen(error)
        log.error("%s: %s\n%s", about, failure.message, "".join(traceback.format_tb(error.__traceback__)))  # noqa: TRY400 - the error's own text may hold secrets
    failure.order = failure.order or about
    return failure


def ends_run(error: object) -> bool:
    """Whether this run can do nothing more: our own limits forbid every call, whatever the order.

    Not for calls that the circuit breaker holds back: others still go through.
    """
    return isinstance(error, CallDeferredError) and error.reason is not Reason.CIRCUIT_OPEN


def values(results: Iterable[Value | OrderflowError]) -> list[Value]:
    """Return the results of the units that succeeded; raise an error after which nothing more can be done."""
    kept = list(results)
    for result in kept:
        if isinstance(result, OrderflowError) and ends_run(result):
            raise result
    return [result for result in kept if not isinstance(result, OrderflowError)]


def errors(results: Iterable[object]) -> list[OrderflowError]:
    """Return the errors of the other units."""
    return [result for result in results if isinstance(result, OrderflowError)]


class Result(Protocol):
    """The outcome of something that may have failed."""

    @property
    def error(self) -> OrderflowError | None:
        """The error, if it failed."""


class BatchFailedError(TransientError):
    """Some of a batch failed for reasons that may pass. The ledger has recorded each, and the backlog retries it."""


class BatchRefusedError(PermanentError):
    """Some of a batch failed for reasons that a person must fix. The ledger has recorded each."""


def raise_failures(results: Iterable[Result]) -> None:
    """Raise one error for all failures of a batch: BatchFailedError if a retry may still help one of them.

    What another run is working on has not failed.
    """
    failed = [
        result.error for result in results if result.error and not isinstance(result.error, ClaimedElsewhereError)
    ]
    if not failed:
        return
    text = "; ".join(map(str, failed))
    transient = [error for error in failed if isinstance(error, TransientError)]
    if transient:
        raise BatchFailedError(text, reason=transient[0].reason)
    raise BatchRefusedError(text, reason=failed[0].reason)

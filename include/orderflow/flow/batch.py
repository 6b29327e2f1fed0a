"""Work on many orders at once: groups for tasks, each unit of work on its own, and one error for all that failed."""

import logging
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from orderflow.domain.reasons import Reason
from orderflow.errors import (
    CallDeferredError,
    ClaimedElsewhereError,
    OrderflowError,
    PermanentError,
    TransientError,
    unforeseen,
)
from orderflow.ledger.models.orders import Outcome

log = logging.getLogger(__name__)

Value = TypeVar("Value")

Id = TypeVar("Id", int, str)


def share_out(ids: Sequence[Id], groups: int) -> list[list[Id]]:
    """Share ids out over at most `groups` groups of nearly equal size, in order; one a group while they last."""
    size = max(1, -(-len(ids) // groups))
    return [list(ids[start : start + size]) for start in range(0, len(ids), size)]


class StepResult(NamedTuple):
    """What came of a step for one order; both None when the step was not its turn."""

    order_id: int
    outcome: Outcome | None
    error: OrderflowError | None


def isolated(work: Callable[[], Value], about: str) -> Value | OrderflowError:
    """Do one unit of work: a row, an order, a packing slip, a finding. Its failure is returned and never raised.

    So whatever one unit does, foreseen or not, the others go on. `about` names the unit in the error.
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
    """Whether nothing more can be done in this run: our own limits forbid every call, and say nothing of an order.

    What the circuit breaker holds back is no such error: other calls go through.
    """
    return isinstance(error, CallDeferredError) and error.reason is not Reason.CIRCUIT_OPEN


def values(results: Iterable[Value | OrderflowError]) -> list[Value]:
    """Return what came of the units that went well; the error of one after which nothing more can be done is raised."""
    kept = list(results)
    for result in kept:
        if isinstance(result, OrderflowError) and ends_run(result):
            raise result
    return [result for result in kept if not isinstance(result, OrderflowError)]


def errors(results: Iterable[object]) -> list[OrderflowError]:
    """Return what went wrong with the others."""
    return [result for result in results if isinstance(result, OrderflowError)]


class Result(Protocol):
    """What came of something that may have failed."""

    @property
    def error(self) -> OrderflowError | None:
        """What went wrong, if anything."""


class BatchFailedError(TransientError):
    """Some of a batch failed for reasons that may pass. The ledger knows each, and the backlog looks at it again."""


class BatchRefusedError(PermanentError):
    """Some of a batch failed for reasons that a person has to mend. The ledger knows each."""


def raise_failures(results: Iterable[Result]) -> None:
    """Raise one error for all failures of a batch: BatchFailedError if another try may still help one of them.

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

"""Work on many orders at once: groups for tasks, what came of each order, and one error for all that failed."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from orderflow.domain.order import OrderKey
from orderflow.errors import ClaimedElsewhereError, OrderflowError, PermanentError, TransientError
from orderflow.ledger.models.orders import Outcome


def share_out(keys: Sequence[OrderKey | str], groups: int) -> list[list[str]]:
    """Share keys out over at most `groups` groups of nearly equal size, in order; one order a group while they last."""
    size = max(1, -(-len(keys) // groups))
    return [[str(key) for key in keys[start : start + size]] for start in range(0, len(keys), size)]


class StepResult(NamedTuple):
    """What came of a step for one order; both None when the step was not its turn."""

    key: OrderKey
    outcome: Outcome | None
    error: OrderflowError | None


class Result(Protocol):
    """What came of something that may have failed."""

    @property
    def error(self) -> OrderflowError | None:
        """What went wrong, if anything."""


class BatchFailedError(TransientError):
    """Some of a batch failed for reasons that may pass. The ledger knows each, and the backlog looks at it again."""


def raise_failures(results: Iterable[Result]) -> None:
    """Raise one error for all failures of a batch: BatchFailedError if another try may still help one of them.

    What another run is working on has not failed.
    """
    errors = [
        result.error for result in results if result.error and not isinstance(result.error, ClaimedElsewhereError)
    ]
    if not errors:
        return
    text = "; ".join(map(str, errors))
    transient = [error for error in errors if isinstance(error, TransientError)]
    if transient:
        raise BatchFailedError(text, reason=transient[0].reason)
    raise PermanentError(text, reason=errors[0].reason)

"""The one tree of errors: transient (try again) or permanent (somebody must act).

Every error has a reason code, and through it an owner. A message says what happened, to which order, and what to do. It
never contains a secret.
"""

import traceback

from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.reasons import Owner, Reason
from orderflow.redaction import fit_to_show


class OrderflowError(Exception):
    """The root: a message, its reason code, and the order it is about, if any."""

    reason: Reason = Reason.UNEXPECTED

    def __init__(self, message: str, *, reason: Reason | None = None, order: str | None = None) -> None:
        if reason is not None:
            self.reason = reason
        self.order = order
        self.message = fit_to_show(message)
        super().__init__(self.message)

    def __str__(self) -> str:
        order = f"order {self.order}: " if self.order else ""
        return f"{order}{self.message} ({self.reason}; owner: {self.owner})"

    @property
    def owner(self) -> Owner:
        """Who has to act."""
        return EXPLAINED[self.reason].owner


class TransientError(OrderflowError):
    """Trying again later may help. `retry_after` (seconds) is the pause that the service asked for, if any."""

    def __init__(
        self,
        message: str,
        *,
        reason: Reason | None = None,
        order: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, reason=reason, order=order)
        self.retry_after = retry_after


class PermanentError(OrderflowError):
    """Repeating the same call gives the same answer: a person has to act first."""


class ConfigurationError(PermanentError, ValueError):
    """A connection, setting or parameter is missing or wrong."""

    reason = Reason.CONFIGURATION


class MissingConnectionError(ConfigurationError):
    """No connection has this id where this process looks for it."""


class InDoubtError(TransientError):
    """The service may or may not have carried out the request: never repeat it, only look it up."""

    reason = Reason.ERP_IN_DOUBT


class ClaimedElsewhereError(TransientError):
    """Another run holds the claim on this order."""

    reason = Reason.CLAIMED_ELSEWHERE


class CallDeferredError(TransientError):
    """A call was not made at all: this project's own limits forbid it for now."""

    reason = Reason.BUDGET_SPENT


class TurnedAwayError(TransientError):
    """A write was not done, and may be outdated by now: the service asked for a pause, or a token had expired.

    The caller reads again, decides again, and then writes. `refusal` is the error to raise if it happens once more.
    """

    def __init__(self, refusal: OrderflowError) -> None:
        after = refusal.retry_after if isinstance(refusal, TransientError) else None
        super().__init__(refusal.message, reason=refusal.reason, retry_after=after)
        self.refusal = refusal


def unforeseen(error: Exception) -> PermanentError:
    """Describe an unexpected exception by its type and place, never by its text, which may contain anything."""
    return PermanentError(f"{type(error).__name__} at {_place(error)}")


def _place(error: Exception) -> str:
    """Return the innermost line of this project's own code that the exception passed through."""
    trace = list(traceback.extract_tb(error.__traceback__))
    frames = trace[1:] or trace  # the first is where it was caught
    own = [frame for frame in frames if f"/{_PACKAGE}/" in frame.filename] or frames
    if not own:
        return "an unknown place"
    path = own[-1].filename.rpartition(f"/{_PACKAGE}/")[2].rpartition("/site-packages/")[2]
    return f"{path}:{own[-1].lineno} in {own[-1].name}"


_PACKAGE = __name__.partition(".")[0]

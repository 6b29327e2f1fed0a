"""The report: what happened to every order of a run, in numbers and as one error if anything failed."""

from collections import Counter
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from orderflow.domain.explanations import EXPLAINED
from orderflow.domain.reasons import STUCK, TO_PROCESS, Reason
from orderflow.domain.states import WRITTEN, Progress
from orderflow.errors import OrderflowError, PermanentError
from orderflow.flow.batch import isolated
from orderflow.ledger.models.orders import COURTESIES, LedgerOrder, Outcome, RunOrder, Step

NOTHING_SHARED: Mapping[int, str] = {}

_FAILURES = {Outcome.REJECTED, Outcome.IN_DOUBT, Outcome.FAILED}


_NUMBERS = ("date", "listed", "processed", "unchanged", "waiting", "held", "failed", "offline_sent")
UNFOUND = "named, and not found or not done"


class Failure(BaseModel):
    """An order that failed, why, and its owner."""

    model_config = ConfigDict(frozen=True)

    order_id: int | None
    """None if it is not about an order, or about a packing slip whose orders are unknown."""
    order: str
    reason: Reason
    message: str

    @classmethod
    def of(cls, order: LedgerOrder, reason: Reason, message: str) -> Self:
        """Describe what is wrong with an order, by its name for people."""
        return cls(order_id=order.order_id, order=order.name, reason=reason, message=message)

    def __str__(self) -> str:
        explanation = EXPLAINED[self.reason]
        return (
            f"{self.order}: {self.reason}. {explanation.meaning} {self.message} "
            f"Owner: {explanation.owner}. {explanation.action}"
        )


class Report(BaseModel):
    """A run in numbers (each order counts once, offline orders separately), its failures, and other news."""

    model_config = ConfigDict(frozen=True)

    date: str
    listed: int
    processed: int
    unchanged: int
    waiting: int
    held: int
    failed: int
    offline_sent: int
    failures: tuple[Failure, ...] = ()
    unfound: tuple[str, ...] = ()
    """Errors about orders that somebody named but that were not found."""
    broken: tuple[str, ...] = ()
    """What failed as a whole, so that no order can be named."""
    is_made: bool = True
    """Whether the orders could be listed at all."""
    flags: tuple[Failure, ...] = ()
    """What this run was the first to find about orders that did not fail: edited after the export, for instance."""

    @property
    def numbers(self) -> dict[str, Any]:
        """Only the numbers, for JSON."""
        return self.model_dump(mode="json", include=set(_NUMBERS))

    @property
    def error(self) -> PermanentError | None:
        """An error naming every order that failed or was flagged, with reason and owner; None if there is none."""
        parts = [
            f"{len(causes)} {what}:\n" + "\n".join(f"- {cause}" for cause in causes)
            for what, causes in (("failed", self.failures), ("flagged", self.flags), (UNFOUND, self.unfound))
            if causes
        ]
        causes = self.failures or self.flags
        reason = causes[0].reason if causes else Reason.ORDER_NOT_FOUND
        return PermanentError("\n".join(parts), reason=reason) if parts else None

    def raise_failures(self) -> None:
        """Raise that error, if there is one."""
        if self.error is not None:
            raise self.error


def report(
    seen: Collection[RunOrder],
    *,
    date: str,
    listed: Collection[int],
    selected: Collection[int] | None,
    sharing: Mapping[int, str] = NOTHING_SHARED,
) -> Report:
    """Sum up a run from the ledger, which holds what tasks did even if the tasks themselves died.

    Everything that was listed is accounted for: an order without any record has failed. `selected` is None if selecting
    failed as a whole, which says more than the name of each order would. `sharing` names the ERP order of each order
    that shares it with another one.
    """
    lost = set(listed) - {order.order.order_id for order in seen}
    offline = {order.order.order_id for order in seen if order.order.is_offline}
    failures = {order.order.order_id: failure for order in seen if (failure := _judged(order, selected or ()))}
    for order in seen:
        if order.order.order_id in sharing:
            shared = Failure.of(order.order, Reason.ERP_NUMBER_CONFLICT, sharing[order.order.order_id])
            failures.setdefault(order.order.order_id, shared)
    named = [] if selected is None else [_lost(order_id) for order_id in lost]
    fine = [s for s in seen if s.order.order_id in set(listed) - offline and s.order.order_id not in failures]
    became = Counter(_became(s) for s in fine)
    return Report(
        date=date,
        listed=len({*listed, *failures} - (offline - failures.keys())),
        processed=became["processed"],
        waiting=became["waiting"],
        held=became["held"],
        failed=len(failures) + len(lost),
        unchanged=became["unchanged"],
        offline_sent=sum(_was(s, Step.OFFLINE_SENT, Outcome.DONE) for s in seen),
        failures=tuple(sorted([*failures.values(), *named], key=lambda failure: failure.order)),
    )


def written_back(seen: Collection[RunOrder]) -> list[LedgerOrder]:
    """Return the orders that a run finished: the ERP has them, and the shop was told all of it."""
    return [s.order for s in seen if s.order.progress in WRITTEN and _became(s) == "processed"]


def _became(order: RunOrder) -> str:
    """Return the count to which an order that did not fail belongs: exactly one."""
    if _was(order, Step.PUT_LINES, Outcome.DONE) or _was(order, Step.PUSH, Outcome.DONE):
        return "processed"
    counted = {Progress.WAITING: "waiting", Progress.HELD: "held"}
    return counted.get(order.order.progress, "unchanged")


def _judged(order: RunOrder, selected: Collection[int]) -> Failure | None:
    """Judge an order on its own; one that cannot be judged has failed."""
    failure = isolated(partial(_failure, order, selected), order.order.name)
    if isinstance(failure, OrderflowError):
        return Failure.of(order.order, failure.reason, failure.message)
    return failure


def _failure(order: RunOrder, selected: Collection[int]) -> Failure | None:
    """Return what is wrong with an order after this run; None if nothing is, or if people only commented on it.

    Its newest event counts: an earlier failure that a later step or try repaired does not.
    """
    if not order.was_worked_on:
        return None
    counting = [event for event in order.last.values() if event.step not in COURTESIES]
    event = max(counting, key=lambda event: event.id, default=None)
    if event is not None and event.outcome in _FAILURES:
        return Failure.of(order.order, event.reason or Reason.UNEXPECTED, event.message)
    if order.order.progress is Progress.HELD and order.order.reason in STUCK:
        return Failure.of(order.order, order.order.reason, order.order.detail)
    if (order.order.order_id in selected or _was_to_be_processed(order)) and _hangs(order):
        return Failure.of(order.order, Reason.UNFINISHED, f"Its progress is {order.order.progress}.")
    return None


def _was_to_be_processed(order: RunOrder) -> bool:
    """Whether this run decided to process or to mark it, even if selecting the others failed as a whole."""
    event = order.last.get(Step.SELECT)
    decided = event is not None and event.outcome is Outcome.DECIDED and event.reason in TO_PROCESS
    return decided or order.order.progress is Progress.OFFLINE


def _lost(order_id: int) -> Failure:
    message = "It was listed, but nothing else was recorded about it."
    return Failure(order_id=order_id, order=f"id {order_id}", reason=Reason.UNFINISHED, message=message)


def _hangs(order: RunOrder) -> bool:
    """Whether an order that was to be processed is neither done, nor decided otherwise, nor held by another run.

    What another run is working on, or has worked on since, is that run's to report.
    """
    if order.is_held_elsewhere:
        return False
    last = max((event.at for event in order.last.values()), default=order.order.updated_at)
    if order.order.updated_at > last:
        return False
    return order.order.progress not in WRITTEN | {Progress.WAITING, Progress.HELD, Progress.SKIPPED}


def _was(order: RunOrder, step: Step, outcome: Outcome) -> bool:
    event = order.last.get(step)
    return event is not None and event.outcome is outcome

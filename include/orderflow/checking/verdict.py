"""The verdict on one assumption."""

from enum import StrEnum
from typing import Any, NamedTuple


class CheckOutcome(StrEnum):
    """Whether an assumption holds, as far as can be seen without writing."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNSEEN = "cannot be seen read-only"


class CheckResult(NamedTuple):
    """The outcome, what was seen, and what follows."""

    outcome: CheckOutcome
    seen: str
    follows: str = ""
    """The effect on orders if it does not hold."""
    todo: str = ""
    """The setting to change or whom to ask; empty if the guard is enough and nobody has to act."""


class Proposal(NamedTuple):
    """A setting to change, by its path in the Airflow Variable, and why."""

    path: tuple[str, ...]
    value: Any
    reason: str


def holds(seen: str) -> CheckResult:
    """Return the result for an assumption that holds."""
    return CheckResult(CheckOutcome.HOLDS, seen)


def fails(seen: str, follows: str, todo: str = "") -> CheckResult:
    """Return the result for an assumption that does not hold."""
    return CheckResult(CheckOutcome.FAILS, seen, follows, todo)


def unseen(why: str) -> CheckResult:
    """Return the result for an assumption that cannot be judged, with the reason."""
    return CheckResult(CheckOutcome.UNSEEN, why)

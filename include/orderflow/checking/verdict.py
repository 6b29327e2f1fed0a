"""What a check says of one assumption."""

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
    """What it means for orders, where it does not hold."""
    todo: str = ""
    """The setting to change or whom to ask; empty where the guard is enough and nobody has to act."""


class Proposal(NamedTuple):
    """A setting to change, by its path in the Airflow Variable, and why."""

    path: tuple[str, ...]
    value: Any
    reason: str


def holds(seen: str) -> CheckResult:
    """Say that it holds."""
    return CheckResult(CheckOutcome.HOLDS, seen)


def fails(seen: str, follows: str, todo: str = "") -> CheckResult:
    """Say that it does not hold."""
    return CheckResult(CheckOutcome.FAILS, seen, follows, todo)


def unseen(why: str) -> CheckResult:
    """Say why nothing can be said."""
    return CheckResult(CheckOutcome.UNSEEN, why)

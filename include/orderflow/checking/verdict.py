"""What a check says of one assumption."""

from enum import StrEnum
from typing import Any, NamedTuple


class Outcome(StrEnum):
    """Whether an assumption holds, as far as can be seen without writing."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNSEEN = "cannot be seen read-only"


class Verdict(NamedTuple):
    """The outcome, what was seen, and what follows."""

    outcome: Outcome
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


def holds(seen: str) -> Verdict:
    """Say that it holds."""
    return Verdict(Outcome.HOLDS, seen)


def fails(seen: str, follows: str, todo: str = "") -> Verdict:
    """Say that it does not hold."""
    return Verdict(Outcome.FAILS, seen, follows, todo)


def unseen(why: str) -> Verdict:
    """Say why nothing can be said."""
    return Verdict(Outcome.UNSEEN, why)

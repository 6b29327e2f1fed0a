"""What a trial of writes has seen: plain data, to be judged by pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

_SUCCESSES = range(200, 300)


@dataclass(frozen=True)
class Write:
    """One PATCH or PUT of an order, between two reads of it."""

    sent: Mapping[str, Any]
    status: int
    answer: Any
    """None if it is not JSON."""
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def is_taken(self) -> bool:
        """Whether the shop says that it was done."""
        return self.status in _SUCCESSES


class Fate(StrEnum):
    """The outcome of a message about an order that does not exist."""

    TAKEN = "taken"
    REFUSED = "refused"
    NO_ADDRESS = "no such address"
    IN_DOUBT = "in doubt"
    NOT_SENT = "not sent"


class Message(NamedTuple):
    """One message to `/proxy`, and its outcome."""

    fate: Fate
    said: str


@dataclass(frozen=True)
class Tried:
    """Everything that a trial has seen of an order."""

    found: Mapping[str, Any]
    """The order before anything was written."""
    again: Mapping[str, Any]
    """The order read once more, before that: what differs changes without a write."""
    writes: Mapping[str, Write]
    problem: str = ""
    """Why the trial ended early."""
    left: tuple[str, ...] = ()
    """What could not be restored, one sentence each; empty if the order is as before."""
    messages: Mapping[str, Message] = field(default_factory=dict)

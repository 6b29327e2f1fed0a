"""What a manner can do, and where it is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sandbox.wire import Call, JsonObject, Reply


class Switches(Protocol):
    """What manners want to know of `sandbox.config.Config`."""

    @property
    def api_timezone(self) -> str:
        """Zone of the shop's naive timestamps."""

    @property
    def trickle_seconds(self) -> float:
        """Pause before each byte."""

    @property
    def bomb_megabytes(self) -> int:
        """Size of a bomb once it is unpacked."""


@dataclass(frozen=True)
class PageView:
    """What was asked of a list: `asked` counts how often this very page was asked for, this time included."""

    limit: int
    offset: int
    asked: int


@dataclass(frozen=True)
class Manner:
    """One way of behaving: a sentence for people, and at least one of the other fields."""

    sentence: str
    switches: Mapping[str, Any] = field(default_factory=dict)
    """Switches that it sets where they are at their default."""
    shown: Callable[[JsonObject, Switches], JsonObject] | None = None
    """Changes how an order, a list row, a customer, an address or a user is shown."""
    stored: Callable[[JsonObject, str], JsonObject] | None = None
    """Changes an order when a write by this method stores it."""
    page: Callable[[JsonObject, PageView], JsonObject] | None = None
    """Changes a page of a list."""
    reply: Callable[[Reply, Call, Switches], Reply] | None = None
    """Changes the answer on the wire, whatever it says; the only kind that an ERP can have, too."""
    event: Callable[[JsonObject], JsonObject] | None = None
    """Says what happens to an order after its detail was read for the first time."""
    inserted: Callable[[JsonObject, Sequence[JsonObject], int], JsonObject] | None = None
    """Changes an order that is placed, given those there are and how many this manner has changed."""

"""What a manner can change, and where it applies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sandbox.wire import Call, JsonObject, Reply


class Switches(Protocol):
    """The switches of `sandbox.config.Config` that manners use."""

    @property
    def api_timezone(self) -> str:
        """Zone of the shop's naive timestamps."""

    @property
    def trickle_seconds(self) -> float:
        """Pause before each byte."""

    @property
    def bomb_megabytes(self) -> int:
        """Size of a bomb after decompression."""


@dataclass(frozen=True)
class PageView:
    """A request for a list page; `asked` counts the requests for this page, including this one."""

    limit: int
    offset: int
    asked: int


@dataclass(frozen=True)
class Manner:
    """One habit: a sentence for people, and at least one of the other fields."""

    sentence: str
    switches: Mapping[str, Any] = field(default_factory=dict)
    """Switches that it sets if they still have their default."""
    shown: Callable[[JsonObject, Switches], JsonObject] | None = None
    """Changes how an order, a list row, a customer, an address or a user is shown."""
    stored: Callable[[JsonObject, str], JsonObject] | None = None
    """Changes an order when a write by this method stores it."""
    page: Callable[[JsonObject, PageView], JsonObject] | None = None
    """Changes a page of a list."""
    reply: Callable[[Reply, Call, Switches], Reply] | None = None
    """Changes the answer as sent, whatever its content; the only kind that an ERP can also have."""
    event: Callable[[JsonObject], JsonObject] | None = None
    """Changes an order after its details were read for the first time."""
    inserted: Callable[[JsonObject, Sequence[JsonObject], int], JsonObject] | None = None
    """Changes a new order, given the existing ones and how many this manner has changed."""

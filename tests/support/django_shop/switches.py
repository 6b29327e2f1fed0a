"""Choices that this shop's authors may have made."""

from dataclasses import dataclass, field

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Switches:
    """The defaults are what the framework's tutorials do."""

    recreate_lines: bool = True
    """Nested lines are deleted and made anew, the usual answer to writable nested serializers; else kept by id."""
    ordering: str = "id"
    """Of the list; `?` is another one each time."""
    line_ordering: str = "id"
    rate: str | None = None
    """As `5/second`."""
    now: float = 0
    """The time that the rate goes by, in seconds."""
    clients_wait: bool = False
    """Whoever is told to come back later does, in no time: `now` goes on by that."""
    broken: set[tuple[str, str]] = field(default_factory=set)
    """Methods and order ids on which the code fails."""


switches = Switches()


def reset() -> None:
    """Return to the defaults."""
    switches.__init__()  # type: ignore[misc]  # everyone holds this one object

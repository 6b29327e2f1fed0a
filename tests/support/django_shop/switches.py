"""Choices that this shop's authors may have made."""

from dataclasses import dataclass, field

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Switches:
    """The defaults follow the framework's tutorials."""

    recreate_lines: bool = True
    """Nested lines are deleted and recreated, as is usual for writable nested serializers; otherwise kept by id."""
    ordering: str = "id"
    """Order of the list; `?` is a different one each time."""
    line_ordering: str = "id"
    rate: str | None = None
    """Such as `5/second`."""
    now: float = 0
    """The time used for the rate, in seconds."""
    clients_wait: bool = False
    """A client told to come back later does so without delay: `now` advances by that time."""
    broken: set[tuple[str, str]] = field(default_factory=set)
    """Methods and order ids on which the code crashes."""


switches = Switches()


def reset() -> None:
    """Restore the defaults."""
    switches.__init__()  # type: ignore[misc]  # everyone holds this one object

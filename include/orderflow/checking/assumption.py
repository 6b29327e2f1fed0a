"""An assumption about the other side: what it says, where it comes from, what guards it, and how it is checked."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Mark(StrEnum):
    """How well an assumption is supported."""

    DOCUMENTED = "DOCUMENTED"
    """A page of the vendor says so."""
    SEEN = "SEEN"
    """A sample on such a page shows it."""
    ASSUMED = "ASSUMED"
    """No source."""


class Assumption(BaseModel):
    """One assumption. Its id is used by tests and kept results: keep it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    sentence: str = Field(min_length=1)
    mark: Mark
    source: str = Field(min_length=1)
    """The vendor's page, or what the assumption was inferred from."""
    guard: str = Field(min_length=1)
    """What keeps orders safe if it does not hold."""
    check: str = ""
    """How `check-shop` finds out."""
    no_check: str = ""
    """Why it cannot."""
    trial: str = ""
    """How `--with-order` or `--with-message` finds out, if that takes a write."""

    @model_validator(mode="after")
    def _is_checked_or_says_why_not(self) -> Self:
        if bool(self.check) == bool(self.no_check):
            raise ValueError("say how it is checked, or why it is not: one of them")
        return self

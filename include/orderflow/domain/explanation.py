"""What people are told about a reason."""

from typing import NamedTuple

from orderflow.domain.reasons import Fixer

NOTHING = "Nothing to do."


class Explanation(NamedTuple):
    """What a reason means, who fixes it and what that person does."""

    meaning: str
    fixer: Fixer
    action: str

"""What people are told about a reason."""

from typing import NamedTuple

from orderflow.domain.reasons import Owner

NOTHING = "Nothing to do."


class Explanation(NamedTuple):
    """What a reason means, who fixes it and what that person does."""

    meaning: str
    owner: Owner
    action: str

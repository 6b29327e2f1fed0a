"""The explanation of a reason code."""

from typing import NamedTuple

from orderflow.domain.reasons import Owner

NOTHING = "Nothing to do."


class Explanation(NamedTuple):
    """What a reason means, who owns it and what the owner should do."""

    meaning: str
    owner: Owner
    action: str

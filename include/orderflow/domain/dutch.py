"""What a table of Dutch texts is made of."""

from typing import NamedTuple


class DutchTexts(NamedTuple):
    """What a reason means and what its owner should do."""

    meaning: str
    action: str

"""A service level: which share of the orders is in the ERP within which time, as people write it."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple, Self

PATTERN = r"^(100|\d{1,2}(\.\d{1,2})?) ?% within ([1-9]\d{0,3}) ?(min|h|d)$"
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class ServiceLevel(NamedTuple):
    """`share` of the orders, as a fraction of one, `within` a time."""

    share: Decimal
    within: timedelta
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `95 % within 1 h`; ValueError for what does not have that form."""
        found = re.fullmatch(PATTERN, text)
        if found is None:
            raise ValueError(f"{text!r} is no service level; write it as 95 % within 1 h")
        percent, _, count, unit = found.groups()
        return cls(Decimal(percent) / 100, int(count) * _UNITS[unit], text)

    def is_met(self, met: int, due: int) -> bool:
        """Whether enough of the orders that are due met it."""
        return met >= self.share * due

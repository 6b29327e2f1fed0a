"""Upper limits for settings: a larger value is a typing error, or more than a clock or database can hold."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

MOST_DAYS = 3_660
MOST_HOURS = 24 * 366
MOST_MINUTES = 60 * MOST_HOURS

Id = Annotated[int, Field(ge=0, lt=2**63)]
"""A webshop's id, or another id in the shop."""
CallsPerSecond = Annotated[float, Field(ge=0.001, le=10_000)]
Waits = Annotated[tuple[Annotated[float, Field(ge=0, le=60)], ...], Field(min_length=1, max_length=10)]
"""Seconds."""
Tolerance = Annotated[Decimal, Field(ge=0, le=1_000)]
_DOT, _SLASH = re.compile("%2e", re.IGNORECASE), re.compile(r"%2f|%5c|\\", re.IGNORECASE)
"""Written so or plainly, they mean the same in an address."""


def is_path_part(text: str) -> bool:
    """Whether a text can be one part of an address's path. Dots alone would lead to another address."""
    return text.isprintable() and text not in {"", ".", ".."}


def _path_part(text: str) -> str:
    if not is_path_part(text):
        raise ValueError(f"{text!r} cannot be part of an address")
    return text


def _direct_path(path: str) -> str:
    """Refuse a path that leads elsewhere once it is resolved, as `/proxy/../api/` does; one slash may end it."""
    plain = _DOT.sub(".", _SLASH.sub("/", path))
    if not all(map(is_path_part, plain.removeprefix("/").removesuffix("/").split("/"))):
        raise ValueError(f"{path!r} has an empty part, or one of dots only")
    return path


OriginCode = Annotated[str, Field(pattern=r"^[^\s/]+$"), AfterValidator(_path_part)]
ProxyPath = Annotated[str, Field(pattern=r"^/proxy/[^\s?#]+$"), AfterValidator(_direct_path)]
"""A path of the shop below `/proxy/`."""
Texts = dict[Annotated[str, Field(pattern=r"^[a-z]{2}_[A-Z]{2}$")], Annotated[str, Field(min_length=1)]]
"""A text by language, such as `{"nl_NL": "In behandeling"}`."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = 1900, 9998


def _written_out(value: object) -> object:
    """Refuse 20261122, which counted in seconds would be a day of 1970."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.match(value)):
        raise ValueError("write a day as 2026-11-22, or an instant with its zone as 2026-11-22T06:00:00+01:00")
    return value


def _plausible(value: date) -> date:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"is of the year {value.year}")
    return value


Moment = Annotated[AwareDatetime | date, BeforeValidator(_written_out), AfterValidator(_plausible)]
"""An instant with its zone, or a day."""

"""Types for fields of external documents, limited to what the ledger, money and UTC can hold.

An error about a field says what is wrong and never shows the value, which may be personal.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

LONGEST_NAME = 255
LONGEST_ERP_NAME = LONGEST_NAME + 20
"""For an order's name in the ERP: its reference, preceded by a webshop and a slash."""
LONGEST_TEXT = 100_000
LARGEST_ID = 2**63 - 1
_FIRST_YEAR, _LAST_YEAR = 1900, 9998
"""One year to spare on both sides, so that an instant exists in every time zone."""
_DIGITS, _DECIMALS = 21, 10
"""Eleven digits before the point: even thousands of such lines add up exactly to the cent."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
"""Free text may contain line breaks and tabs, including unusual ones from pasted text."""
_NUMBER = re.compile(r"\s*+[+-]?+[0-9]*+\.?+[0-9]*+(?:[eE][+-]?[0-9]++)?+\s*+", re.ASCII)
_DATE = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""Other formats, such as 20240101 or seconds since 1970, would have to be agreed first."""


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _none_is_blank(value: object) -> object:
    return "" if value is None else value


def _numeric(value: object) -> object:
    if isinstance(value, bool) or (isinstance(value, str) and not _NUMBER.fullmatch(value)):
        raise ValueError("is not a number")
    return value


def _dated(value: object) -> object:
    if not isinstance(value, date) and not (isinstance(value, str) and _DATE.match(value)):
        raise ValueError("is not a date in the form YYYY-MM-DD")
    return value


def _worded(value: object) -> object:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    return value


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return _bounded(value, LONGEST_NAME, _UNPRINTABLE)


def _label(value: str) -> str:
    return _bounded(value, LONGEST_NAME, _UNPRINTABLE)


def _erp_name(value: str) -> str:
    return _bounded(value, LONGEST_ERP_NAME, _UNPRINTABLE)


def _text(value: str) -> str:
    return _bounded(value, LONGEST_TEXT, _UNSTORABLE)


def _bounded(value: str, longest: int, forbidden: re.Pattern[str]) -> str:
    if len(value) > longest:
        raise ValueError(f"has {len(value)} characters; {longest} are allowed")
    found = forbidden.search(value)
    if found:
        raise ValueError(f"contains the character U+{ord(found.group()):04X}, which cannot be passed on")
    return value


def _plausible(value: datetime) -> datetime:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"is in the year {value.year}")
    return value


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Name = Annotated[str, BeforeValidator(_worded), AfterValidator(_name)]
"""A text on one line: a reference, a key, a state. Some senders write these as numbers."""
ErpNumber = Annotated[Name, AfterValidator(str.strip)]
"""An order's number in the ERP. Shop and ERP may write it with blanks around it; those are not part of it."""
Label = Annotated[str, BeforeValidator(_none_is_blank), BeforeValidator(_worded), AfterValidator(_label)]
"""Like Name, but may be empty or null."""
ErpName = Annotated[str, BeforeValidator(_none_is_blank), BeforeValidator(_worded), AfterValidator(_erp_name)]
"""An external reference: a label preceded by a webshop."""
Text = Annotated[str, BeforeValidator(_worded), AfterValidator(_text)]
"""Free text."""
Id = Annotated[int, BeforeValidator(_numeric), Field(gt=0, le=LARGEST_ID)]
"""An id that the ledger can hold."""
Number = Annotated[int, BeforeValidator(_numeric), Field(ge=0, le=LARGEST_ID)]
"""A number that may be zero."""
Amount = Annotated[
    Decimal, BeforeValidator(_numeric), Field(allow_inf_nan=False, max_digits=_DIGITS, decimal_places=_DECIMALS)
]
"""Money or a quantity."""
Day = Annotated[date, BeforeValidator(_dated), Field(ge=date(_FIRST_YEAR, 1, 1))]
Instant = Annotated[datetime, BeforeValidator(_dated), AfterValidator(_plausible)]
"""As written, naive or aware."""
AwareInstant = Annotated[AwareDatetime, BeforeValidator(_dated), AfterValidator(_plausible), AfterValidator(_in_utc)]

BLANK_IS_NONE = BeforeValidator(_blank_is_none)
"""Some senders write an empty text for a missing value."""


def _unreadable_is_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return None


UNREADABLE_IS_NONE = WrapValidator(_unreadable_is_none)
"""For an addition to the contract: a sender may use its name for something else."""

M = TypeVar("M", bound=BaseModel)


def wrong_fields(error: ValidationError) -> str:
    """List the invalid fields and why, at most five, never their values."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    named = [
        f"{'.'.join(map(str, problem['loc'])) or 'it'}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in problems[:5]
    ]
    more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""  # noqa: PLR2004
    return "; ".join(named) + more


def read_leniently(model: type[M], document: Any) -> tuple[M, frozenset[str]]:
    """Read what can be read, and list the unreadable fields; ValidationError if a required one is among them."""
    try:
        return model.model_validate(document), frozenset()
    except ValidationError as error:
        if not isinstance(document, dict):
            raise
        wrong = frozenset(str(problem["loc"][0]) for problem in error.errors(include_url=False) if problem["loc"])
        readable = {name: value for name, value in document.items() if name not in wrong}
        return model.model_validate(readable), wrong

"""Translates the shop's customers, users and addresses into domain terms.

SEEN: the fields of a user's profile. Its address fields are ASSUMED to apply to addresses in general. Any field may be
renamed or missing; unknown fields are kept in `extra`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from orderflow.cloudsuite.extra import scalar
from orderflow.domain.people import Address, Party, RecordKey
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from orderflow.transport.fields import Text, wrong_fields

Person = TypeVar("Person", Party, Address)

_TEXT: TypeAdapter[str] = TypeAdapter(Text)
GUEST = "guest"
"""ASSUMED: the customer's field that says whether it is a guest."""
_NAMES: dict[str, tuple[str, ...]] = {
    "code": ("code",),
    "name": ("name", "company_name"),
    "email": ("email", "email_address"),
    "phone": ("phone", "company_telephone_number", "telephone_number"),
    "vat_number": ("vat_number", "vat"),
    "language": ("language", "language_code"),
    "attention": ("attention",),
    "street1": ("street1", "street"),
    "house_number": ("house_number",),
    "addition": ("addition",),
    "street2": ("street2",),
    "zip": ("zip", "zipcode"),
    "city": ("city",),
    "country": ("country",),
    "subdivision": ("subdivision",),
}
_NOT_SENT = frozenset({"id", "origin", "key", "create_date", "modified_date", GUEST, "inactive", "registration"})
"""Fields that describe the record, not the person."""


_SPARE = frozenset({"code", "phone", "language"})
"""Fields without which it is still clear who it is, and where."""


def to_party(document: Mapping[str, Any], record: RecordKey) -> Party:
    """Read a customer or a user."""
    return _read(Party, document, record)


def to_address(document: Mapping[str, Any], record: RecordKey) -> Address:
    """Read an address."""
    return _read(Address, document, record)


def _read(model: type[Person], document: Mapping[str, Any], record: RecordKey) -> Person:
    found: dict[str, Any] = {"origin": record.origin, "key": record.key, "id": document.get("id")}
    used, problems = set(_NOT_SENT), []
    for name in _NAMES.keys() & model.model_fields.keys():
        used |= set(_NAMES[name])
        try:
            found[name] = _text_of(document, name)
        except ValueError as error:
            why = wrong_fields(error).removeprefix("it: ") if isinstance(error, ValidationError) else str(error)
            problems.append(f"{name}: {why}")
    found["extra"] = {name: value for name, value in document.items() if name not in used and _is_one(value)}
    try:
        person = model.model_validate(found)
    except ValidationError as error:
        problems.append(wrong_fields(error))
    if problems:
        raise PermanentError(
            f"the shop's record {record} cannot be used: {'; '.join(sorted(problems))}",
            reason=Reason.SHOP_ANSWER_INVALID,
        )
    return person


def is_guest(document: Mapping[str, Any]) -> bool | None:
    """Whether a customer is a guest; None if its record does not say."""
    said = document.get(GUEST)
    return said if isinstance(said, bool) else None


def _text_of(document: Mapping[str, Any], name: str) -> str | None:
    """Return a field's text under one of its spellings; ValueError for one that cannot be passed on."""
    values = [value for value in map(document.get, _NAMES[name]) if value is not None]
    readable = [value for value in values if isinstance(value, str | int | Decimal) and not isinstance(value, bool)]
    text = next(filter(None, map(_text, readable)), None)
    if text is None and len(readable) < len(values) and name not in _SPARE:
        raise ValueError("is neither a text nor a number")
    return text


def _text(value: str | int | Decimal) -> str:
    text = _TEXT.validate_python(scalar(value)).strip()
    return text.rstrip("0").rstrip(".") if isinstance(value, Decimal) and "." in text else text


def _is_one(value: object) -> bool:
    """Whether it is a single value that can be passed on: an unused one must not fail the record."""
    try:
        return isinstance(value, str | int) and value != "" and scalar(value) == value
    except ValueError:
        return False

"""Translates the shop's customers, users and addresses into domain terms.

SEEN: the fields of a user's profile. Its address fields are ASSUMED to apply to addresses in general. Any field may be
renamed or missing; unknown fields are kept in `extra`.
"""

from collections.abc import Mapping
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


def to_party(document: Mapping[str, Any], record: RecordKey) -> Party:
    """Read a customer or a user."""
    return _read(Party, document, record)


def to_address(document: Mapping[str, Any], record: RecordKey) -> Address:
    """Read an address."""
    return _read(Address, document, record)


def _read(model: type[Person], document: Mapping[str, Any], record: RecordKey) -> Person:
    try:
        return model.model_validate(_fields(document, record, model.model_fields))
    except ValidationError as error:
        raise PermanentError(
            f"the shop's record {record} cannot be used: {wrong_fields(error)}", reason=Reason.SHOP_ANSWER_INVALID
        ) from None


def is_guest(document: Mapping[str, Any]) -> bool | None:
    """Whether a customer is a guest; None if its record does not say."""
    said = document.get(GUEST)
    return said if isinstance(said, bool) else None


def _fields(document: Mapping[str, Any], record: RecordKey, wanted: Mapping[str, object]) -> dict[str, Any]:
    found: dict[str, Any] = {"origin": record.origin, "key": record.key, "id": document.get("id")}
    used = set(_NOT_SENT)
    for name in wanted.keys() & _NAMES.keys():
        for spelling in _NAMES[name]:
            used.add(spelling)
            text = _text(document.get(spelling))
            if text is not None:
                found.setdefault(name, text)
    return {**found, "extra": {name: value for name, value in document.items() if name not in used and _is_one(value)}}


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return _TEXT.validate_python(value).strip() or None


def _is_one(value: object) -> bool:
    """Whether it is a single value that can be passed on: an unused one must not fail the record."""
    try:
        return isinstance(value, str | int) and value != "" and scalar(value) == value
    except ValueError:
        return False

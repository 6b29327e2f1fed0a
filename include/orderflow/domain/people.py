"""Who buys, and where it goes: customers, users and addresses by origin and key, never by name."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from orderflow.domain.extra import Scalar
from orderflow.domain.open_enum import OpenEnum


class RecordKind(OpenEnum):
    """The kinds of records that an order may name by an integer id."""

    CUSTOMER = "customer"
    ADDRESS = "address"
    USER = "user"


class RecordKey(NamedTuple):
    """The permanent identity of a record: the key is unique within its origin, and neither ever changes."""

    origin: str
    key: str

    def __str__(self) -> str:
        return f"{self.origin}/{self.key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `origin/key`."""
        origin, _, key = text.partition("/")
        return cls(origin, key)


class Role(StrEnum):
    """The role of a record in an order."""

    BUYER = "buyer"
    CONTACT = "contact"
    SHIP_TO = "ship_to"
    BILL_TO = "bill_to"


KIND_OF: dict[Role, RecordKind] = {
    Role.BUYER: RecordKind.CUSTOMER,
    Role.CONTACT: RecordKind.USER,
    Role.SHIP_TO: RecordKind.ADDRESS,
    Role.BILL_TO: RecordKind.ADDRESS,
}


class RecordRef(NamedTuple):
    """How an order names a record: by id, by key, or both."""

    id: int | None
    record: RecordKey | None = None


class _Person(BaseModel):
    """Fields that are None are not sent."""

    model_config = ConfigDict(frozen=True)

    id: int | None = None
    origin: Annotated[str, Field(min_length=1)]
    key: Annotated[str, Field(min_length=1)]
    name: str | None = None
    phone: str | None = None
    extra: Mapping[str, Scalar] = {}
    """Everything else in the shop's record that is a single value."""

    @property
    def record(self) -> RecordKey:
        """Origin and key."""
        return RecordKey(self.origin, self.key)


class Party(_Person):
    """A customer or a user."""

    code: str | None = None
    """The ERP's own number, if the shop knows it."""
    vat_number: str | None = None
    email: str | None = None
    language: str | None = None


class Address(_Person):
    """An address."""

    code: str | None = None
    attention: str | None = None
    street1: str | None = None
    house_number: str | None = None
    addition: str | None = None
    street2: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = None
    subdivision: str | None = None

    @property
    def is_bare(self) -> bool:
        """Whether only its key is known."""
        return not self.model_dump(exclude={"id", "origin", "key", "code"}, exclude_none=True, exclude_defaults=True)


class People(BaseModel):
    """All people and addresses on an order; None where it has none."""

    model_config = ConfigDict(frozen=True)

    buyer: Party | None = None
    contact: Party | None = None
    ship_to: Address | None = None
    bill_to: Address | None = None

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses, each once."""
        found = {place.record: place for place in (self.bill_to, self.ship_to) if place is not None}
        return tuple(found.values())

"""Customers as an ERP is asked for them, and as it answers."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from orderflow.domain.people import Address, Party, RecordKey
from orderflow.transport.fields import Label, Name


class CustomerRequest(BaseModel):
    """A customer to be made or changed; without `buyer` only the addresses are."""

    model_config = ConfigDict(frozen=True)

    buyer: Party | None = None
    addresses: tuple[Address, ...] = ()


class ErpAddress(BaseModel):
    """An address that the ERP has, under the shop's key."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    origin: Name
    key: Name
    code: Label | None = None


class ErpCustomer(BaseModel):
    """A customer that the ERP has, under the shop's key; `code` is the ERP's own number."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    origin: Name
    key: Name
    code: Label | None = None
    addresses: tuple[ErpAddress, ...] = ()

    @property
    def address_keys(self) -> set[str]:
        """The addresses as `origin/key`."""
        return {str(RecordKey(address.origin, address.key)) for address in self.addresses}


class CustomerPort(Protocol):
    """The customers of an ERP that accepts them."""

    @property
    def resend_is_safe(self) -> bool:
        """Whether a creation whose outcome is unknown may be sent once more."""

    @property
    def adds_changed_addresses(self) -> bool:
        """Whether a changed address is added as a new one, so that earlier orders keep the old one."""

    def find(self, buyer: Party, addresses: Sequence[Address]) -> ErpCustomer | None:
        """Look a customer up by the shop's key, which also leads to the one that it was merged into. Never writes.

        The answer names those of the addresses that the ERP has.
        """

    def create(self, request: CustomerRequest) -> ErpCustomer:
        """Create a customer with its addresses; errors as in `ErpPort.create`."""

    def update(self, record: RecordKey, code: str | None, request: CustomerRequest) -> ErpCustomer:
        """Change what the request names and leave the rest; may be repeated. Errors as in `create`.

        `code` is the ERP's own number of the customer, as it said before.
        """


def content_hash(person: Party | Address) -> str:
    """Return what tells a record's content from any other; the ERP's own number is no content."""
    content = person.model_dump_json(exclude={"id", "code"})
    return hashlib.sha256(content.encode()).hexdigest()

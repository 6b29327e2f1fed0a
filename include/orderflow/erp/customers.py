"""Customers: what the port sends to an ERP and what comes back."""

import hashlib
from collections.abc import Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from orderflow.domain.people import Address, Party, RecordKey
from orderflow.domain.reasons import Reason
from orderflow.transport.fields import Label, Name
from orderflow.transport.path_part import path_part

CUSTOMERS = "/customers"


class CustomerRequest(BaseModel):
    """A customer to be created or updated. Without `buyer`, only the addresses are."""

    model_config = ConfigDict(frozen=True)

    buyer: Party | None = None
    addresses: tuple[Address, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return only what it names."""
        document = self.model_dump(mode="json", exclude_none=True)
        return document if self.addresses else {"buyer": document["buyer"]}


class ErpAddress(BaseModel):
    """An address in the ERP, under the shop's key."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    origin: Name
    key: Name
    code: Label | None = None


class ErpCustomer(BaseModel):
    """A customer in the ERP, under the shop's key. `code` is the ERP's own number."""

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
    """The customers of an ERP that can create them."""

    @property
    def resend_is_safe(self) -> bool:
        """Whether a creation whose outcome is unknown may be sent again."""

    @property
    def adds_changed_addresses(self) -> bool:
        """Whether a changed address is added as a new one, so that earlier orders keep the old one."""

    def find(self, buyer: Party, addresses: Sequence[Address]) -> ErpCustomer | None:
        """Look a customer up by the shop's key, also after a merge into another customer. Never writes.

        The answer lists which of the addresses the ERP has.
        """

    def create(self, request: CustomerRequest) -> ErpCustomer:
        """Create a customer with its addresses; errors as in `ErpPort.create`."""

    def update(self, record: RecordKey, code: str | None, request: CustomerRequest) -> ErpCustomer:
        """Update what the request names and leave the rest. May be repeated. Errors as in `create`.

        `code` is the number that the ERP gave the customer earlier.
        """


def path_of(record: RecordKey) -> str:
    """Return the path of a customer in the REST contract; PermanentError if it would lead to another address."""
    origin, key = (path_part(part, f"customer {record}", Reason.CUSTOMER_REJECTED) for part in record)
    return f"{CUSTOMERS}/{origin}/{key}"


def content_hash(person: Party | Address) -> str:
    """Return a hash of a record's content. The ERP's own number is not part of it."""
    content = person.model_dump_json(exclude={"id", "code"})
    return hashlib.sha256(content.encode()).hexdigest()

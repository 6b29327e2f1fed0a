"""Parties as stored in Tryton, with their addresses and identifiers."""

from collections.abc import Mapping
from typing import Any

from orderflow.domain.people import Party
from orderflow.domain.reasons import Reason
from orderflow.erp.tryton.client import EVERYBODY, TrytonRecord, TrytonRest
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.errors import PermanentError

PARTY, IDENTIFIER = "party.party", "party.identifier"


class KnownAddress(TrytonRecord):
    """An address; `country` and `subdivision` are ids."""

    active: bool
    party_name: str | None = None
    attn: str | None = None
    street_name: str | None = None
    building_number: str | None = None
    street_unstructured: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: int | None = None
    subdivision: int | None = None

    def says(self, values: Mapping[str, Any]) -> bool:
        """Whether it is active and has the same content as these values."""
        fields = self.model_dump(exclude={"id", "active"})
        return self.active and all((held or None) == values.get(name) for name, held in fields.items())


class _Identifier(TrytonRecord):
    code: str
    address: KnownAddress | None


class _Mechanism(TrytonRecord):
    value: str | None


class KnownParty(TrytonRecord):
    """A party."""

    name: str | None
    code: str | None
    active: bool
    replaced_by: int | None
    addresses: tuple[KnownAddress, ...]
    identifiers: tuple[_Identifier, ...]
    contact_mechanisms: tuple[_Mechanism, ...]


_ADDRESS = tuple(name for name in KnownAddress.model_fields if name != "id")
FIELDS = (
    *("name", "code", "active", "replaced_by", "contact_mechanisms.value", "identifiers.code"),
    *(f"addresses.{name}" for name in _ADDRESS),
    *(f"identifiers.address.{name}" for name in _ADDRESS),
)


class _Owner(TrytonRecord):
    party: int


def find_party(rest: TrytonRest, options: TrytonOptions, company: int, buyer: Party) -> KnownParty | None:
    """Find a customer's party: by the identifier with the shop's id, otherwise by its code."""
    if buyer.id is not None:
        named = [["code", "=", options.code_of_customer(buyer.id)], *EVERYBODY]
        owners = {found.party for found in rest.search(_Owner, IDENTIFIER, named, ("party",), company=company)}
        if len(owners) > 1:
            raise PermanentError(
                f"{len(owners)} parties with the identifier {named[0][2]!r}", reason=Reason.CUSTOMER_REJECTED
            )
        if owners:
            return _in_use(rest, company, ["id", "=", owners.pop()])
    return party_of_code(rest, company, options.code_of_party(buyer.record))


def party_of_code(rest: TrytonRest, company: int, code: str) -> KnownParty | None:
    """Find the party with this code, or the party that it was merged into."""
    return _in_use(rest, company, ["code", "=", code])


def _in_use(rest: TrytonRest, company: int, condition: list[Any]) -> KnownParty | None:
    for _ in range(10):  # merged more than once
        found = rest.search(KnownParty, PARTY, [condition, *EVERYBODY], FIELDS, company=company)
        if not found:
            return None
        (party,) = found
        if party.replaced_by is None:
            break
        condition = ["id", "=", party.replaced_by]
    if not party.active:
        raise PermanentError(
            f"party {party.code} is inactive: activate it, or merge it into another one",
            reason=Reason.CUSTOMER_REJECTED,
        )
    return party

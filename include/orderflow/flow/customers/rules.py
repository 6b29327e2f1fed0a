"""What is to be done with a customer in the ERP: pure, asked by the run and by the dry run alike."""

from collections.abc import Collection
from typing import Literal, NamedTuple, Self

from orderflow.domain.people import Address, Party, People
from orderflow.domain.reasons import Reason
from orderflow.erp.customers import CustomerRequest, content_hash
from orderflow.errors import PermanentError
from orderflow.ledger.models.people import LedgerParty

Mode = Literal["must_exist", "create", "create_and_update"]


class Wanted(NamedTuple):
    """What the ERP is to have before an order is sent."""

    buyer: Party
    addresses: tuple[Address, ...]
    """Those born in the shop, where the settings let them be taken to the ERP."""
    mode: Mode
    is_ours: bool
    """Whether the customer was born in the shop; others belong to the ERP and are never made or changed."""

    @classmethod
    def of(cls, buyer: Party, people: People, mode: Mode, own: Collection[str]) -> Self:
        """Say what is wanted for an order, by the webshop's setting `customers` and the origins of the shop's own."""
        addresses = tuple(place for place in people.addresses if place.origin in own and mode != "must_exist")
        return cls(buyer, addresses, mode, buyer.origin in own)

    def creation(self) -> CustomerRequest:
        """Return what makes a customer that the ERP does not have; PermanentError where it may not be made."""
        if self.mode == "must_exist" or not self.is_ours:
            whose = "" if self.is_ours else ", whose records belong to the ERP"
            raise PermanentError(f"customer {self.buyer.record}{whose}", reason=Reason.CUSTOMER_NOT_IN_ERP)
        return CustomerRequest(buyer=self.buyer, addresses=self.addresses)

    def change(self, known: LedgerParty, *, adds_changed_addresses: bool) -> CustomerRequest | None:
        """Return what the ERP lacks and, where the settings say so, what has changed; None for nothing."""
        takes_changes = self.mode == "create_and_update"
        addresses = tuple(
            place
            for place in self.addresses
            if str(place.record) not in known.addresses
            or ((takes_changes or adds_changed_addresses) and _differs(place, known.addresses[str(place.record)], self))
        )
        is_changed = takes_changes and self.is_ours and known.content_hash != content_hash(self.buyer)
        if not addresses and not is_changed:
            return None
        return CustomerRequest(buyer=self.buyer if is_changed else None, addresses=addresses)


def _differs(place: Address, given: str | None, wanted: Wanted) -> bool:
    """Whether an address is not as the ERP was given it; one that it had before is only changed on purpose."""
    if place.is_bare or (given is None and wanted.mode != "create_and_update"):
        return False
    return given != content_hash(place)

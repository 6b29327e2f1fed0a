"""What to do with a customer in the ERP: pure functions, used by the run and by the dry run."""

from collections.abc import Collection
from typing import Literal, NamedTuple, Self

from orderflow.domain.people import Address, Party, People
from orderflow.domain.reasons import Reason
from orderflow.erp.customers import CustomerRequest, content_hash
from orderflow.errors import PermanentError
from orderflow.ledger.models.people import LedgerParty

Mode = Literal["must_exist", "create", "create_and_update"]


class Wanted(NamedTuple):
    """What the ERP must have before an order is sent."""

    buyer: Party
    addresses: tuple[Address, ...]
    """The addresses from the shop, if the settings allow sending them to the ERP."""
    mode: Mode
    is_ours: bool
    """Whether the customer was created in the shop; others belong to the ERP and are never created or changed."""

    @classmethod
    def of(cls, buyer: Party, people: People, mode: Mode, own: Collection[str]) -> Self:
        """Return what an order needs, by the webshop's setting `customers` and the shop's own origins."""
        addresses = tuple(place for place in people.addresses if place.origin in own and mode != "must_exist")
        return cls(buyer, addresses, mode, buyer.origin in own)

    def creation(self) -> CustomerRequest:
        """Return the request that creates a missing customer; PermanentError if it may not be created."""
        if self.mode == "must_exist" or not self.is_ours:
            whose = "" if self.is_ours else ", whose records belong to the ERP"
            raise PermanentError(f"customer {self.buyer.record}{whose}", reason=Reason.CUSTOMER_NOT_IN_ERP)
        return CustomerRequest(buyer=self.buyer, addresses=self.addresses)

    def change(self, known: LedgerParty, *, adds_changed_addresses: bool) -> CustomerRequest | None:
        """Return what the ERP lacks and, if the settings say so, what has changed; None if nothing."""
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
    """Whether an address differs from what the ERP was sent; one that it had before is only changed on purpose."""
    if place.is_bare or (given is None and wanted.mode != "create_and_update"):
        return False
    return given != content_hash(place)

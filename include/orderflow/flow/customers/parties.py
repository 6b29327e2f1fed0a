"""Make sure that the ERP has a customer and its addresses, once, by the same means as for orders.

A claim in the ledger, a look-up before anything is made, the intent, and whatever the ERP itself does against a second
one. Records that belong to the ERP are never changed; an address born in the shop may be added to them.
"""

import logging
from collections.abc import Sequence
from typing import Literal, NamedTuple

from orderflow.domain.people import Address, Party, RecordKey
from orderflow.domain.reasons import DEFERRED, Reason
from orderflow.erp.customers import CustomerPort, CustomerRequest, ErpCustomer, content_hash
from orderflow.errors import ClaimedElsewhereError, InDoubtError, OrderflowError, PermanentError, TransientError
from orderflow.flow.services import Services
from orderflow.ledger.books.parties import PartyClaim
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.people import LedgerParty

log = logging.getLogger(__name__)

Mode = Literal["must_exist", "create", "create_and_update"]
_TRIES = 50
_PAUSE = 0.2
"""Seconds between two tries to claim a customer that another process works on."""
_CERTAINLY_NOT = {Reason.ERP_REFUSED, Reason.ERP_UNAVAILABLE, Reason.CUSTOMER_REJECTED} | DEFERRED


class Wanted(NamedTuple):
    """What the ERP is to have before an order is sent."""

    buyer: Party
    addresses: Sequence[Address]
    mode: Mode


def ensure(services: Services, port: CustomerPort, wanted: Wanted, run: RunRef) -> LedgerParty:
    """Return the customer as the ERP has it now; CUSTOMER_NOT_IN_ERP, CUSTOMER_REJECTED, CUSTOMER_IN_DOUBT."""
    with services.shared.of_customers[str(wanted.buyer.record)]:
        for _ in range(_TRIES):
            try:
                with services.ledger.people.parties.claim(wanted.buyer.record, run) as claim:
                    return _Customer(services, port, claim, wanted).brought_up_to_date()
            except ClaimedElsewhereError as error:
                busy = error
                services.sleep(_PAUSE)
        raise busy


class _Customer:
    """One customer, claimed."""

    def __init__(self, services: Services, port: CustomerPort, claim: PartyClaim, wanted: Wanted) -> None:
        own = services.settings.shop_origins
        self._services = services
        self._port = port
        self._claim = claim
        self._buyer = wanted.buyer
        self._mode = wanted.mode
        self._is_ours = wanted.buyer.origin in own
        self._addresses = [place for place in wanted.addresses if place.origin in own and wanted.mode != "must_exist"]

    def brought_up_to_date(self) -> LedgerParty:
        """Find or make the customer, then add and change what is to be."""
        if not self._claim.party.in_erp:
            found = self._port.find(self._buyer.record)
            if found is None:
                self._create()
            else:
                self._claim.has(code=found.code, addresses=dict.fromkeys(found.address_keys))
        self._update()
        return self._claim.party

    def _create(self) -> None:
        record = self._buyer.record
        if self._mode == "must_exist" or not self._is_ours:
            whose = "" if self._is_ours else ", whose records belong to the ERP"
            raise PermanentError(f"customer {record}{whose}", reason=Reason.CUSTOMER_NOT_IN_ERP)
        if self._claim.party.intended_at and not self._port.resend_is_safe:
            raise _doubt(f"customer {record} was sent before and is not found; this ERP cannot prevent duplicates")
        self._claim.intend()
        request = CustomerRequest(buyer=self._buyer, addresses=tuple(self._addresses))
        try:
            made = self._port.create(request)
        except OrderflowError as error:
            made = self._settled(request, error)
        self._has(made, self._buyer, self._addresses)

    def _settled(self, request: CustomerRequest, error: OrderflowError) -> ErpCustomer:
        """Find out what came of an unclear creation: look it up, then send it again where that is safe."""
        if not isinstance(error, InDoubtError):
            if error.reason in _CERTAINLY_NOT:
                self._claim.not_made()
            raise error
        log.warning("customer %s: outcome unknown (%s), looking it up", self._buyer.record, error)
        for wait in self._services.settings.limits.lookup_waits:
            self._services.sleep(wait)
            found = self._port.find(self._buyer.record)
            if found is not None:
                return found
        if not self._port.resend_is_safe:
            raise _doubt(error.message) from error
        self._claim.intend()  # only while the claim is still ours
        return self._port.create(request)

    def _update(self) -> None:
        """Send what the ERP lacks and, where the settings say so, what has changed."""
        known, changes = self._claim.party, self._mode == "create_and_update"
        addresses = [
            place
            for place in self._addresses
            if str(place.record) not in known.addresses
            or (changes and known.addresses[str(place.record)] != content_hash(place))
        ]
        is_changed = changes and self._is_ours and known.content_hash != content_hash(self._buyer)
        if not addresses and not is_changed:
            return
        buyer = self._buyer if is_changed else None
        changed = self._port.update(self._buyer.record, CustomerRequest(buyer=buyer, addresses=tuple(addresses)))
        self._has(changed, buyer, addresses)

    def _has(self, customer: ErpCustomer, buyer: Party | None, addresses: list[Address]) -> None:
        """Record what the ERP was given, as far as it says that it has it."""
        given = {str(place.record): content_hash(place) for place in addresses}
        shown = {key: given.get(key, self._claim.party.addresses.get(key)) for key in customer.address_keys}
        self._claim.has(
            code=customer.code,
            addresses={**given, **shown},
            content_hash=content_hash(buyer) if buyer else None,
        )


def _doubt(message: str) -> TransientError:
    return TransientError(message, reason=Reason.CUSTOMER_IN_DOUBT)


def tell_code(services: Services, record: RecordKey, party: LedgerParty, run: RunRef) -> None:
    """Give the shop the ERP's own customer number, once; a courtesy, about which nothing can make an order fail."""
    if not party.code or party.code == party.code_told:
        return
    try:
        services.shop.directory.set_code(record, party.code)
        with services.ledger.people.parties.claim(record, run) as claim:
            claim.told(party.code)
    except OrderflowError as error:
        log.warning("the shop was not told the ERP's number of customer %s: %s", record, error)

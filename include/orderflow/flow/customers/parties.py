"""Make sure that the ERP has a customer and its addresses, once, by the same means as for orders.

These are a claim in the ledger, a look-up before anything is created, the intent, and the ERP's own protection against
duplicates. Records that belong to the ERP are never changed; an address from the shop may be added to them.
"""

import logging

from orderflow.domain.people import RecordKey
from orderflow.domain.reasons import DEFERRED, Reason
from orderflow.erp.customers import CustomerPort, CustomerRequest, ErpCustomer, content_hash
from orderflow.errors import ClaimedElsewhereError, InDoubtError, OrderflowError, TransientError
from orderflow.flow.customers.rules import Wanted
from orderflow.flow.services import Services
from orderflow.ledger.books.parties import PartyClaim
from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.models.people import LedgerParty

log = logging.getLogger(__name__)

_TRIES = 50
_PAUSE = 0.2
"""Seconds between two attempts to claim a customer that another process is working on."""
_CERTAINLY_NOT = {Reason.ERP_REFUSED, Reason.ERP_UNAVAILABLE, Reason.CUSTOMER_REJECTED} | DEFERRED


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


def creation(port: CustomerPort, wanted: Wanted, party: LedgerParty) -> CustomerRequest:
    """Return the request that creates a missing customer; CUSTOMER_NOT_IN_ERP, CUSTOMER_IN_DOUBT."""
    request = wanted.creation()
    if party.intended_at and not port.resend_is_safe:
        record = wanted.buyer.record
        raise _doubt(f"customer {record} was sent before and is not found; this ERP cannot prevent duplicates")
    return request


class _Customer:
    """One customer, claimed."""

    def __init__(self, services: Services, port: CustomerPort, claim: PartyClaim, wanted: Wanted) -> None:
        self._services = services
        self._port = port
        self._claim = claim
        self._wanted = wanted

    def brought_up_to_date(self) -> LedgerParty:
        """Find or create the customer, then make the necessary additions and changes."""
        if not self._claim.party.in_erp and not self._found():
            self._create(creation(self._port, self._wanted, self._claim.party))
        known, port = self._claim.party, self._port
        change = self._wanted.change(known, adds_changed_addresses=port.adds_changed_addresses)
        if change is not None:
            self._has(port.update(self._wanted.buyer.record, known.code, change), change)
        return self._claim.party

    def _found(self) -> bool:
        """Look the customer up, and record what the ERP shows."""
        found = self._port.find(self._wanted.buyer, self._wanted.addresses)
        if found is not None:
            self._claim.has(code=found.code, addresses=dict.fromkeys(found.address_keys))
        return found is not None

    def _create(self, request: CustomerRequest) -> None:
        self._claim.intend()
        try:
            self._has(self._port.create(request), request)
        except InDoubtError as error:
            self._settle(request, error)
        except OrderflowError as error:
            if error.reason in _CERTAINLY_NOT:
                self._claim.not_made()
            raise

    def _settle(self, request: CustomerRequest, error: InDoubtError) -> None:
        """Settle an unclear creation: look the customer up, then send it again if that is safe."""
        log.warning("customer %s: outcome unknown (%s), looking it up", self._wanted.buyer.record, error)
        for wait in self._services.settings.limits.lookup_waits:
            self._services.sleep(wait)
            if self._found():
                return
        if not self._port.resend_is_safe:
            raise _doubt(error.message) from error
        self._claim.intend()  # only if the claim is still ours
        self._has(self._port.create(request), request)

    def _has(self, customer: ErpCustomer, request: CustomerRequest) -> None:
        """Record what the ERP has accepted."""
        given = {str(place.record): content_hash(place) for place in request.addresses}
        shown = {key: given.get(key, self._claim.party.addresses.get(key)) for key in customer.address_keys}
        buyer = content_hash(request.buyer) if request.buyer else None
        self._claim.has(code=customer.code, addresses={**given, **shown}, content_hash=buyer)


def _doubt(message: str) -> TransientError:
    return TransientError(message, reason=Reason.CUSTOMER_IN_DOUBT)


def is_news(party: LedgerParty) -> bool:
    """Whether the shop has not been given the ERP's number of a customer."""
    return bool(party.code) and party.code != party.code_told


def tell_code(services: Services, record: RecordKey, party: LedgerParty, run: RunRef) -> None:
    """Give the shop the ERP's customer number, once; a courtesy that can never make an order fail."""
    if not party.code or not is_news(party):
        return
    try:
        services.shop.directory.set_code(record, party.code)
        with services.ledger.people.parties.claim(record, run) as claim:
            claim.told(party.code)
    except OrderflowError as error:
        log.warning("the ERP's number of customer %s was not written to the shop: %s", record, error)

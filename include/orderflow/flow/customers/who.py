"""The people and addresses on an order that is sent, once the ERP knows them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from orderflow.cloudsuite.people import to_address, to_party
from orderflow.domain.order import Order
from orderflow.domain.people import Address, Party, People, RecordKey, RecordKind, Role
from orderflow.domain.reasons import Reason
from orderflow.erp.customers import CustomerPort, content_hash
from orderflow.errors import PermanentError
from orderflow.flow.customers.guests import party_of
from orderflow.flow.customers.parties import ensure, tell_code
from orderflow.flow.customers.resolve import Named, read_record, resolve
from orderflow.flow.customers.rules import Wanted
from orderflow.flow.services import Services
from orderflow.ledger.models.orders import RunRef

NOBODY = People()


def who(services: Services, order: Order, run: RunRef) -> People:
    """Return the order's people and addresses, after making sure that the ERP knows them.

    Nothing if the setting `origins` is empty: then the order contains only ids. Errors as in `resolve` and `ensure`.
    """
    people = plan(services, order)
    customer = customer_of(services, order, people)
    if customer is None:
        return people
    party = ensure(services, customer.port, customer.wanted, run)
    if customer.is_told:
        tell_code(services, customer.wanted.buyer.record, party, run)
    return with_code(people, party.code)


class Customer(NamedTuple):
    """The customer that the ERP must have before an order is sent."""

    port: CustomerPort
    wanted: Wanted
    is_told: bool
    """Whether the shop is told the ERP's number of this customer."""


def customer_of(services: Services, order: Order, people: People) -> Customer | None:
    """Return the order's customer; None if it names none, or if this ERP takes no customers."""
    port = services.erp.customers if people.buyer and services.erp.capabilities.customers else None
    if people.buyer is None or port is None:
        return None
    webshop = services.settings.webshop(order.webshop)
    wanted = Wanted.of(people.buyer, people, webshop.customers, services.settings.shop_origins)
    return Customer(port, wanted, is_told=webshop.tell_customer_code and wanted.is_ours)


def with_code(people: People, code: str | None) -> People:
    """Return the same people with the ERP's number of the customer."""
    buyer = people.buyer and people.buyer.model_copy(update={"code": code})
    return people.model_copy(update={"buyer": buyer})


def plan(services: Services, order: Order) -> People:
    """Return the people and addresses that the order would contain, read afresh from the shop.

    Of a customer that the ERP has, only the addresses are read, and the user if the ERP does not know users by key.
    """
    if not services.settings.origins:
        return NOBODY
    named = resolve(services, order)
    read = _Reader(services)
    whole = not _is_known(services, order, named.get(Role.BUYER))
    return People(
        buyer=_buyer(services, order, named.get(Role.BUYER), read, whole=whole),
        contact=_contact(services, named.get(Role.CONTACT), read, whole=whole),
        ship_to=_address(named.get(Role.SHIP_TO), read),
        bill_to=_address(named.get(Role.BILL_TO), read),
    )


def were_sent(services: Services, people: People) -> list[RecordKey]:
    """Remember which addresses went to the ERP; return those that an earlier order sent with other content."""
    book = services.ledger.people.directory
    return [
        place.record
        for place in people.addresses
        if place.id is not None
        and not place.is_bare
        and book.was_sent(RecordKind.ADDRESS, place.id, content_hash(place))
    ]


class _Reader:
    """Reads each record once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._read: dict[Named, Mapping[str, Any]] = {}

    def __call__(self, named: Named) -> Mapping[str, Any]:
        if named not in self._read:
            self._read[named] = read_record(self._services, named)
        return self._read[named]


def _is_known(services: Services, order: Order, buyer: Named | None) -> bool:
    """Whether the ERP has the customer, and no change to it has to be sent."""
    mode = services.settings.webshop(order.webshop).customers
    if buyer is None or mode == "create_and_update" or not services.erp.capabilities.customers:
        return False
    return services.ledger.people.parties.get(buyer.record).in_erp


def _buyer(services: Services, order: Order, named: Named | None, read: _Reader, *, whole: bool) -> Party | None:
    if named is None:
        return None
    rule = services.settings.webshop(order.webshop).guests
    may_be_guest = named.record.origin in services.settings.shop_origins and rule != "one_per_order"
    if not whole:
        return Party(id=named.id, origin=named.record.origin, key=named.record.key)
    document = read(named)
    return party_of(services, rule, document, named) if may_be_guest else to_party(document, named.record)


def _contact(services: Services, named: Named | None, read: _Reader, *, whole: bool) -> Party | None:
    """Return who placed the order; left out if the shop does not show the record (an inactive user).

    Of a customer that the ERP has, a record that cannot be used is not worth holding the order for.
    """
    if named is None:
        return None
    key_only = Party(id=named.id, origin=named.record.origin, key=named.record.key)
    if not (whole or services.erp.capabilities.contacts):
        return key_only
    try:
        return to_party(read(named), named.record)
    except PermanentError as error:
        if not whole:
            return key_only
        if error.reason is not Reason.CUSTOMER_UNKNOWN:
            raise
        return None


def _address(named: Named | None, read: _Reader) -> Address | None:
    return to_address(read(named), named.record) if named else None

"""What a run would do about an order's customer; writes nothing."""

import json
from dataclasses import replace

from orderflow.cloudsuite.directory import customer_path
from orderflow.domain.order import Order
from orderflow.domain.people import People
from orderflow.erp.customers import CustomerPort, CustomerRequest, content_hash, path_of
from orderflow.flow.customers.parties import creation, is_news
from orderflow.flow.customers.rules import Wanted
from orderflow.flow.customers.who import customer_of, plan, with_code
from orderflow.flow.plan import planned
from orderflow.flow.services import Services, Shared
from orderflow.ledger.books.people_in_memory import PeopleInMemory
from orderflow.ledger.models.dry_runs import PlannedCall
from orderflow.ledger.models.people import LedgerParty

NEW_CODE = "<ERP customer number>"


def in_memory(services: Services) -> tuple[Services, PeopleInMemory]:
    """Return the services of a dry run, which keeps in memory what a run would record of people."""
    ledger, people = services.ledger.with_people_in_memory()
    return replace(
        services,
        connect_shop=lambda: services.shop,
        connect_messages=lambda: services.messages,
        connect_erp=lambda: services.erp,
        ledger=ledger,
        shared=Shared(),
    ), people


def preview_people(services: Services, books: PeopleInMemory, order: Order) -> tuple[tuple[PlannedCall, ...], People]:
    """Return the writes for the order's customer, and the people that the order is then sent with.

    CUSTOMER_NOT_IN_ERP and CUSTOMER_UNKNOWN if the order would be held. `books` learn what these writes lead to.
    """
    people = plan(services, order)
    customer = customer_of(services, order, people)
    if customer is None:
        return (), people
    port, wanted, is_told = customer
    calls, record = list[PlannedCall](), wanted.buyer.record
    party = books.parties.get(record)
    if not party.in_erp:
        party = _found(port, wanted, party)
    if not party.in_erp:
        request = creation(port, wanted, party)
        calls.append(_to_erp(order, "POST", "/customers", request))
        party = _after(party.model_copy(update={"in_erp": True, "code": NEW_CODE}), request)
    change = wanted.change(party, adds_changed_addresses=port.adds_changed_addresses)
    if change is not None:
        calls.append(_to_erp(order, "PUT", path_of(record), change))
        party = _after(party, change)
    if is_told and is_news(party):
        body = json.dumps({"code": party.code})
        calls.append(planned(order, "shop", "PATCH", customer_path(record), body))
        party = party.model_copy(update={"code_told": party.code})
    books.parties.has(party)
    return tuple(calls), with_code(people, party.code)


def _found(port: CustomerPort, wanted: Wanted, party: LedgerParty) -> LedgerParty:
    """Return the customer as the ERP shows it."""
    found = port.find(wanted.buyer, wanted.addresses)
    if found is None:
        return party
    addresses = {**party.addresses, **dict.fromkeys(found.address_keys)}
    return party.model_copy(update={"in_erp": True, "code": found.code, "addresses": addresses})


def _after(party: LedgerParty, request: CustomerRequest) -> LedgerParty:
    """Return the customer once the ERP has accepted a request."""
    given = {str(place.record): content_hash(place) for place in request.addresses}
    known = {"content_hash": content_hash(request.buyer)} if request.buyer else {}
    return party.model_copy(update={"addresses": {**party.addresses, **given}, **known})


def _to_erp(order: Order, method: str, path: str, request: CustomerRequest) -> PlannedCall:
    return planned(order, "erp", method, path, json.dumps(request.to_document(), ensure_ascii=False))

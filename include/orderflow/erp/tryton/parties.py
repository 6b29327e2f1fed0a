"""The party and the addresses of an order, found by the identifiers that hold the shop's ids.

Tryton keeps inactive identifiers: merging two parties deactivates those of the source and moves them to the target,
which is then the right party. A deactivated party or address must not get an order, although Tryton would accept it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orderflow.domain.reasons import Reason
from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.tryton.client import EVERYBODY, TrytonRecord, TrytonRest
from orderflow.erp.tryton.contacts import FIELD, Mechanism, contact_of, reachable_at
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.problems import Problems, how_many

PARTY, IDENTIFIER = "party.party", "party.identifier"


class TrytonParty(TrytonRecord):
    """A customer as read."""

    name: str
    active: bool
    contact_mechanisms: tuple[Mechanism, ...] = ()


class _Address(TrytonRecord):
    active: bool


class _Identifier(TrytonRecord):
    code: str
    active: bool
    party: TrytonParty
    address: _Address | None


class Place(NamedTuple):
    """An address, and the party it belongs to."""

    address: int
    party: int


class Customer(NamedTuple):
    """The party, and the addresses to invoice and to ship to."""

    party: int
    invoice: Place
    shipment: Place
    contact: int | None = None
    """Who ordered, if the party has their mail address or phone number."""


_INACTIVE = Reason.ERP_CUSTOMER_INACTIVE
_FIELDS = ("code", "active", "party.name", "party.active", "address.active")


def find_customer(
    rest: TrytonRest, options: TrytonOptions, company: int, request: SalesOrderRequest, problems: Problems
) -> Customer | None:
    """Find the party and both addresses; if one address is missing, the other serves for both. None with problems."""
    code = options.code_of_customer(request.customer)
    wanted = {id_: options.code_of_address(id_) for id_ in (request.invoice_address, request.shipment_address) if id_}
    fields = (*_FIELDS, f"party.{FIELD}") if reachable_at(request) else _FIELDS
    found = rest.search_in(
        _Identifier, IDENTIFIER, "code", [code, *wanted.values()], fields, company=company, also=EVERYBODY
    )
    party = _by_code(rest, company, request) or _party(
        rest, [i for i in found if i.code == code], f"{code!r} for customer {request.customer}", problems
    )
    places = {
        address: _place([i for i in found if i.code == code_], party, f"{code_!r} for address {address}", problems)
        for address, code_ in wanted.items()
    }
    if not wanted:
        problems.add("the order names no address")
    invoice = places.get(request.invoice_address or request.shipment_address or 0)
    shipment = places.get(request.shipment_address or request.invoice_address or 0)
    if not (party and invoice and shipment):
        return None
    return Customer(party.id, invoice, shipment, contact_of(party.contact_mechanisms, request))


def _by_code(rest: TrytonRest, company: int, request: SalesOrderRequest) -> TrytonParty | None:
    """Return the active party with the order's customer code, which was looked up or created just before."""
    code = request.buyer.code if request.buyer else None
    if code is None:
        return None
    fields = ("name", "active", *((FIELD,) if reachable_at(request) else ()))
    found = rest.search(TrytonParty, PARTY, [["code", "=", code]], fields, company=company)
    return found[0] if found else None


def _party(rest: TrytonRest, found: Sequence[_Identifier], what: str, problems: Problems) -> TrytonParty | None:
    parties = {i.party.id: i.party for i in found if i.active} or _merged_into(rest, found)
    in_use = {id_: party for id_, party in parties.items() if party.active}
    if len(in_use) == 1:
        return next(iter(in_use.values()))
    if parties and not in_use:
        problems.add(f"the party with the identifier {what} is inactive ({_names(parties.values())})", _INACTIVE)
    elif found and not parties:
        problems.add(f"the identifier {what} is inactive ({_names(i.party for i in found)})", _INACTIVE)
    else:
        problems.add(f"{how_many(len(in_use))} party with the identifier {what}")
    return None


def _merged_into(rest: TrytonRest, found: Iterable[_Identifier]) -> dict[int, TrytonParty]:
    """Of the parties with these inactive identifiers, return those that another party was merged into, by id."""
    parties = {i.party.id: i.party for i in found}
    if not parties:
        return {}
    sources = rest.search(_Source, PARTY, [["replaced_by", "in", sorted(parties)], *EVERYBODY], ("replaced_by",))
    return {source.replaced_by: parties[source.replaced_by] for source in sources}


class _Source(TrytonRecord):
    replaced_by: int


def _place(found: Sequence[_Identifier], party: TrytonParty | None, what: str, problems: Problems) -> Place | None:
    """Choose the address with this identifier. The customer's own addresses come before other parties'."""
    said = [i for i in found if i.active] or found
    places = {Place(i.address.id, i.party.id): i.address.active and i.party.active for i in said if i.address}
    own = {place: active for place, active in places.items() if party and place.party == party.id}
    chosen = own or places
    in_use = [place for place, active in chosen.items() if active]
    if len(in_use) == 1:
        return in_use[0]
    if chosen and not in_use:
        problems.add(f"the address with the identifier {what} is inactive: tie the identifier to one in use", _INACTIVE)
    elif party or not chosen:  # without a known customer there is no way to tell which one is meant
        problems.add(f"{how_many(len(in_use))} address with the identifier {what}")
    return None


def _names(parties: Iterable[TrytonParty]) -> str:
    return ", ".join(sorted({party.name for party in parties}))

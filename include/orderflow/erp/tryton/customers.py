"""Customers in Tryton: parties, found by identifier or code. Their code is unique, so each is created only once.

One request creates the whole party. The shop's address ids are identifiers linked to the addresses, which takes a
second request; after a crash in between, the next attempt links them to the existing addresses. Documents in Tryton
refer to the address itself, so changing one would change past documents. A changed address is therefore added as a new
one, and the old one is deactivated.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from orderflow.domain.people import Address, Party, RecordKey
from orderflow.domain.reasons import Reason
from orderflow.erp.customers import CustomerRequest, ErpAddress, ErpCustomer
from orderflow.erp.tryton.client import TrytonRecord, TrytonRest
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.erp.tryton.party_search import KnownParty, find_party, party_of_code
from orderflow.erp.tryton.party_values import Places, Values, address_values, contact_values, party_values
from orderflow.erp.tryton.places import find_places
from orderflow.errors import InDoubtError, PermanentError
from orderflow.transport import RefusedError, UnavailableError

PARTY = "party.party"
_TRIES = 5
"""When several processes change a party at the same time, Tryton serves one and answers 503 to the others."""


class _Made(TrytonRecord):
    code: str | None


class TrytonCustomers:
    """A `CustomerPort`; safe to share between threads."""

    resend_is_safe = True
    adds_changed_addresses = True

    def __init__(self, rest: TrytonRest, options: TrytonOptions, company: Callable[[], int]) -> None:
        self._rest = rest
        self._options = options
        self._company_of = company

    def find(self, buyer: Party, addresses: Sequence[Address]) -> ErpCustomer | None:
        """Look a party up by the shop's id, else by its code."""
        party = find_party(self._rest, self._options, self._company, buyer)
        return self._shown(buyer.record, party, addresses) if party else None

    def create(self, request: CustomerRequest) -> ErpCustomer:
        """Create a party with its addresses. If another process was faster, use the party that it created."""
        buyer = request.buyer
        if buyer is None:
            raise ValueError("a customer cannot be made without `buyer`")
        places = find_places(self._rest, self._company, buyer, request.addresses)
        party = self._made(buyer, request.addresses, places)
        self._with_addresses(party, request.addresses, places)
        return self._shown(buyer.record, self._again(party.code), request.addresses)

    def update(self, record: RecordKey, code: str | None, request: CustomerRequest) -> ErpCustomer:
        """Update the party if a buyer is given, and add addresses."""
        party = self._again(code or self._options.code_of_party(record))
        places = find_places(self._rest, self._company, request.buyer, request.addresses)
        if request.buyer is not None:
            self._write(party.id, self._changes(request.buyer, party, places), record)
        self._with_addresses(party, request.addresses, places)
        return self._shown(record, self._again(party.code), request.addresses)

    def _made(self, buyer: Party, addresses: Sequence[Address], places: Places) -> KnownParty:
        """Create the party. An email or phone that Tryton rejects is stored unchecked: better than no customer."""
        code, refused = self._options.code_of_party(buyer.record), None
        for checked in (True, False):
            values = party_values(buyer, addresses, places, self._options, checked=checked)
            try:
                self._rest.create(_Made, PARTY, values, ("code",), company=self._company)
                return self._again(code)
            except RefusedError as error:
                if error.status != HTTPStatus.BAD_REQUEST:
                    raise _outcome(error, buyer.record) from error
                refused = error
            except UnavailableError as error:
                raise _outcome(error, buyer.record) from error
            party = party_of_code(self._rest, self._company, code)
            if party is not None:
                return party
            if not contact_values(buyer, checked=True):
                break
        raise _rejected(buyer.record, refused)

    def _changes(self, buyer: Party, party: KnownParty, places: Places) -> Values:
        values = party_values(buyer, (), places, self._options, checked=False)
        known = {mechanism.value for mechanism in party.contact_mechanisms}
        new = [contact for contact in contact_values(buyer, checked=False) if contact["value"] not in known]
        changes: Values = {name: values[name] for name in ("name", "lang") if name in values}
        return {**changes, **({"contact_mechanisms": [["create", new]]} if new else {})}

    def _with_addresses(self, party: KnownParty, addresses: Sequence[Address], places: Places) -> None:
        """Link the shop's ids to the addresses, adding any address that does not exist with its current content."""
        for address in addresses:
            for left in reversed(range(_TRIES)):
                try:
                    self._tie(party, address, places)
                    break
                except InDoubtError as error:
                    if left == 0 or not _is_busy(error):
                        raise
                    party = self._again(party.code)

    def _tie(self, party: KnownParty, address: Address, places: Places) -> None:
        code = self._address_code(address)
        wanted = address_values(address, party.name, places)
        tied = [identifier for identifier in party.identifiers if identifier.code == code and identifier.address]
        if not any(identifier.address and identifier.address.says(wanted) for identifier in tied):
            new = next((one for one in party.addresses if one.says(wanted)), None)
            number = new.id if new else self._added(party, wanted, address.record)
            outdated = [identifier.address.id for identifier in tied if identifier.address]
            changes: dict[str, Any] = {"identifiers": [["create", [{"code": code, "address": number}]]]}
            if tied:
                changes["identifiers"].insert(0, ["write", [identifier.id for identifier in tied], {"active": False}])
                changes["addresses"] = [["write", outdated, {"active": False}]]
            self._write(party.id, changes, address.record)

    def _added(self, party: KnownParty, values: Values, record: RecordKey) -> int:
        before = {address.id for address in party.addresses}
        self._write(party.id, {"addresses": [["create", [values]]]}, record)
        added = [address for address in self._again(party.code).addresses if address.id not in before]
        return next(address.id for address in added if address.says(values))

    def _write(self, party: int, values: Mapping[str, Any], record: RecordKey) -> None:
        try:
            self._rest.update(_Made, PARTY, party, dict(values), ("code",), company=self._company)
        except (RefusedError, UnavailableError) as error:
            if isinstance(error, RefusedError) and error.status == HTTPStatus.BAD_REQUEST:
                raise _rejected(record, error) from error
            raise _outcome(error, record) from error

    def _again(self, code: str | None) -> KnownParty:
        party = party_of_code(self._rest, self._company, code or "")
        if party is None:
            raise InDoubtError(f"the party {code} is not found", reason=Reason.CUSTOMER_IN_DOUBT)
        return party

    def _shown(self, record: RecordKey, party: KnownParty, addresses: Sequence[Address]) -> ErpCustomer:
        tied = {identifier.code for identifier in party.identifiers if identifier.address and identifier.address.active}
        held = [address for address in addresses if self._address_code(address) in tied]
        shown = tuple(ErpAddress(origin=address.origin, key=address.key) for address in held)
        return ErpCustomer(origin=record.origin, key=record.key, code=party.code, addresses=shown)

    def _address_code(self, address: Address) -> str:
        return self._options.code_of_address(address.id if address.id is not None else address.key)

    @property
    def _company(self) -> int:
        return self._company_of()


def _is_busy(error: InDoubtError) -> bool:
    """Whether Tryton itself turned the change away, so that nothing was changed."""
    cause = error.__cause__
    exchange = cause.exchange if isinstance(cause, UnavailableError) else None
    return exchange is not None and exchange.status == HTTPStatus.SERVICE_UNAVAILABLE


def _rejected(record: RecordKey, error: RefusedError | None) -> PermanentError:
    said = error.message if error else "no reason given"
    return PermanentError(f"Tryton refused customer {record}: {said}", reason=Reason.CUSTOMER_REJECTED)


def _outcome(error: RefusedError | UnavailableError, record: RecordKey) -> Exception:
    """Say what is known after an error: nothing was created, or the outcome is unknown."""
    if isinstance(error, UnavailableError) and error.not_sent:
        return error
    if isinstance(error, RefusedError) and error.status is not None and error.status >= HTTPStatus.BAD_REQUEST:
        return error
    return InDoubtError(
        f"{error.message}; customer {record} may have been made or changed", reason=Reason.CUSTOMER_IN_DOUBT
    )

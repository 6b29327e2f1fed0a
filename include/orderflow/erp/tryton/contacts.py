"""Who ordered, as the contact of a sale: a mail address or phone number that the party already has.

Tryton's contact is such an entry of a party, not a person. Only existing ones are used: what parties hold is for the
settings of customers to say.
"""

from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.tryton.client import TrytonRecord, TrytonRest

MECHANISM = "party.contact_mechanism"
_LONGEST = 254
"""Characters of a mail address; anything longer is none, and would not fit into a URL."""


class _Mechanism(TrytonRecord):
    value: str | None


def find_contact(rest: TrytonRest, company: int, party: int, request: SalesOrderRequest) -> int | None:
    """Return the party's entry with the mail address of who ordered, or else the phone number; None if it has none."""
    who = request.contact or request.buyer
    said = [(value or "").strip() for value in (who.email, who.phone)] if who else []
    wanted = [value for value in said if 0 < len(value) <= _LONGEST]
    if not wanted:
        return None
    alike = [["value", "ilike", _literally(value)] for value in wanted]
    domain = [["party", "=", party], ["OR", *alike]]
    found = rest.search(_Mechanism, MECHANISM, domain, ("value",), company=company)
    ids = {(one.value or "").strip().casefold(): one.id for one in reversed(found)}  # of equal ones the oldest
    return next((ids[value.casefold()] for value in wanted if value.casefold() in ids), None)


def _literally(value: str) -> str:
    """Return a pattern that only matches this text, in any case."""
    return "".join(f"\\{letter}" if letter in "\\%_" else letter for letter in value)

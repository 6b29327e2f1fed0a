"""Who ordered, as the contact of a sale: a mail address or phone number that the party already has.

Tryton's contact is such an entry of a party, not a person. Only existing ones are used: what parties hold is for the
settings of customers to say.
"""

from collections.abc import Sequence

from orderflow.erp.models import SalesOrderRequest
from orderflow.erp.tryton.client import TrytonRecord

FIELD = "contact_mechanisms.value"
"""What a party's entries are read by; they arrive with the party, so that a contact costs no call of its own."""


class Mechanism(TrytonRecord):
    """A mail address, phone number or the like of a party."""

    value: str | None


def reachable_at(request: SalesOrderRequest) -> list[str]:
    """Return the mail address and phone number of who ordered, as far as the order has them, the better one first."""
    who = request.contact or request.buyer
    said = [(value or "").strip().casefold() for value in (who.email, who.phone)] if who else []
    return [value for value in said if value]


def contact_of(mechanisms: Sequence[Mechanism], request: SalesOrderRequest) -> int | None:
    """Return the party's entry with the mail address of who ordered, or else the phone number; None if it has none."""
    oldest_last = sorted(mechanisms, key=lambda one: -one.id)
    ids = {(one.value or "").strip().casefold(): one.id for one in oldest_last}  # of equal ones the oldest
    return next((ids[value] for value in reachable_at(request) if value in ids), None)

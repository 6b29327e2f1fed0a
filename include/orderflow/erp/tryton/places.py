"""Countries, subdivisions and languages: Tryton knows them by id, the shop by code."""

from collections.abc import Sequence

from orderflow.domain.people import Address, Party, RecordKey
from orderflow.domain.reasons import Reason
from orderflow.erp.tryton.client import TrytonRecord, TrytonRest
from orderflow.erp.tryton.party_values import Places, subdivision_code
from orderflow.errors import PermanentError


class _Coded(TrytonRecord):
    code: str


def find_places(rest: TrytonRest, company: int, buyer: Party | None, addresses: Sequence[Address]) -> Places:
    """Return the ids of everything the customer names; CUSTOMER_REJECTED lists every country that Tryton lacks.

    An unknown language or subdivision is left out: no booking depends on it.
    """
    countries = {place.country.upper() for place in addresses if place.country}
    subdivisions = {code for place in addresses if (code := subdivision_code(place))}
    languages = {buyer.language.lower()} if buyer and buyer.language else set()
    known = Places(
        countries=_ids(rest, company, "country.country", countries),
        languages=_ids(rest, company, "ir.lang", languages),
        subdivisions=_ids(rest, company, "country.subdivision", subdivisions),
    )
    unknown = sorted(countries - known.countries.keys())
    if unknown:
        whose: RecordKey = buyer.record if buyer else addresses[0].record
        raise PermanentError(
            f"customer {whose}: Tryton has no country {', '.join(unknown)} (trytond_import_countries adds them)",
            reason=Reason.CUSTOMER_REJECTED,
        )
    return known


def _ids(rest: TrytonRest, company: int, model: str, codes: set[str]) -> dict[str, int]:
    if not codes:
        return {}
    found = rest.search(_Coded, model, [["code", "in", sorted(codes)]], ("code",), company=company)
    return {one.code: one.id for one in found}

"""A customer and its addresses in Tryton's words."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderflow.domain.people import Address, Party
from orderflow.erp.tryton.options import TrytonOptions

Values = dict[str, Any]


class Places(NamedTuple):
    """Tryton's ids of what the shop names by code; what Tryton does not have is not in them."""

    countries: Mapping[str, int]
    languages: Mapping[str, int]
    subdivisions: Mapping[str, int]


def party_values(
    buyer: Party, addresses: Sequence[Address], places: Places, options: TrytonOptions, *, checked: bool
) -> Values:
    """Return what makes a party with everything at once; `checked` False has mail and phone taken as they are.

    Nothing is said that is not known: an explicit null would keep Tryton from filling in its default. Addresses come
    before mail and phone, which Tryton checks by the country.
    """
    values: Values = {
        "name": buyer.name or "",
        "code": options.code_of_party(buyer.record),
        "addresses": [["create", [address_values(place, buyer.name, places) for place in addresses]]],
        "identifiers": [["create", _identifiers(buyer, options)]],
        "contact_mechanisms": [["create", contact_values(buyer, checked=checked)]],
    }
    language = places.languages.get((buyer.language or "").lower())
    if language is not None:
        values["lang"] = language
    return {name: value for name, value in values.items() if value != [["create", []]]}


def _identifiers(buyer: Party, options: TrytonOptions) -> list[Values]:
    codes = [{"code": options.code_of_customer(buyer.id)}] if buyer.id is not None else []
    return codes + ([{"type": "eu_vat", "code": buyer.vat_number}] if buyer.vat_number else [])


def contact_values(buyer: Party, *, checked: bool) -> list[Values]:
    """Return mail and phone; of a type that takes anything where Tryton refused one of them."""
    known = [("email", buyer.email), ("phone", buyer.phone)]
    return [{"type": kind if checked else "other", "value": value} for kind, value in known if value]


def address_values(place: Address, owner: str | None, places: Places) -> Values:
    """Return an address; street and number apart where there is nothing but them, for the formats of countries."""
    values = {
        **_street(place),
        "party_name": place.name if place.name != owner else None,
        "attn": place.attention,
        "postal_code": place.zip,
        "city": place.city,
        "country": places.countries.get((place.country or "").upper()),
        "subdivision": places.subdivisions.get(subdivision_code(place) or ""),
        "invoice": True,
        "delivery": True,
    }
    return {name: value for name, value in values.items() if value is not None}


def subdivision_code(place: Address) -> str | None:
    """Return the subdivision as ISO 3166-2 has it."""
    if not place.subdivision or not place.country:
        return None
    country, said = place.country.upper(), place.subdivision.upper()
    return said if said.startswith(f"{country}-") else f"{country}-{said}"


def _street(place: Address) -> Values:
    """Say the addition with the number: the formats of some countries print no other field for it."""
    number = " ".join(filter(None, [place.house_number, place.addition]))
    if place.street1 and number and not place.street2:
        return {"street_name": place.street1, "building_number": number}
    lines = [" ".join(filter(None, [place.street1, number])), place.street2]
    return {"street_unstructured": "\n".join(filter(None, lines)) or None}

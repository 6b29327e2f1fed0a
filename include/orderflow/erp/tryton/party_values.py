"""A customer and its addresses as Tryton's field values."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderflow.domain.people import Address, Party
from orderflow.erp.tryton.options import TrytonOptions

Values = dict[str, Any]


class Places(NamedTuple):
    """Tryton's ids for the codes that the shop uses. Codes that Tryton does not have are left out."""

    countries: Mapping[str, int]
    languages: Mapping[str, int]
    subdivisions: Mapping[str, int]


def party_values(
    buyer: Party, addresses: Sequence[Address], places: Places, options: TrytonOptions, *, checked: bool
) -> Values:
    """Return the values for a complete party. With `checked` False, email and phone skip Tryton's validation.

    Unknown values are left out: an explicit null would keep Tryton from filling in its default. Addresses come before
    email and phone, because Tryton validates those by country.
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
    """Return email and phone. If Tryton rejected one, both use a type that accepts anything."""
    known = [("email", buyer.email), ("phone", buyer.phone)]
    return [{"type": kind if checked else "other", "value": value} for kind, value in known if value]


def address_values(place: Address, owner: str | None, places: Places) -> Values:
    """Return an address. Street and number are separate if nothing else is given, for country-specific formats."""
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
    """Return the subdivision's ISO 3166-2 code."""
    if not place.subdivision or not place.country:
        return None
    country, said = place.country.upper(), place.subdivision.upper()
    return said if said.startswith(f"{country}-") else f"{country}-{said}"


def _street(place: Address) -> Values:
    """Append the addition to the number: some countries' formats print no other field for it."""
    number = " ".join(filter(None, [place.house_number, place.addition]))
    if place.street1 and number and not place.street2:
        return {"street_name": place.street1, "building_number": number}
    lines = [" ".join(filter(None, [place.street1, number])), place.street2]
    return {"street_unstructured": "\n".join(filter(None, lines)) or None}

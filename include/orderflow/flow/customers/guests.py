"""Guests: which customer of the ERP gets a guest's order, as configured."""

import hashlib
from collections.abc import Mapping
from typing import Any

from orderflow.cloudsuite.people import is_guest, to_party
from orderflow.domain.people import Party, RecordKey
from orderflow.domain.webshop_settings import FIXED
from orderflow.errors import ConfigurationError
from orderflow.flow.customers.resolve import Named
from orderflow.flow.services import Services


def party_of(services: Services, rule: str, document: Mapping[str, Any], named: Named) -> Party:
    """Return the customer of an order according to the setting `guests`; a guest's first order decides for the next."""
    guest = is_guest(document)
    own = to_party(document, named.record)
    if guest is None:
        raise ConfigurationError(
            f"customer {named.record} does not say whether it is a guest, which `guests` has to know to be {rule!r}"
        )
    if not guest:
        return own
    if rule.startswith(FIXED):
        origin, key = _fixed(services, rule)
        return Party(origin=origin, key=key)
    if own.email is None:
        return own
    first = services.ledger.people.directory.party_of_guest(mail_hash(own.email), named.record)
    if first == named.record:
        return own
    return own.model_copy(update={"id": None, "origin": first.origin, "key": first.key})


def mail_hash(mail: str) -> str:
    """Return the hash by which an email address is remembered; case does not count."""
    return hashlib.sha256(f"orderflow guest {mail.strip().lower()}".encode()).hexdigest()


def _fixed(services: Services, rule: str) -> RecordKey:
    key = rule.removeprefix(FIXED)
    if "/" in key:
        return RecordKey.parse(key)
    others = [origin for origin in services.settings.origins if origin not in services.settings.shop_origins]
    if len(others) != 1:
        raise ConfigurationError(f"setting `guests`: name the origin too, as `{FIXED}origin/{key}`")
    return RecordKey(others[0], key)

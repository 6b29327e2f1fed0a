"""What Tryton must have for the connection to work: the web shops and payment terms named in the extra."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orderflow.erp.tryton.client import EVERYBODY, TrytonRecord, TrytonRest
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.errors import ConfigurationError


class _Currency(TrytonRecord):
    code: str


class WebShop(TrytonRecord):
    """A web shop. Its orders use its company, its currency and its first warehouse."""

    name: str
    active: bool
    company: int
    currency: _Currency
    warehouses: tuple[int, ...]


class _Term(TrytonRecord):
    name: str


@dataclass(frozen=True)
class Installation:
    """Tryton's web shop for each of the shop's webshops, and the payment terms by name."""

    web_shops: Mapping[str, WebShop]
    payment_terms: Mapping[str, int]

    @property
    def companies(self) -> tuple[int, ...]:
        """The companies that sell through the web shops, in order."""
        return tuple(dict.fromkeys(shop.company for shop in self.web_shops.values()))

    def terms_for(self, options: TrytonOptions, payment_status: str | None) -> dict[str, Any]:
        """Return the configured field values for a payment status."""
        terms = options.terms_for(payment_status)
        values = {
            "payment_term": self.payment_terms[terms.payment_term] if terms.payment_term else None,
            "invoice_method": terms.invoice_method,
            "shipment_method": terms.shipment_method,
        }
        return {name: value for name, value in values.items() if value is not None}


def read_installation(rest: TrytonRest, options: TrytonOptions) -> Installation:
    """Read what the extra names; ConfigurationError if any of it does not exist."""
    names = set(options.web_shop.values())
    fields = ("name", "active", "company", "currency.code", "warehouses")
    shops = rest.search(WebShop, "web.shop", [["name", "in", sorted(names)], *EVERYBODY], fields)
    found = {shop.name: shop for shop in sorted(shops, key=lambda shop: shop.active)}  # an active one wins
    _demand("web_shop", "web shop", names, found)
    strangers = [shop.name for shop in found.values() if options.company not in {None, shop.company}]
    if strangers:
        raise ConfigurationError(f"extra `company`: {', '.join(sorted(strangers))} belongs to another company")
    terms = {terms.payment_term for terms in options.payment.values() if terms.payment_term}
    return Installation({webshop: found[name] for webshop, name in options.web_shop.items()}, _terms(rest, terms))


def _terms(rest: TrytonRest, names: set[str]) -> dict[str, int]:
    if not names:
        return {}
    found = rest.search(_Term, "account.invoice.payment_term", [["name", "in", sorted(names)]], ("name",))
    terms = {term.name: term.id for term in found}
    _demand("payment", "payment term", names, terms)
    return terms


def _demand(extra: str, what: str, names: Iterable[str], found: Mapping[str, Any]) -> None:
    missing = ", ".join(repr(name) for name in sorted(names) if name not in found)
    if missing:
        raise ConfigurationError(
            f"extra `{extra}`: Tryton has no {what} {missing}, or hides it from the key's user "
            "(with several companies, its company filter must be All)"
        )

"""What people do to lines, customers, products and web shops in Tryton, over its own protocol."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any, NamedTuple

from support.erp_orders import lines
from tryton import RunningTryton

LINE, PRODUCT, SHOP = "model.sale.line", "model.product.product", "model.web.shop"
PARTY, ADDRESS, IDENTIFIER = "model.party.party", "model.party.address", "model.party.identifier"
_ids = count(5001)

Act = Callable[[RunningTryton, list[int]], Any]
"""Changes the lines of a draft, given in the order in which they were sent."""


def move(tryton: RunningTryton, ids: list[int]) -> None:
    for sequence, line in enumerate(reversed(ids), 1):
        tryton.rpc(f"{LINE}.write", [line], {"sequence": sequence})


def copy(tryton: RunningTryton, ids: list[int]) -> None:
    tryton.rpc(f"{LINE}.copy", ids[:1], {})


def split(tryton: RunningTryton, ids: list[int]) -> None:
    """Two of the first line's three pieces go onto a line of their own, before all others."""
    (part,) = tryton.rpc(f"{LINE}.copy", ids[:1], {"quantity": 2.0, "sequence": 0})
    assert part > max(ids)
    tryton.rpc(f"{LINE}.write", ids[:1], {"quantity": 1.0})


def add(tryton: RunningTryton, ids: list[int]) -> None:
    added = {"note": None, "description": "By hand", "quantity": 2.0, "sequence": 99}
    tryton.rpc(f"{LINE}.copy", ids[:1], added)


def delete(tryton: RunningTryton, ids: list[int]) -> None:
    tryton.rpc(f"{LINE}.delete", ids[:1])


def alter(tryton: RunningTryton, ids: list[int]) -> None:
    price = {"__class__": "Decimal", "decimal": "9"}
    tryton.rpc(f"{LINE}.write", ids[:1], {"quantity": 5.0, "unit_price": price})


class NewCustomer:
    """A customer of a test's own, with one address, which both carry the same id of the shop."""

    def __init__(self, tryton: RunningTryton) -> None:
        self.id = next(_ids)
        codes = [["create", [{"code": f"customer:{self.id}"}]]]
        wanted = {"name": "Changing customer", "addresses": [["create", [{"city": "Testville"}]]], "identifiers": codes}
        (self.party,) = tryton.rpc(f"{PARTY}.create", [wanted])
        ((self.address,),) = (party["addresses"] for party in tryton.rpc(f"{PARTY}.read", [self.party], ["addresses"]))
        tie(tryton, self.party, self.address, self.id)

    @property
    def order(self) -> dict[str, Any]:
        """What an order of this customer says."""
        return {"customer": self.id, "shipment_address": self.id, "invoice_address": self.id}


def tie(tryton: RunningTryton, party: int, address: int, shop_id: int) -> None:
    """Give an address the shop's id."""
    tryton.rpc(f"{IDENTIFIER}.create", [{"party": party, "address": address, "code": f"address:{shop_id}"}])


def merge(tryton: RunningTryton, source: int, target: int) -> None:
    session = tryton.rpc("wizard.party.replace.create")[0]
    tryton.rpc("wizard.party.replace.execute", session, {"ask": {"source": source, "destination": target}}, "replace")


class Prepared(NamedTuple):
    """What the order says, and the customer for whom a person types it."""

    order: Mapping[str, Any]
    customer: int | None = None


Preparation = Callable[[RunningTryton], AbstractContextManager[Prepared]]
"""Changes master data for as long as the order is made, or for good if it makes records of its own."""


@contextmanager
def as_ever(_: RunningTryton) -> Iterator[Prepared]:
    yield Prepared({})


@contextmanager
def inactive_address(tryton: RunningTryton) -> Iterator[Prepared]:
    made = NewCustomer(tryton)
    tryton.rpc(f"{ADDRESS}.write", [made.address], {"active": False})
    yield Prepared(made.order)


@contextmanager
def identifier_taken_away(tryton: RunningTryton) -> Iterator[Prepared]:
    made = NewCustomer(tryton)
    found = tryton.rpc(f"{IDENTIFIER}.search", [["code", "=", f"customer:{made.id}"]], 0, None, None)
    tryton.rpc(f"{IDENTIFIER}.write", found, {"active": False})
    yield Prepared(made.order)


@contextmanager
def merged(tryton: RunningTryton) -> Iterator[Prepared]:
    source, target = NewCustomer(tryton), NewCustomer(tryton)
    merge(tryton, source.party, target.party)
    yield Prepared(source.order)


@contextmanager
def merged_and_tied(tryton: RunningTryton) -> Iterator[Prepared]:
    source, target = NewCustomer(tryton), NewCustomer(tryton)
    merge(tryton, source.party, target.party)
    tie(tryton, target.party, target.address, source.id)
    yield Prepared(source.order, target.id)


@contextmanager
def inactive_shop(tryton: RunningTryton) -> Iterator[Prepared]:
    (shop,) = tryton.rpc(f"{SHOP}.search", [["name", "=", "Webshop 2"]], 0, None, None)
    tryton.rpc(f"{SHOP}.write", [shop], {"active": False})
    try:
        yield Prepared({})
    finally:
        tryton.rpc(f"{SHOP}.write", [shop], {"active": True})


@contextmanager
def replaced_product(tryton: RunningTryton) -> Iterator[Prepared]:
    """Deactivate a product, and make another one of the same code."""
    (known,) = tryton.rpc(f"{PRODUCT}.search_read", [["code", "=", "124_STUK"]], 0, None, None, ["template"])
    (values,) = tryton.rpc("model.product.template.read", [known["template"]], ["account_category"])
    copied = {"products": None, "account_category": values["account_category"]}
    (template,) = tryton.rpc("model.product.template.copy", [known["template"]], copied)
    code = {"template": template, "suffix_code": f"NEW{next(_ids)}_STUK"}
    (old,) = tryton.rpc(f"{PRODUCT}.create", [code])
    tryton.rpc(f"{PRODUCT}.write", [old], {"active": False})
    tryton.rpc(f"{PRODUCT}.create", [code])
    yield Prepared({"lines": lines((code["suffix_code"], "1", "100.00"))})

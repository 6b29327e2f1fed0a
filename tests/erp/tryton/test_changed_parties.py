"""Customers, addresses, products and web shops that are deactivated or merged never lead to a wrong booking."""

from itertools import count
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from support.erp_orders import REFERENCE, lines, sales_order
from support.tryton_connector import Connect
from support.tryton_warehouse import sale
from tryton import RunningTryton

pytestmark = pytest.mark.tryton

PARTY, ADDRESS, IDENTIFIER = "model.party.party", "model.party.address", "model.party.identifier"
_ids = count(5001)


class Made:
    """A customer of a test's own, with one address, which both carry the same id of the shop."""

    def __init__(self, tryton: RunningTryton, name: str = "Changing customer") -> None:
        self.id = next(_ids)
        codes = [["create", [{"code": f"customer:{self.id}"}]]]
        wanted = {"name": name, "addresses": [["create", [{"city": "Testville"}]]], "identifiers": codes}
        (self.party,) = tryton.rpc(f"{PARTY}.create", [wanted])
        ((self.address,),) = (party["addresses"] for party in tryton.rpc(f"{PARTY}.read", [self.party], ["addresses"]))
        tied = {"party": self.party, "address": self.address, "code": f"address:{self.id}"}
        tryton.rpc(f"{IDENTIFIER}.create", [tied])

    def order(self, **changes: Any) -> Any:
        given = {"customer": self.id, "shipment_address": self.id, "invoice_address": self.id, **changes}
        return sales_order(**given)


def test_an_inactive_customer_gets_no_order(connect: Connect, tryton: RunningTryton) -> None:
    made = Made(tryton)
    tryton.rpc(f"{PARTY}.write", [made.party], {"active": False})
    _refused(connect, made.order(), "customer.* is inactive", Reason.ERP_CUSTOMER_INACTIVE)


def test_an_inactive_address_gets_no_order(connect: Connect, tryton: RunningTryton) -> None:
    made = Made(tryton)
    tryton.rpc(f"{ADDRESS}.write", [made.address], {"active": False})
    _refused(connect, made.order(), f"address:{made.id}.* is inactive", Reason.ERP_CUSTOMER_INACTIVE)


def test_an_identifier_that_was_taken_away_names_nobody(connect: Connect, tryton: RunningTryton) -> None:
    made = Made(tryton)
    found = tryton.rpc(f"{IDENTIFIER}.search", [["code", "=", f"customer:{made.id}"]], 0, None, None)
    tryton.rpc(f"{IDENTIFIER}.write", found, {"active": False})
    _refused(connect, made.order(), f"identifier 'customer:{made.id}'.* is inactive", Reason.ERP_CUSTOMER_INACTIVE)


def test_orders_of_a_merged_customer_go_to_the_target_once_the_address_is_named(
    connect: Connect, tryton: RunningTryton
) -> None:
    source, target = Made(tryton), Made(tryton)
    session = tryton.rpc("wizard.party.replace.create")[0]
    wanted = {"ask": {"source": source.party, "destination": target.party}}
    tryton.rpc("wizard.party.replace.execute", session, wanted, "replace")
    _refused(connect, source.order(), f"address:{source.id}.*tie the identifier", Reason.ERP_CUSTOMER_INACTIVE)
    connect().create(source.order(shipment_address=target.id, invoice_address=target.id))
    assert sale(tryton, [["web_id", "=", REFERENCE]], "party")["party"] == target.party


def test_an_inactive_product_is_named(connect: Connect, tryton: RunningTryton) -> None:
    (product,) = tryton.rpc("model.product.product.search", [["code", "=", "4120_SET"]], 0, None, None)
    tryton.rpc("model.product.product.write", [product], {"active": False})
    try:
        order = sales_order(lines=lines("124_STUK", "4120_SET"))
        _refused(connect, order, "inactive: 4120_SET", Reason.ERP_PRODUCT_INACTIVE)
    finally:
        tryton.rpc("model.product.product.write", [product], {"active": True})


def test_a_product_that_took_the_place_of_an_inactive_one_is_ordered(connect: Connect, tryton: RunningTryton) -> None:
    (old,) = tryton.rpc("model.product.product.search", [["code", "=", "4120_SET"]], 0, None, None)
    tryton.rpc("model.product.product.write", [old], {"active": False})
    template = tryton.rpc("model.product.product.read", [old], ["template"])[0]["template"]
    (new,) = tryton.rpc("model.product.product.create", [{"template": template, "suffix_code": "4120_SET"}])
    try:
        connect().create(sales_order(lines=lines("4120_SET")))
        (line,) = tryton.rpc("model.sale.line.search_read", [], 0, None, None, ["product"])
        assert line["product"] == new
    finally:
        tryton.rpc("model.product.product.write", [new], {"active": False})
        tryton.rpc("model.product.product.write", [old], {"active": True})


def test_an_inactive_web_shop_stops_its_own_orders_only(connect: Connect, tryton: RunningTryton) -> None:
    created = connect().create(sales_order(shop="2", external_reference="2/CS1"))
    (shop,) = tryton.rpc("model.web.shop.search", [["name", "=", "Webshop 2"]], 0, None, None)
    tryton.rpc("model.web.shop.write", [shop], {"active": False})
    try:
        order = sales_order(shop="2", external_reference="2/CS2")
        _refused(connect, order, "'Webshop 2' is inactive", Reason.ERP_SHOP_INACTIVE)
        assert connect().find("2/CS1") == created
        connect().create(sales_order())
    finally:
        tryton.rpc("model.web.shop.write", [shop], {"active": True})


def test_several_causes_are_one_refusal_that_names_them_all(connect: Connect, tryton: RunningTryton) -> None:
    made = Made(tryton)
    tryton.rpc(f"{PARTY}.write", [made.party], {"active": False})
    _refused(connect, made.order(lines=lines("NO1")), "is inactive.*NO1", Reason.ERP_REJECTED)


def _refused(connect: Connect, order: Any, said: str, reason: Reason) -> None:
    with pytest.raises(PermanentError, match=said) as caught:
        connect().create(order)
    assert caught.value.reason is reason
    assert connect().find(order.external_reference) is None

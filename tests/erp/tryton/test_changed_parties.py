"""Customers, addresses, products and web shops that are deactivated or merged never lead to a wrong booking."""

from typing import Any

import pytest

from erp.tryton.by_hand import ADDRESS, IDENTIFIER, PARTY, NewCustomer, merge
from orderflow.domain.reasons import Reason
from orderflow.errors import PermanentError
from support.erp_orders import REFERENCE, lines, sales_order
from support.tryton_connector import Connect
from support.tryton_warehouse import sale
from tryton import RunningTryton

pytestmark = pytest.mark.tryton


def test_an_inactive_customer_gets_no_order(connect: Connect, tryton: RunningTryton) -> None:
    made = NewCustomer(tryton)
    tryton.rpc(f"{PARTY}.write", [made.party], {"active": False})
    _refused(connect, sales_order(**made.order), "customer.* is inactive", Reason.ERP_CUSTOMER_INACTIVE)


def test_an_inactive_address_gets_no_order(connect: Connect, tryton: RunningTryton) -> None:
    made = NewCustomer(tryton)
    tryton.rpc(f"{ADDRESS}.write", [made.address], {"active": False})
    _refused(connect, sales_order(**made.order), f"address:{made.id}.* is inactive", Reason.ERP_CUSTOMER_INACTIVE)


def test_an_identifier_that_was_taken_away_names_nobody(connect: Connect, tryton: RunningTryton) -> None:
    made = NewCustomer(tryton)
    found = tryton.rpc(f"{IDENTIFIER}.search", [["code", "=", f"customer:{made.id}"]], 0, None, None)
    tryton.rpc(f"{IDENTIFIER}.write", found, {"active": False})
    _refused(
        connect,
        sales_order(**made.order),
        f"identifier 'customer:{made.id}'.* is inactive",
        Reason.ERP_CUSTOMER_INACTIVE,
    )


def test_orders_of_a_merged_customer_go_to_the_target_once_the_address_is_named(
    connect: Connect, tryton: RunningTryton
) -> None:
    source, target = NewCustomer(tryton), NewCustomer(tryton)
    merge(tryton, source.party, target.party)
    _refused(
        connect, sales_order(**source.order), f"address:{source.id}.*tie the identifier", Reason.ERP_CUSTOMER_INACTIVE
    )
    connect().create(sales_order(customer=source.id, shipment_address=target.id, invoice_address=target.id))
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
    made = NewCustomer(tryton)
    tryton.rpc(f"{PARTY}.write", [made.party], {"active": False})
    _refused(connect, sales_order(**made.order, lines=lines("NO1")), "is inactive.*NO1", Reason.ERP_REJECTED)


def _refused(connect: Connect, order: Any, said: str, reason: Reason) -> None:
    with pytest.raises(PermanentError, match=said) as caught:
        connect().create(order)
    assert caught.value.reason is reason
    assert connect().find(order.external_reference) is None

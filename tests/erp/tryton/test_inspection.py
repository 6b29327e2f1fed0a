"""What a check of shop and ERP finds in a real Tryton for orders of the shop, by reading alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orderflow.checking.probing_erp import ErpProbe
from orderflow.domain.order import Order, ProductKey
from orderflow.erp.inspection import Aspect
from support.erp_orders import REFERENCE, sales_order
from support.orders import line, order
from support.tryton_connector import Connect
from tryton import RunningTryton

pytestmark = pytest.mark.tryton

WITHIN = timedelta(minutes=10)


def _of(product: str = "124_STUK", quantity: str = "2", **changes: Any) -> Order:
    wanted = line(product=ProductKey(origin="myorigin", key=product), quantity=Decimal(quantity))
    return order(**{"shipment_address": 1694, "invoice_address": 1654, "lines": (wanted,), **changes})


FOUND: list[tuple[Order, Aspect, str]] = [
    (_of(customer=9999), Aspect.IDENTIFIERS, "no party with the identifier 'customer:9999' for customer 9999"),
    (_of(customer=2010), Aspect.IDENTIFIERS, "is inactive (Former customer)"),
    (_of(shipment_address=7), Aspect.IDENTIFIERS, "no address with the identifier 'address:7' for address 7"),
    (_of("NOWHERE_STUK"), Aspect.PRODUCTS, "no product with the code NOWHERE_STUK"),
    (_of("FORMER_STUK"), Aspect.PRODUCTS, "the product is inactive: FORMER_STUK"),
    (_of("124_STUK", "1.5"), Aspect.UNITS, "quantities with more decimals than u has: 124_STUK"),
]


@pytest.mark.parametrize(("wrong", "aspect", "said"), FOUND, ids=[said for *_, said in FOUND])
def test_what_a_sale_lacks_is_named_before_it_is_made(
    wrong: Order, aspect: Aspect, said: str, connect: Connect
) -> None:
    questions = connect(read_only=True).inspect([_of(), wrong], makes_customers=False)
    (problem,) = questions[aspect]().problems
    assert said in problem
    assert questions[Aspect.RIGHTS]().problems == ()


def test_a_tryton_that_has_all_is_found_to_have_it(connect: Connect, tryton: RunningTryton) -> None:
    created = connect().create(sales_order())
    seen = ErpProbe(connect(read_only=True), lambda: datetime.now(UTC), WITHIN).look([_of()], makes_customers=True)
    assert seen.problems == {}
    assert {name: found.problems for name, found in seen.inspected.items()} == {f"erp_{one}": () for one in Aspect}
    assert all(found.is_seen for found in seen.inspected.values())
    assert seen.answers == {created.number: ""}
    assert seen.ahead is not None
    assert len(tryton.rpc("model.sale.sale.search", [], 0, None, None)) == 1


def test_a_unit_that_is_sold_is_not_the_one_that_is_kept(connect: Connect) -> None:
    found = connect(read_only=True).inspect([_of("SAND_KG", "1.5")], makes_customers=False)[Aspect.UNITS]()
    assert found.found == "sold in another unit than kept, and counted by `unit`: SAND_KG"


def test_a_category_without_taxes_is_named(connect: Connect, tryton: RunningTryton) -> None:
    (high,) = tryton.rpc(
        "model.product.category.search_read", [["name", "=", "High"]], 0, None, None, ["customer_taxes"]
    )
    tryton.rpc("model.product.category.write", [high["id"]], {"customer_taxes": [["remove", high["customer_taxes"]]]})
    try:
        found = connect(read_only=True).inspect([_of()], makes_customers=False)[Aspect.TAXES]()
    finally:
        tryton.rpc("model.product.category.write", [high["id"]], {"customer_taxes": [["add", high["customer_taxes"]]]})
    assert found.problems == ("no taxes in the account category of 124_STUK",)


@pytest.mark.parametrize("orders", [[], [order(webshop=9)], [order(currency=None)]])
def test_without_an_order_to_look_for_nothing_is_claimed(orders: list[Order], connect: Connect) -> None:
    questions = connect(read_only=True).inspect(orders, makes_customers=False)
    assert [aspect for aspect, ask in questions.items() if not ask().is_seen] == [
        aspect for aspect in Aspect if aspect is not Aspect.RIGHTS
    ]


REFUSED: list[Callable[[Connect], Any]] = [
    lambda connect: connect(read_only=True, key="wrong-key"),
    lambda connect: connect(read_only=True, database="elsewhere"),
    lambda connect: connect(read_only=True, web_shop={"1": "Nowhere"}),
]


@pytest.mark.parametrize("make", REFUSED)
def test_a_tryton_that_refuses_everything_is_a_problem_of_each_question(
    make: Callable[[Connect], Any], connect: Connect
) -> None:
    seen = ErpProbe(make(connect), lambda: datetime.now(UTC), WITHIN).look([_of()], makes_customers=False)
    assert {"erp_lookup", "erp_listing", "erp_deliveries", "erp_identifiers", "erp_products"} <= seen.problems.keys()
    assert REFERENCE not in str(seen)

"""What the connection's extra accepts, and its error messages."""

import json
from typing import Any

import pytest

from orderflow.domain.order import ProductKey
from orderflow.erp.hook import ErpHook
from orderflow.erp.tryton.adapter import TrytonErp
from orderflow.erp.tryton.options import TrytonOptions
from orderflow.errors import ConfigurationError

GIVEN = {"database": "erp", "web_shop": {"1": "Web shop"}}


def test_little_has_to_be_said() -> None:
    options = TrytonOptions.parse({"adapter": "tryton", "token": "secret", **GIVEN})
    assert options.code_of_customer(1324) == "customer:1324"
    assert options.code_of_address(1695) == "address:1695"
    assert options.code_of_product(ProductKey(origin="myorigin", key="124_STUK")) == "124_STUK"
    assert (options.confirm, options.unit, options.taxes) == (False, "sale", "form")


def test_codes_are_made_by_the_rule_of_the_connection() -> None:
    options = TrytonOptions.parse({**GIVEN, "product_code": "{origin}-{key}", "customer_code": "CS{customer}"})
    assert options.code_of_product(ProductKey(origin="o", key="k")) == "o-k"
    assert options.code_of_customer(7) == "CS7"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"database": None}, "`database`"),
        ({"web_shop": "Web shop"}, "`web_shop`"),
        ({"web_shop": {}}, "`web_shop`"),
        ({"product_code": "{sku}"}, "may only hold {origin}, {key}"),
        ({"product_code": "{key.origin}"}, "may only hold"),
        ({"customer_code": "everybody"}, "the same for every order; put {customer} in it"),
        ({"unit": "box"}, "`unit`"),
        ({"confirm": "perhaps"}, "`confirm`"),
        ({"confirm": True, "taxes": "none"}, "without VAT"),
        ({"payment": {"paid": {"term": "Net 30 days"}}}, "`payment.paid.term`"),
        ({"payment": {"paid": {"invoice_method": "fulfillment", "shipment_method": "invoice"}}}, "wait for each other"),
    ],
)
def test_a_mistake_is_named_with_its_extra(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        TrytonOptions.parse({**GIVEN, **wrong})
    assert said in str(caught.value)


def test_the_former_name_of_the_taxes_goes_on_working() -> None:
    assert TrytonOptions.parse({**GIVEN, "taxes": "product"}).taxes == "form"


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError, match=r"`database`.*`web_shop`.*`taxes`"):
        TrytonOptions.parse({"taxes": "some"})


def test_the_extras_of_the_adapter_are_not_sent_as_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"adapter": "tryton", "token": "secret", "X-Tenant": "acme", "company": 1, "confirm": True, **GIVEN}
    connection = {"conn_type": "http", "host": "http://127.0.0.1:1", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_ERP_DEFAULT", json.dumps(connection))
    erp = ErpHook().get_erp()
    assert isinstance(erp, TrytonErp)
    headers = {name.lower() for name in erp._rest._channel._session.headers}
    assert "x-tenant" in headers
    assert not headers & {name.lower() for name in extra if name != "X-Tenant"}

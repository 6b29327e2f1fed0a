"""One sale despite many creators, and what connection and key must allow."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import requests

from orderflow.domain.reasons import Reason
from orderflow.errors import ConfigurationError, PermanentError
from support.erp_orders import REFERENCE, sales_order
from support.tryton_connector import Connect
from support.tryton_sales import OURS
from support.tryton_warehouse import sale
from tryton import RunningTryton

pytestmark = pytest.mark.tryton


def test_four_creators_of_the_same_orders_all_get_the_same_ones(connect: Connect, tryton: RunningTryton) -> None:
    """The database refuses three of four; nobody reads the translated text that says so."""
    references = [f"1/CS{number}" for number in range(5)]
    barrier = Barrier(4, timeout=60)

    def create_all(_creator: int) -> list[str]:
        erp = connect()
        numbers = []
        for reference in references:
            barrier.wait()
            numbers.append(erp.create(sales_order(external_reference=reference)).number)
        return numbers

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(create_all, range(4))
    assert others == [first] * 3
    assert len(tryton.rpc("model.sale.sale.search", [], 0, None, None)) == len(references)


def test_a_dry_run_reads_and_never_writes(connect: Connect, tryton: RunningTryton) -> None:
    erp = connect(read_only=True)
    assert erp.find(REFERENCE) is None
    with pytest.raises(PermanentError) as caught:
        erp.create(sales_order())
    assert caught.value.reason is Reason.DRY_RUN_WRITE
    assert tryton.rpc("model.sale.sale.search", [], 0, None, None) == []


@pytest.mark.parametrize(
    ("wrong", "said"), [({"key": "wrong-key"}, "answered 401"), ({"database": "elsewhere"}, "answered 404")]
)
def test_a_wrong_key_or_database_is_refused_and_shows_no_key(
    connect: Connect, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(PermanentError, match=said) as caught:
        connect(**wrong).find(REFERENCE)
    assert caught.value.reason is Reason.ERP_REFUSED
    assert "wrong-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"web_shop": {"1": "Webshop 1", "2": "Nowhere"}}, "no web shop 'Nowhere'"),
        ({"company": 99}, "Webshop 1.*another company"),
    ],
)
def test_a_connection_that_does_not_fit_is_a_configuration_error(
    connect: Connect, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        connect(**wrong).find(REFERENCE)


def test_an_order_of_a_webshop_without_web_shop_is_a_configuration_error(connect: Connect) -> None:
    with pytest.raises(ConfigurationError, match="webshop 3"):
        connect().create(sales_order(shop="3", external_reference="3/CS1"))


def test_the_key_may_sell_and_little_else(connect: Connect, tryton: RunningTryton) -> None:
    """The rights that docs/reference/erp-adapters.md asks for are enough for all of the above, without these."""
    connect().create(sales_order())
    models = f"{tryton.url}/{tryton.database.database}/rest/model"
    calls = [
        ("POST", "product.template", {"name": "A product", "default_uom": 1}),
        ("POST", "res.user", {"login": "somebody"}),
        ("POST", "stock.shipment.out", {"customer": 1}),
        ("DELETE", f"sale.sale/{sale(tryton, OURS)['id']}", None),
        ("GET", "account.invoice", None),
    ]
    headers = {"Authorization": f"Bearer {tryton.key}"}
    answers = [
        requests.request(m, f"{models}/{path}", json=body, headers=headers, timeout=30) for m, path, body in calls
    ]
    assert [answer.status_code for answer in answers] == [400] * len(calls)
    assert all("access" in answer.json()["message"] for answer in answers)

"""Any request to the page gets an answer or a refusal in words, never a server error."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import URL

from orderflow.ledger.models.orders import RunRef
from orderflow.ledger.opening import open_ledger
from orderflow.web import api
from postgres import fresh_database
from support.clock import Clock
from support.page import NOW, SETTINGS, app_of, asking, deciding

ODD = (
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "1e9",
    "٣",
    "9" * 19,
    "-" + "9" * 19,
    "9" * 400,
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-11-22",
    "2026-11-22T00:00:00Z",
    "true",
    "null",
    "\0",
    "a\0b",
    "%",
    "_",
    "%00",
    "\\",
    "'; DROP TABLE orderflow_order; --",
    "../../etc/passwd",
    "..%2f..%2fetc",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "\u202e",
    "\N{PILE OF POO}",
    "x" * 3000,
    "failed",
    "paid",
)
CHECKED = {"dag_id": "orderflow_sweep", "run_id": "sweep"}


def _asked() -> Iterator[tuple[str, str, str]]:
    """Yield every path with each of its parameters."""
    for route in api.router.routes:
        assert isinstance(route, APIRoute)
        for where in (route.dependant.query_params, route.dependant.path_params):
            for parameter in where:
                kind = "path" if where is route.dependant.path_params else "query"
                yield route.path, kind, parameter.alias


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return one page on one ledger for all of these tests: nothing they ask for writes."""
    with ExitStack() as until_the_end:
        if request.param == "sqlite":
            url = URL.create("sqlite", database=str(tmp_path_factory.mktemp("fuzz") / "ledger.db"))
        else:
            url = until_the_end.enter_context(fresh_database(request.getfixturevalue("postgres")))
        clock = Clock()
        clock.now = NOW
        ledger = open_ledger(url, clock=clock)
        deciding(ledger)(7, run=RunRef(dag_id="orderflow_sweep", run_id="sweep", task_id="select_payable"))
        yield until_the_end.enter_context(asking(app_of(ledger, clock, SETTINGS, may_retry=False)))


@pytest.mark.parametrize(("path", "kind", "name"), list(_asked()), ids=str)
def test_no_parameter_is_a_fault_of_the_server(page: httpx.Client, path: str, kind: str, name: str) -> None:
    for odd in ODD:
        params: dict[str, Any] = {**CHECKED, **({name: odd} if kind == "query" else {})}
        filled = path
        for part in ("order_id", "webshop"):
            value = quote(odd, safe="") if kind == "path" and part == name else "7"
            filled = filled.replace(f"{{{part}}}", value)
        answer = page.get(filled, params=params)
        assert answer.status_code < 500, (filled, params)
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_no_address_is_a_fault_of_the_server(page: httpx.Client, odd: str) -> None:
    for start in ("/", "/assets/", "/api/", "/api/orders/"):
        answer = page.get(start + quote(odd, safe=""))
        assert answer.status_code < 500
        assert "root:" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_no_other_method_is_a_fault_of_the_server(page: httpx.Client, method: str) -> None:
    for path in ("/", "/api/orders", "/api/orders/7"):
        assert page.request(method, path, content=b"\xff\x00{").status_code in {404, 405}

"""The sandbox's shop answers like a shop built with the real Django REST Framework, call for call."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.config import Config
from sandbox.control import SandboxControl
from support.django_shop.server import DjangoShop
from support.django_shop.switches import TOKEN, switches

pytestmark = pytest.mark.filterwarnings("ignore:The list-based error format")
LIST, DETAIL = "/api/order/", "/api/order/7/"
LINE = {"id": 71, "type": "line", "product": {"origin": "o", "key": "k"}, "quantity": "1.0000", "unit_price": "1.0000"}
ORDER: dict[str, Any] = {
    "id": 7,
    "reference": "CS7",
    "state": "confirmed",
    "order_date": "2026-11-22",
    "create_date": "2026-11-22T11:00:00.123456",
    "confirm_date": "2026-11-22T12:00:00.123456",
    "customer": 1324,
    "webshop": 1,
    "currency": "EUR",
    "offline": False,
    "order_lines": [{**LINE, "description": "Hamer", "erp_line_number": None}],
}


class Asked(NamedTuple):
    """One call."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = MappingProxyType({})
    data: str | None = None


def patch(**body: Any) -> Asked:
    return Asked("PATCH", DETAIL, body)


def line(**changes: Any) -> Asked:
    return patch(order_lines=[{**LINE, **changes}])


ALIKE = {
    "an order that does not exist": Asked("GET", "/api/order/99/"),
    "an id that is no number": Asked("GET", "/api/order/seven/"),
    "a path that does not exist": Asked("GET", "/api/orders/"),
    "a list without its slash": Asked("GET", "/api/order"),
    "a detail without its slash": Asked("GET", "/api/order/7"),
    "a verb that is not offered": Asked("DELETE", DETAIL),
    "what is no media type of ours": Asked("GET", DETAIL, headers={"Accept": "text/csv"}),
    "no token": Asked("GET", DETAIL, headers={"Authorization": ""}),
    "a wrong token": Asked("GET", DETAIL, headers={"Authorization": "Token nope"}),
    "another media type": Asked("PATCH", DETAIL, data="state=done", headers={"Content-Type": "text/plain"}),
    "no object": Asked("PATCH", DETAIL, [1]),
    "nothing to change": Asked("PATCH", DETAIL, {}),
    "a filter that hides the order": Asked("PATCH", f"{DETAIL}?state=done", {}),
    "a state that does not exist": patch(state="sold"),
    "a state of null": patch(state=None),
    "a text that is too long": patch(currency="EURO"),
    "a text that is none": patch(customer_order_number={}),
    "a number as text": patch(customer_order_number=7),
    "an id that is text": patch(customer="x"),
    "an id with a fraction": patch(customer=1.5),
    "a date that is none": patch(order_date="yesterday"),
    "lines that are no list": patch(order_lines={}),
    "a line that is no object": patch(order_lines=[1]),
    "a quantity that is none": line(quantity="lots"),
    "a quantity of null": line(quantity=None),
    "a line without anything, in a PUT": Asked("PUT", DETAIL, {**ORDER, "order_lines": [{}]}),
    "two lines, one wrong": patch(order_lines=[LINE, {**LINE, "quantity": "x"}]),
    "a field that does not exist": patch(colour="red"),
    "a read-only field": patch(reference="CS8", confirm_date=None),
    "a state filter that does not exist": Asked("GET", f"{LIST}?state=sold"),
    "a number filter that is none": Asked("GET", f"{LIST}?webshop=x"),
    "an instant filter that is none": Asked("GET", f"{LIST}?confirm_date__gte=x"),
    "an instant filter with an offset": Asked("GET", f"{LIST}?confirm_date__gte=2026-11-22T00:00:00%2B01:00"),
    "two wrong filters": Asked("GET", f"{LIST}?webshop=x&state=sold"),
    "a boolean filter that is none": Asked("GET", f"{LIST}?offline=maybe"),
    "an empty filter": Asked("GET", f"{LIST}?state="),
    "a filter that does not exist": Asked("GET", f"{LIST}?colour=red"),
    "a filter by time": Asked("GET", f"{LIST}?confirm_date__gte=2026-11-22T12:00:00&confirm_date__lte=2026-11-23"),
    "a limit of nothing": Asked("GET", f"{LIST}?limit=0"),
    "a limit that is none": Asked("GET", f"{LIST}?limit=x&offset=x"),
    "a negative limit": Asked("GET", f"{LIST}?limit=-1&offset=-1"),
    "a page in the middle": Asked("GET", f"{LIST}?offset=1&limit=1&state=confirmed"),
    "a page behind the end": Asked("GET", f"{LIST}?offset=99"),
}


def answer(url: str, asked: Asked) -> tuple[Any, ...]:
    """Return what a client can go by."""
    given = requests.request(
        asked.method,
        url + asked.path,
        json=asked.body,
        data=asked.data,
        headers={"Authorization": f"Token {TOKEN}", "Accept": "application/json", **asked.headers},
        timeout=30,
        allow_redirects=False,
    )
    media_type = given.headers.get("Content-Type", "").partition(";")[0]
    body = _comparable(given.json(), url) if media_type == "application/json" and given.content else None
    told = {name: given.headers.get(name) for name in ("Location", "Retry-After")}
    allowed = sorted(given.headers.get("Allow", "").replace("HEAD", "").replace("OPTIONS", "").replace(",", "").split())
    return given.status_code, media_type, body, told, allowed if given.status_code == requests.codes.not_allowed else []


def _comparable(body: Any, url: str) -> Any:
    """Leave out what differs between two shops that behave alike: their address and clocks, fields of one alone."""
    if isinstance(body, dict) and "results" in body:
        rows = [{name: value for name, value in row.items() if name != "modified_date"} for row in body["results"]]
        links = {name: _path(body[name], url) for name in ("next", "previous")}
        return {**body, **links, "results": rows}
    if isinstance(body, dict) and "order_lines" in body and "id" in body:
        return {name: body[name] for name in ("id", "reference", "state", "customer_order_number", "confirm_date")}
    return body


def _path(link: str | None, url: str) -> str | None:
    assert link is None or link.startswith(url)
    return link and f"{urlsplit(link).path}?{urlsplit(link).query}"


@pytest.fixture
def both(sandbox: Any, control: SandboxControl, django_shop: DjangoShop) -> tuple[str, str]:
    orders = [ORDER, *({**ORDER, "id": n, "reference": f"CS{n}", "order_lines": []} for n in (8, 9))]
    control.add_orders(*orders)
    django_shop.add(*orders)
    return sandbox.url, django_shop.url


def test_both_know_one_token() -> None:
    assert Config().legacy_token == TOKEN


@pytest.mark.parametrize("name", ALIKE)
def test_both_answer_alike(both: tuple[str, str], name: str) -> None:
    imitation, real = (answer(url, ALIKE[name]) for url in both)

    assert imitation == real


def test_both_refuse_broken_json(both: tuple[str, str]) -> None:
    asked = Asked("PATCH", DETAIL, data="{", headers={"Content-Type": "application/json"})

    said = [answer(url, asked) for url in both]

    found = [(status, body["detail"].partition(" - ")[0]) for status, _, body, *_ in said]
    assert found == [(400, "JSON parse error")] * 2


@pytest.mark.parametrize("period", ["second", "minute", "hour"])
def test_both_throttle_alike(both: tuple[str, str], control: SandboxControl, period: str) -> None:
    control.configure(rate_limit=1, rate_period=period)
    switches.rate = f"1/{period}"
    for url in both:
        answer(url, Asked("GET", DETAIL))

    imitation, real = (answer(url, Asked("GET", DETAIL)) for url in both)

    assert imitation == real
    assert real[0] == 429

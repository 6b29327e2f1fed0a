"""How each manner of the sandbox shows on the wire: one check per manner, by name."""

import gzip
import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.control import SandboxControl
from sandbox.manners.table import MANNERS
from sandbox.wire import loads

DETAIL = "/api/order/7/"
LIST = "/api/order/?limit=2"
ORDER = {
    "id": 7,
    "reference": "CS7",
    "description": "  Müller ",
    "confirm_date": "2026-11-22T12:00:00.123456",
    "create_date": "2026-11-22T11:00:00.123456",
    "order_lines": [
        {"id": 71, "product": {"origin": "o", "key": "A"}, "quantity": 1, "unit_price": "10.00"},
        {"id": 72, "product": {"origin": "o", "key": "B"}, "quantity": "2.5", "unit_price": "1.5"},
    ],
}


class Shop:
    """The shop and its controls, as one manner's test needs them."""

    def __init__(self, call: Callable[..., requests.Response], control: SandboxControl, url: str) -> None:
        self.call, self.control, self.url = call, control, url

    def order(self) -> dict[str, Any]:
        found: dict[str, Any] = loads(self.call("GET", DETAIL).content)
        return found

    def lines(self, field: str) -> list[Any]:
        return [line[field] for line in self.order()["order_lines"]]

    def put(self) -> requests.Response:
        return self.call("PUT", DETAIL, json=json.loads(self.call("GET", DETAIL).content))

    def patch(self, **fields: Any) -> requests.Response:
        return self.call("PATCH", DETAIL, json=fields or {"erp_order_number": "E1"})

    def pages(self) -> list[dict[str, Any]]:
        return [self.call("GET", f"{LIST}&offset={offset}").json() for offset in (0, 2, 4)]

    def held(self) -> dict[str, Any]:
        return self.control.order(7)

    def throttled(self, limit: int) -> requests.Response:
        self.control.configure(rate_limit=limit)
        return next(answer for answer in (self.call("GET", DETAIL) for _ in range(50)) if answer.status_code == 429)

    def raw(self) -> tuple[http.client.HTTPResponse, bytes]:
        """Read the detail's bytes as sent, before anything decompresses them."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        token = self.control.config()["legacy_token"]
        connection.request("GET", DETAIL, headers={"Authorization": f"Token {token}", "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        return answer, answer.read()


def _lines_recreated(shop: Shop) -> None:
    shop.put()
    assert not {71, 72} & set(shop.lines("id"))
    assert shop.lines("unit_price") == ["10.00", "1.5"]


def _lines_reversed_on_put(shop: Shop) -> None:
    assert shop.lines("id") == [71, 72]
    shop.put()
    assert shop.lines("id") == [72, 71]


def _lines_newest_first(shop: Shop) -> None:
    assert shop.lines("id") == [72, 71]
    assert [line["id"] for line in shop.held()["order_lines"]] == [71, 72]


def _lines_shuffled(shop: Shop) -> None:
    assert {tuple(shop.lines("id")) for _ in range(60)} == {(71, 72), (72, 71)}


def _texts_trimmed(shop: Shop) -> None:
    assert shop.order()["description"] == "  Müller "
    shop.put()
    assert shop.order()["description"] == "Müller"


def _decimals_rescaled_on_write(shop: Shop) -> None:
    shop.put()
    assert [line["unit_price"] for line in shop.held()["order_lines"]] == ["10.0000", "1.5000"]


def _answers_partial(shop: Shop) -> None:
    assert shop.patch().json() == {"erp_order_number": "E1"}
    assert shop.held()["erp_order_number"] == "E1"


def _answers_empty(shop: Shop) -> None:
    answer = shop.patch()
    assert (answer.status_code, answer.content, shop.held()["erp_order_number"]) == (200, b"", "E1")


def _answers_no_content(shop: Shop) -> None:
    answer = shop.patch()
    assert (answer.status_code, answer.content, shop.held()["erp_order_number"]) == (204, b"", "E1")


def _answers_old(shop: Shop) -> None:
    assert shop.patch().json()["erp_order_number"] is None
    assert shop.held()["erp_order_number"] == "E1"


def _unknown_fields_refused(shop: Shop) -> None:
    assert shop.put().status_code == 200
    assert shop.patch(erp_number="E1").json() == {"erp_number": ["Unexpected field."]}


def _read_only_refused(shop: Shop) -> None:
    assert shop.patch().status_code == 200
    assert shop.put().json()["id"] == ["This field is read-only."]


def _decimals_as_text(shop: Shop) -> None:
    assert shop.lines("quantity") == ["1", "2.5"]


def _decimals_as_numbers(shop: Shop) -> None:
    assert b'"unit_price":10.00,' in shop.call("GET", DETAIL).content


def _decimals_longer(shop: Shop) -> None:
    assert shop.lines("unit_price") == ["10.0000", "1.5000"]
    assert b'"quantity":1.0000,' in shop.call("GET", DETAIL).content


def _times_with_offset(shop: Shop) -> None:
    assert shop.order()["confirm_date"] == "2026-11-22T12:00:00.123456+01:00"
    assert shop.call("GET", LIST).json()["results"][0]["create_date"] == "2026-11-22T11:00:00.123456+01:00"


def _times_in_utc(shop: Shop) -> None:
    assert shop.order()["confirm_date"] == "2026-11-22T11:00:00.123456Z"


def _times_without_fraction(shop: Shop) -> None:
    assert shop.order()["confirm_date"] == "2026-11-22T12:00:00"


def _nulls_left_out(shop: Shop) -> None:
    assert "erp_order_number" not in shop.order()
    assert all("erp_line_number" not in line for line in shop.order()["order_lines"])


def _throttled_per_second(shop: Shop) -> None:
    assert shop.throttled(1).headers["Retry-After"] == "1"


def _throttled_per_minute(shop: Shop) -> None:
    assert 50 < int(shop.throttled(1).headers["Retry-After"]) <= 60


def _throttled_per_hour(shop: Shop) -> None:
    assert 3500 < int(shop.throttled(1).headers["Retry-After"]) <= 3600


def _no_retry_after(shop: Shop) -> None:
    assert "Retry-After" not in shop.throttled(1).headers


def _rows_shuffled(shop: Shop) -> None:
    assert len({tuple(row["id"] for row in shop.pages()[0]["results"]) for _ in range(60)}) > 1


def _next_empty_text(shop: Shop) -> None:
    assert [bool(page["next"]) for page in shop.pages()] == [True, True, False]
    assert shop.pages()[-1]["next"] == ""


def _next_ends_early(shop: Shop) -> None:
    first = shop.pages()[0]
    assert (first["next"], first["count"]) == (None, 5)


def _next_never_ends(shop: Shop) -> None:
    assert shop.pages()[-1]["next"] == "/?limit=2&offset=4"


def _next_relative(shop: Shop) -> None:
    assert shop.pages()[0]["next"] == "/api/order/?limit=2&offset=2"


def _empty_page(shop: Shop) -> None:
    sizes = [[len(page["results"]) for page in shop.pages()] for _ in range(2)]
    assert sizes == [[2, 0, 1], [2, 2, 1]]
    assert shop.pages()[1]["next"]


def _count_too_high(shop: Shop) -> None:
    assert [page["count"] for page in shop.pages()] == [7] * 3


def _count_null(shop: Shop) -> None:
    assert shop.pages()[0]["count"] is None


def _html_errors(shop: Shop) -> None:
    answer = shop.call("GET", "/api/order/99/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert shop.order()["id"] == 7


def _trickling(shop: Shop) -> None:
    shop.control.configure(trickle_seconds=0.0001)
    assert shop.order()["id"] == 7
    shop.control.configure(trickle_seconds=3600)
    with pytest.raises(requests.ConnectionError, match="timed out"):
        shop.call("GET", DETAIL, timeout=0.2)
    shop.control.settle()
    assert shop.control.journal()[-1]["finished"]


def _gzip(shop: Shop) -> None:
    answer, body = shop.raw()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert loads(gzip.decompress(body))["id"] == 7
    assert "Content-Encoding" not in shop.call("GET", DETAIL, headers={"Accept-Encoding": "identity"}).headers


def _gzip_bomb(shop: Shop) -> None:
    shop.control.configure(bomb_megabytes=3)
    _, body = shop.raw()
    assert len(body) < 10_000
    assert len(gzip.decompress(body)) > 3_000_000
    assert shop.order()["id"] == 7  # JSON followed by blanks


def _latin1(shop: Shop) -> None:
    answer = shop.call("GET", DETAIL)
    assert "Müller".encode("latin-1") in answer.content
    assert answer.headers["Content-Type"] == "application/json"


def _utf16(shop: Shop) -> None:
    assert "Müller" in shop.call("GET", DETAIL).content.decode("utf-16")


def _byte_order_mark(shop: Shop) -> None:
    assert shop.call("GET", DETAIL).content.startswith(b"\xef\xbb\xbf{")


def _renamed_after_read(shop: Shop) -> None:
    assert [shop.order()["reference"] for _ in range(3)] == ["CS7", "CS7-B", "CS7-B"]


def _moved_after_read(shop: Shop) -> None:
    assert [shop.order()["webshop"] for _ in range(3)] == [1, 2, 2]


def _drafted_after_read(shop: Shop) -> None:
    shop.order()
    again = shop.order()
    assert (again["state"], again["confirm_date"]) == ("draft", None)


def _cancelled_after_read(shop: Shop) -> None:
    shop.order()
    assert shop.order()["state"] == "cancel"


def _reference_repeated(shop: Shop) -> None:
    ids = shop.control.add_orders({"reference": "X1"}, {"reference": "X2"}, {"reference": "X3"}, {"webshop": 2})
    assert [shop.control.order(n)["reference"] for n in ids][:3] == ["X1", "X1", "X3"]
    assert shop.control.order(ids[3])["reference"] == f"CS{ids[3]}"


def _numbers_restarted(shop: Shop) -> None:
    first = [order["reference"] for order in shop.control.orders()]
    ids = shop.control.add_orders({}, {"reference": "X2"})
    assert [shop.control.order(n)["reference"] for n in ids] == first[:2]


CHECKS = {name.removeprefix("_"): check for name, check in globals().items() if name.removeprefix("_") in MANNERS}

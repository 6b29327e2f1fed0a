"""Lists are read to their end, once, and without being led astray."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from orderflow.cloudsuite.client import CloudSuiteClient
from orderflow.cloudsuite.filters import OrderFilter
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ShopState
from orderflow.errors import PermanentError
from sandbox.control import SandboxControl

Clients = Callable[..., CloudSuiteClient]
EVERYTHING = OrderFilter()


def _offsets(control: SandboxControl) -> list[str]:
    return [entry["query"].get("offset", "0") for entry in control.journal(service="shop")]


def _row(number: int) -> dict[str, Any]:
    return {"id": number, "reference": f"CS{number}"}


def test_all_pages_are_read_and_each_order_comes_once(control: SandboxControl, clients: Clients) -> None:
    ids = control.add_orders(*[{}] * 26)
    assert [row.id for row in clients(page_size=5).list_orders(EVERYTHING)] == ids
    assert _offsets(control) == ["0", "5", "10", "15", "20", "25"]


def test_an_empty_list_is_one_call(control: SandboxControl, client: CloudSuiteClient) -> None:
    assert list(client.list_orders(EVERYTHING)) == []
    assert _offsets(control) == ["0"]


def test_a_shop_that_gives_smaller_pages_than_asked_still_gives_everything(
    control: SandboxControl, clients: Clients
) -> None:
    ids = control.add_orders(*[{}] * 10)
    control.configure(max_limit=4)
    assert [row.id for row in clients(page_size=100).list_orders(EVERYTHING)] == ids
    assert _offsets(control) == ["0", "4", "8"]


def test_the_filters_go_with_every_page(control: SandboxControl, clients: Clients) -> None:
    control.add_orders({"state": "confirmed"}, {"state": "confirmed"}, {"state": "done"}, {"state": "confirmed"})
    rows = list(clients(page_size=2).list_orders(OrderFilter(state=ShopState.CONFIRMED)))
    assert [row.state for row in rows] == ["confirmed"] * 3
    assert {entry["query"]["state"] for entry in control.journal(service="shop")} == {"confirmed"}


def test_a_next_link_to_another_host_is_not_followed(control: SandboxControl, clients: Clients) -> None:
    """The token would go there."""
    ids = control.add_orders(*[{}] * 7)
    control.configure(next_origin="https://test.cloudsuite.invalid")
    assert [row.id for row in clients(page_size=3).list_orders(EVERYTHING)] == ids


def test_a_next_link_never_skips_rows(control: SandboxControl, client: CloudSuiteClient) -> None:
    """A shop that caps the page but steps by what was asked would lose the rows in between."""
    pages = [([1, 2], "/api/order/?offset=4"), ([3, 4], None)]
    control.faults(
        [
            {
                "service": "shop",
                "action": "wrong_answer",
                "answer": {"count": 4, "next": following, "results": [_row(number) for number in numbers]},
            }
            for numbers, following in pages
        ]
    )
    assert [row.id for row in client.list_orders(EVERYTHING)] == [1, 2, 3, 4]
    assert _offsets(control) == ["0", "2"]


def test_rows_in_another_order_on_every_page_are_all_found(control: SandboxControl, clients: Clients) -> None:
    """The shop states no order: a row may stand on a page that was read before it moved there."""
    ids = control.add_orders(*[{}] * 6)
    answers = [([0, 1, 2], 3), ([0, 1, 2], None), ([3, 4, 5], 3), ([0, 1, 2], None)]
    control.faults(
        [
            {
                "service": "shop",
                "action": "wrong_answer",
                "answer": {
                    "count": 6,
                    "next": f"http://shop/api/order/?offset={following}" if following else None,
                    "results": [_row(ids[n]) for n in numbers],
                },
            }
            for numbers, following in answers
        ]
    )
    assert sorted(row.id for row in clients(page_size=3).list_orders(EVERYTHING)) == ids


def test_a_shop_that_counts_more_than_it_lists_is_told_in_the_log(
    control: SandboxControl, client: CloudSuiteClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = {"count": 3, "next": None, "results": [_row(1), _row(1), _row(2)]}
    control.fault("wrong_answer", service="shop", answer=answer, times=0)
    with caplog.at_level(logging.WARNING):
        assert [row.id for row in client.list_orders(EVERYTHING)] == [1, 2]
    assert "counts 3 orders but lists only 2" in caplog.text
    assert len(_offsets(control)) == 3


@pytest.mark.parametrize(
    "answer",
    [
        {"count": 2, "next": "/api/order/?offset=1", "results": [_row(1)]},
        {"next": "/api/order/?offset=1", "results": [_row(1)]},
        {"next": "/api/order/", "results": [_row(1)]},
        {"next": "/api/order/?offset=0", "results": [_row(1)]},
        {"next": "/api/order/?offset=9", "results": []},
        {"next": "/api/order/?cursor=abc", "results": []},
    ],
    ids=str,
)
def test_a_list_without_end_is_an_invalid_answer(
    control: SandboxControl, client: CloudSuiteClient, answer: dict[str, Any]
) -> None:
    control.fault("wrong_answer", service="shop", answer=answer, times=0)
    with pytest.raises(PermanentError, match="no more can be") as caught:
        list(client.list_orders(EVERYTHING))
    assert caught.value.reason is Reason.SHOP_ANSWER_INVALID


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ({"results": [{"id": "x", "reference": "CS1"}]}, "results.0.id"),
        ({"count": 0}, "results"),
        ([], "not a JSON object"),
    ],
)
def test_a_list_that_is_none_is_an_invalid_answer_that_says_where(
    control: SandboxControl, client: CloudSuiteClient, answer: Any, named: str
) -> None:
    control.fault("wrong_answer", service="shop", answer=answer)
    with pytest.raises(PermanentError, match=named) as caught:
        list(client.list_orders(EVERYTHING))
    assert caught.value.reason is Reason.SHOP_ANSWER_INVALID


def test_no_list_at_the_address_is_a_matter_of_the_connection(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    """Not of an order that is gone, as a 404 means elsewhere."""
    control.fault("status", service="shop", status=404, html="<title>Not Found</title>")
    with pytest.raises(PermanentError, match="the connection's host") as caught:
        list(client.list_orders(EVERYTHING))
    assert caught.value.reason is Reason.SHOP_REFUSED

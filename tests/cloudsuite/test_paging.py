"""Lists are read once and to their end, and nothing leads the reader astray."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from orderflow.cloudsuite.client import CloudSuiteClient
from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.domain.reasons import Reason
from orderflow.domain.states import ShopState
from orderflow.errors import PermanentError
from sandbox.control import SandboxControl

Clients = Callable[..., CloudSuiteClient]
EVERYTHING = ShopOrderFilter()


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
    rows = list(clients(page_size=2).list_orders(ShopOrderFilter(state=ShopState.CONFIRMED)))
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


def test_a_shop_that_counts_more_than_it_lists_is_short(
    control: SandboxControl, client: CloudSuiteClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = {"count": 3, "next": None, "results": [_row(1), _row(1), _row(2)]}
    control.fault("wrong_answer", service="shop", answer=answer, times=0)
    rows = client.list_orders(EVERYTHING)
    with caplog.at_level(logging.WARNING):
        assert [row.id for row in rows] == [1, 2]
    assert "counts 3 orders but lists only 2" in caplog.text
    assert "counts 3 orders but lists only 2" in str(rows.short)
    assert len(_offsets(control)) == 3


@pytest.mark.parametrize("following", [None, ""])
def test_a_list_that_ends_before_its_count_is_read_on(
    control: SandboxControl, clients: Clients, following: str | None
) -> None:
    """The link says that this was all, the count that it was not."""
    ids = control.add_orders(*[{}] * 7)
    answer = {"count": 7, "next": following, "results": [_row(number) for number in ids[:3]]}
    control.fault("wrong_answer", service="shop", answer=answer)
    rows = clients(page_size=3).list_orders(EVERYTHING)
    assert [row.id for row in rows] == ids
    assert rows.short is None
    assert _offsets(control) == ["0", "3", "6"]


def test_a_shop_that_never_says_that_there_is_more_still_gives_everything(
    control: SandboxControl, clients: Clients
) -> None:
    ids = control.add_orders(*[{}] * 7)
    control.faults(
        [
            {
                "service": "shop",
                "action": "wrong_answer",
                "path": f"offset={start}&",
                "answer": {"count": 7, "next": None, "results": [_row(number) for number in ids[start : start + 3]]},
                "times": 0,
            }
            for start in (0, 3, 6)
        ]
    )
    rows = clients(page_size=3).list_orders(EVERYTHING)
    assert [row.id for row in rows] == ids
    assert rows.short is None


def test_an_empty_page_in_the_middle_is_passed_by(control: SandboxControl, clients: Clients) -> None:
    ids = control.add_orders(*[{}] * 6)
    control.fault(
        "wrong_answer",
        service="shop",
        path="offset=2",
        answer={"count": 6, "next": "/api/order/?offset=4", "results": []},
    )
    rows = clients(page_size=2).list_orders(EVERYTHING)
    assert sorted(row.id for row in rows) == ids
    assert rows.short is None


@pytest.mark.parametrize("count", [7, "7", " 7 "])
def test_what_is_short_after_all_says_so_behind_the_rows(
    control: SandboxControl, clients: Clients, count: int | str
) -> None:
    """A shop that ignores the offset, and says each time that this was all."""
    answer = {"count": count, "next": None, "results": [_row(number) for number in (1, 2, 3)]}
    control.fault("wrong_answer", service="shop", answer=answer, times=0)
    rows = clients(page_size=3).list_orders(EVERYTHING)
    assert [row.id for row in rows] == [1, 2, 3]
    assert rows.short is not None
    assert rows.short.reason is Reason.SHOP_ANSWER_INVALID
    assert "counts 7 orders but lists only 3" in rows.short.message


@pytest.mark.parametrize(
    ("answer", "ids", "lacks"),
    [
        ({"count": 2, "next": "/api/order/?offset=1", "results": [_row(1)]}, [1], "counts 2 orders but lists only 1"),
        ({"count": 1, "next": "/api/order/?offset=1", "results": [_row(1)]}, [1], "again and again"),
        ({"next": "/api/order/?offset=1", "results": [_row(1)]}, [1], "again and again"),
        ({"next": "/api/order/", "results": [_row(1)]}, [1], "again and again"),
        ({"next": "/api/order/?offset=0", "results": [_row(1)]}, [1], "again and again"),
        ({"next": "/api/order/?offset=-9", "results": [_row(1)]}, [1], "again and again"),
        ({"next": "/api/order/?offset=" + "9" * 5000, "results": [_row(1)]}, [1], "again and again"),
        ({"next": "http://[", "results": [_row(1)]}, [1], "again and again"),
        ({"next": "/api/order/?offset=9", "results": []}, [], "again and again"),
        ({"next": "/api/order/?cursor=abc", "results": []}, [], "again and again"),
        ({"count": 10**15, "results": [_row(1)]}, [1], "counts 1000000000000000 orders"),
        ({"count": 10**15, "results": []}, [], "counts 1000000000000000 orders"),
    ],
    ids=str,
)
def test_a_list_without_end_ends_and_is_short(
    control: SandboxControl, client: CloudSuiteClient, answer: dict[str, Any], ids: list[int], lacks: str
) -> None:
    control.fault("wrong_answer", service="shop", answer=answer, times=0)
    rows = client.list_orders(EVERYTHING)
    assert [row.id for row in rows] == ids
    assert lacks in str(rows.short)
    assert len(_offsets(control)) <= 40


@pytest.mark.parametrize(
    "odd",
    [
        {"next": 7},
        {"next": []},
        {"count": "many"},
        {"count": -1},
        {"count": 10**400},
        {"count": "9" * 5000},
        {"count": True},
    ],
    ids=str,
)
def test_what_is_odd_about_a_page_does_not_matter_to_its_rows(
    control: SandboxControl, client: CloudSuiteClient, odd: dict[str, Any]
) -> None:
    control.fault("wrong_answer", service="shop", answer={"next": None, "results": [_row(1), _row(2)], **odd})
    rows = client.list_orders(EVERYTHING)
    assert [row.id for row in rows] == [1, 2]
    assert rows.short is None


@pytest.mark.parametrize("row", [None, 7, "CS1", [], {}, {"id": None}, {"id": "x"}, {"id": 0}, {"id": 2**63}], ids=str)
def test_a_row_without_an_id_hides_none_of_the_others(
    control: SandboxControl, client: CloudSuiteClient, row: object
) -> None:
    answer = {"count": 3, "next": None, "results": [_row(1), row, _row(2)]}
    control.fault("wrong_answer", service="shop", answer=answer, times=0)
    rows = client.list_orders(EVERYTHING)
    assert [row.id for row in rows] == [1, 2]
    assert "name no order (row 1: " in str(rows.short)
    assert len(_offsets(control)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reference", None),
        ("reference", "a\0b"),
        ("reference", {"a": 1}),
        ("reference", "x" * 10_000),
        ("state", 7.5),
        ("state", ["confirmed"]),
        ("erp_order_number", False),
        ("modified_date", "0001-01-01T00:00:00"),
        ("modified_date", "gisteren"),
        ("modified_date", 20240101),
        ("create_date", "gisteren"),
        ("order_date", "0000-00-00"),
        ("customer_order_number", {}),
    ],
    ids=str,
)
def test_a_row_needs_an_id_and_nothing_else(
    control: SandboxControl, client: CloudSuiteClient, field: str, value: object
) -> None:
    answer = {"count": 2, "next": None, "results": [{**_row(1), field: value}, _row(2)]}
    control.fault("wrong_answer", service="shop", answer=answer)
    rows = client.list_orders(EVERYTHING)
    odd, good = rows
    assert (odd.id, good.id, good.reference) == (1, 2, "CS2")
    assert rows.short is None
    used = field in {"reference", "state", "erp_order_number", "modified_date"}
    assert (field in odd.unreadable) == (used and value is not None and value != 7.5)
    if field == "state":
        assert odd.may_be("confirmed") == (odd.state is None)


def test_a_reference_that_is_a_number_is_a_text(control: SandboxControl, client: CloudSuiteClient) -> None:
    control.fault("wrong_answer", service="shop", answer={"results": [{"id": "1", "reference": 7.50}]})
    assert [(row.id, row.reference) for row in client.list_orders(EVERYTHING)] == [(1, "7.5")]


@pytest.mark.parametrize(("answer", "named"), [({"count": 0}, "results"), ([], "not a JSON object")])
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

"""The typed order calls."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests

from orderflow.cloudsuite.client import SHOP, CloudSuiteClient
from orderflow.cloudsuite.models import ShopOrder
from orderflow.domain.reasons import Reason
from orderflow.errors import OrderflowError, PermanentError, TurnedAwayError
from orderflow.transport import Channel, RefusedError, UnavailableError
from sandbox.control import SandboxControl
from support.raw_server import answering, http, raw_server

Clients = Callable[..., CloudSuiteClient]


def _line(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "type": "line",
        "product": {"origin": "o", "key": f"K{number}"},
        "description": "d",
        "quantity": Decimal("1.50"),
        "unit_price": "10.00",
        "erp_line_number": None,
        **changes,
    }


def test_an_order_is_read_whole(control: SandboxControl, client: CloudSuiteClient) -> None:
    (order_id,) = control.add_orders({"reference": "CS9", "payment_status": "paid", "order_lines": [_line(1)]})
    order = client.get_order(order_id)
    assert (order.id, order.reference, order.payment_status) == (order_id, "CS9", "paid")
    assert order.order_lines[0].unit_price == Decimal("10.00")
    assert order.document == control.order(order_id)


def test_an_unknown_order_is_not_found(client: CloudSuiteClient) -> None:
    with pytest.raises(PermanentError) as caught:
        client.get_order(404404)
    assert caught.value.reason is Reason.ORDER_NOT_FOUND


def test_an_answer_about_another_order_is_not_taken(control: SandboxControl, client: CloudSuiteClient) -> None:
    (order_id,) = control.add_orders({})
    control.fault("wrong_answer", service="shop", answer={"id": 99, "reference": "CS99"})
    with pytest.raises(PermanentError, match=f"about order 99, not {order_id}") as caught:
        client.get_order(order_id)
    assert caught.value.reason is Reason.SHOP_ANSWER_INVALID


@pytest.mark.parametrize("write", ["patch", "patch_if", "put"])
@pytest.mark.parametrize("kept", [True, False], ids=["kept", "not kept"])
@pytest.mark.parametrize(
    "answer",
    [
        {"html": ""},
        {"html": "<title>OK</title>"},
        {"html": "\x00"},
        {"answer": None},
        {"answer": []},
        {"answer": {}},
        {"answer": {"state": "processing"}},
        {"answer": {"id": 20001, "state": "processing"}},
        {"answer": {"id": 99, "reference": "CS99", "state": "processing"}},
        {"answer": {"id": 20001, "reference": "CS1", "state": "confirmed"}},
        {"answer": {"id": 20001, "reference": "CS1", "state": "processing", "modified_date": "gisteren"}},
    ],
    ids=str,
)
def test_a_write_whose_answer_proves_nothing_is_judged_by_a_read(
    control: SandboxControl, client: CloudSuiteClient, answer: dict[str, Any], write: str, *, kept: bool
) -> None:
    (order_id,) = control.add_orders({"reference": "CS1", "state": "confirmed"})
    assert order_id == 20001
    before = client.get_order(order_id)
    calls: dict[str, Callable[[], ShopOrder | None]] = {
        "patch": lambda: client.patch_order(order_id, {"state": "processing"}),
        "patch_if": lambda: client.patch_order(order_id, {"state": "processing"}, only_in="confirmed"),
        "put": lambda: client.put_order(order_id, {**before.document, "state": "processing"}),
    }
    control.fault("wrong_answer", service="shop", commit=kept, **answer)
    seen = calls[write]()
    assert seen is not None
    assert seen.state == ("processing" if kept else "confirmed")
    assert seen.document == control.order(order_id)
    assert [entry["method"] for entry in control.journal(service="shop")][-1] == "GET"


@pytest.mark.parametrize(("action", "not_sent"), [("reset_after_commit", False), ("reset_before_commit", False)])
@pytest.mark.parametrize("write", ["patch", "patch_if", "put"])
def test_a_write_is_sent_once(
    control: SandboxControl, client: CloudSuiteClient, write: str, action: str, *, not_sent: bool
) -> None:
    (order_id,) = control.add_orders({"reference": "CS1", "state": "confirmed"})
    document = client.get_order(order_id).document
    control.fault(action, service="shop", times=0)
    calls: dict[str, Callable[[], object]] = {
        "patch": lambda: client.patch_order(order_id, {"state": "processing"}),
        "patch_if": lambda: client.patch_order(order_id, {"state": "processing"}, only_in="confirmed"),
        "put": lambda: client.put_order(order_id, document),
    }
    sent = len(control.journal(service="shop"))
    with pytest.raises(UnavailableError) as caught:
        calls[write]()
    assert caught.value.not_sent is not_sent
    assert len(control.journal(service="shop")) == sent + 1


@pytest.mark.parametrize("write", ["patch", "put"])
def test_a_write_that_is_asked_to_pause_is_not_sent_again_on_an_old_read(
    control: SandboxControl, client: CloudSuiteClient, write: str
) -> None:
    (order_id,) = control.add_orders({"reference": "CS1", "state": "confirmed"})
    document = client.get_order(order_id).document
    control.fault("status", service="shop", status=429, headers={"retry-after": "1"}, times=1)
    sent = len(control.journal(service="shop"))
    with pytest.raises(TurnedAwayError):
        client.put_order(order_id, document) if write == "put" else client.patch_order(order_id, {"state": "done"})
    assert len(control.journal(service="shop")) == sent + 1


def test_an_order_with_a_wrong_field_is_told_with_order_and_field(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    answer = {"id": 7, "reference": "CS7", "order_lines": [{"quantity": "many"}]}
    control.fault("wrong_answer", service="shop", answer=answer)
    with pytest.raises(PermanentError, match=r"order_lines\.0\.quantity.*/api/order/7/") as caught:
        client.get_order(7)
    assert caught.value.reason is Reason.SHOP_ANSWER_INVALID


def test_a_patch_sends_only_the_changes_and_returns_the_order(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    (order_id,) = control.add_orders({"state": "confirmed"})
    order = client.patch_order(order_id, {"erp_order_number": "ERP-1"})
    assert (order.state, order.erp_order_number) == ("confirmed", "ERP-1")
    (entry,) = control.journal(method="PATCH")
    assert (entry["path"], entry["request_body"]) == (f"/api/order/{order_id}/", {"erp_order_number": "ERP-1"})


def test_a_write_that_is_answered_by_nothing_is_followed_by_a_read(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    """No page says what a PATCH answers."""
    (order_id,) = control.add_orders({"state": "confirmed"})
    control.fault("status", method="PATCH", status=204, html="", commit=True)
    assert client.patch_order(order_id, {"state": "processing"}).state == "processing"


def test_a_get_put_round_trip_keeps_unknown_fields_and_the_writing_of_numbers(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    lines = [_line(1), _line(2, quantity="2.0000", unit_price=Decimal("7.450"))]
    (order_id,) = control.add_orders({"order_lines": lines, "paid_amount": "0.00", "description": "mm² é"})
    before = control.order(order_id)
    document = dict(client.get_order(order_id).document)
    client.put_order(order_id, {**document, "erp_order_number": "ERP-1"})
    (entry,) = control.journal(method="PUT")
    assert str(entry["request_body"]) == str({**before, "erp_order_number": "ERP-1"})


def test_a_put_of_another_orders_document_is_never_sent(control: SandboxControl, client: CloudSuiteClient) -> None:
    """A PUT on an id the shop does not know creates an order."""
    with pytest.raises(ValueError, match="not the one read"):
        client.put_order(8, {"id": 7})
    assert not control.journal()


def test_a_reference_is_found(control: SandboxControl, client: CloudSuiteClient) -> None:
    ids = control.add_orders({"reference": "CS1"}, {"reference": "CS2"})
    assert client.find_order("CS2").id == ids[1]
    assert client.find_order("CS2", 1).id == ids[1]


@pytest.mark.parametrize("webshop", [None, 1])
def test_an_unknown_reference_is_not_found(
    control: SandboxControl, client: CloudSuiteClient, webshop: int | None
) -> None:
    control.add_orders({"reference": "CS1"})
    with pytest.raises(PermanentError, match="CS404") as caught:
        client.find_order("CS404", webshop)
    assert caught.value.reason is Reason.ORDER_NOT_FOUND


def test_a_reference_in_another_webshop_is_not_found(control: SandboxControl, client: CloudSuiteClient) -> None:
    control.add_orders({"reference": "CS1", "webshop": 1})
    with pytest.raises(PermanentError, match="2/CS1") as caught:
        client.find_order("CS1", 2)
    assert caught.value.reason is Reason.ORDER_NOT_FOUND


def test_a_shop_that_ignores_the_reference_filter_is_not_believed(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    ids = control.add_orders({"reference": "CS1"}, {"reference": "CS2"})
    rows = [{"id": ids[0], "reference": "CS1"}, {"id": ids[1], "reference": "CS2"}]
    control.fault("wrong_answer", path="reference=", answer={"count": 2, "next": None, "results": rows})
    assert client.find_order("CS2").id == ids[1]


def test_a_reference_in_two_webshops_needs_the_webshop(control: SandboxControl, client: CloudSuiteClient) -> None:
    first, second = control.add_orders({"reference": "CS1", "webshop": 1}, {"reference": "CS1", "webshop": 2})
    with pytest.raises(PermanentError, match=f"{first}, {second}") as caught:
        client.find_order("CS1")
    assert caught.value.reason is Reason.REFERENCE_AMBIGUOUS
    assert client.find_order("CS1", 2).id == second
    assert client.find_order("CS1", 1).id == first


def test_the_webshop_is_checked_even_when_its_filter_is_ignored(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    ids = control.add_orders({"reference": "CS1", "webshop": 1}, {"reference": "CS1", "webshop": 2})
    rows = [{"id": number, "reference": "CS1"} for number in ids]
    control.fault("wrong_answer", path="webshop=", answer={"count": 2, "next": None, "results": rows})
    assert client.find_order("CS1", 2).id == ids[1]


def test_two_orders_that_the_webshop_does_not_tell_apart_stay_ambiguous(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    control.add_orders(*[{"reference": "CS1", "webshop": 1}] * 2)
    with pytest.raises(PermanentError) as caught:
        client.find_order("CS1", 1)
    assert caught.value.reason is Reason.REFERENCE_AMBIGUOUS


def test_an_order_that_names_no_webshop_does_not_settle_an_ambiguity(
    control: SandboxControl, client: CloudSuiteClient
) -> None:
    ids = control.add_orders({"reference": "CS1", "webshop": 1}, {"reference": "CS1", "webshop": 2})
    silent = {"id": ids[1], "reference": "CS1"}
    control.fault("wrong_answer", path=f"/{ids[1]}/", answer=silent)
    with pytest.raises(PermanentError) as caught:
        client.find_order("CS1", 2)
    assert caught.value.reason is Reason.REFERENCE_AMBIGUOUS


def test_a_dry_run_may_fetch_a_token_and_read_but_not_write(control: SandboxControl, clients: Clients) -> None:
    (order_id,) = control.add_orders({"state": "confirmed"})
    client = clients(read_only=True)
    document = client.get_order(order_id).document
    writes: list[Callable[[], object]] = [
        lambda: client.patch_order(order_id, {"state": "processing"}),
        lambda: client.put_order(order_id, document),
    ]
    for write in writes:
        with pytest.raises(PermanentError) as caught:
            write()
        assert caught.value.reason is Reason.DRY_RUN_WRITE
    assert {entry["method"] for entry in control.journal(service="shop")} == {"GET"}


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=iso-8859-1", "text/html"])
def test_a_detail_in_another_encoding_than_utf_8_is_refused_and_not_quoted(kind: str) -> None:
    """Read with replacements, it would be put over the shop's text."""
    body = '{"id": 7, "reference": "CS7", "description": "Müller"}'.encode("latin-1")
    with raw_server(answering(http(body, Content_Type=kind))) as url:
        client = CloudSuiteClient(Channel(requests.Session(), url, service=SHOP))
        with pytest.raises(RefusedError, match="is not UTF-8") as caught:
            client.get_order(7)
    assert caught.value.reason is Reason.SHOP_ANSWER_INVALID
    assert "ller" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 409, 500])
def test_a_refusal_that_repeats_the_order_is_not_quoted(
    control: SandboxControl, client: CloudSuiteClient, status: int
) -> None:
    (order_id,) = control.add_orders({"reference": "CS1", "description": "for Jansen", "order_lines": [_line(1)]})
    control.fault(
        "status", service="shop", status=status, answer={"error": "no", "order": control.order(order_id)}, times=0
    )
    with pytest.raises(OrderflowError, match=f"answered {status}") as caught:
        client.patch_order(order_id, {"state": "processing"})
    assert "Jansen" not in str(caught.value)


def test_a_refusal_that_names_fields_of_lines_is_quoted(control: SandboxControl, client: CloudSuiteClient) -> None:
    control.fault(
        "status", service="shop", status=400, answer={"order_lines": [{"quantity": ["A valid number is required."]}]}
    )
    with pytest.raises(PermanentError, match="A valid number is required"):
        client.patch_order(1, {"state": "processing"})

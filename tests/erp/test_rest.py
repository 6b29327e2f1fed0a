"""The REST adapter: one request per order, and no answer is taken for more than it proves."""

import logging
import socket
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.erp.models import ListedSalesOrder, SalesOrderRequest
from orderflow.erp.port import ErpPort, UnreadableRow
from orderflow.erp.rest import RestErp
from orderflow.errors import CallDeferredError, InDoubtError, PermanentError, TransientError
from orderflow.transport import Bounds, FixedAuthorization, Timeouts, UnavailableError
from sandbox.control import SandboxControl

Erps = Callable[..., RestErp]
Requests = Callable[..., SalesOrderRequest]
REFERENCE = "1/CS48193"
ACCEPTED = {
    "number": "ERP-1",
    "external_reference": REFERENCE,
    "status": "open",
    "lines": [{"position": 1, "line_number": 11}, {"position": 2, "line_number": 12}],
}


def _posts(control: SandboxControl) -> int:
    return len(control.journal(service="erp", method="POST"))


def test_it_is_an_erp(erp: RestErp) -> None:
    port: ErpPort = erp
    assert port.capabilities.resend_is_safe


def test_an_order_is_created_found_again_and_has_a_number_for_each_line(
    control: SandboxControl, erp: RestErp, request_for: Requests
) -> None:
    created = erp.create(request_for())
    assert created.external_reference == REFERENCE
    assert set(created.line_numbers) == {1, 2}
    assert erp.find(REFERENCE) == created
    assert [order["number"] for order in control.erp_orders()] == [created.number]


def test_the_body_is_the_contracts(control: SandboxControl, erp: RestErp, request_for: Requests) -> None:
    erp.create(request_for())
    (entry,) = control.journal(service="erp", method="POST")
    body = entry["request_body"]
    assert body["lines"][0] == {
        "position": 1,
        "shop_line_id": 1,
        "product": {"origin": "myorigin", "key": "124_STUK"},
        "description": "My description",
        "quantity": "1.0",
        "unit_price": "10.00",
    }
    assert (body["order_date"], body["confirmed_at"]) == ("2024-10-23", "2024-10-23T06:01:03+02:00")
    assert body["requested_delivery_date"] is None


def test_the_same_request_again_gives_the_first_order(
    control: SandboxControl, erp: RestErp, request_for: Requests
) -> None:
    assert erp.create(request_for()) == erp.create(request_for())
    assert len(control.erp_orders()) == 1


def test_an_unknown_reference_is_none(erp: RestErp) -> None:
    assert erp.find("1/CS404") is None


def test_a_look_up_is_repeated_over_a_passing_fault(
    control: SandboxControl, erp: RestErp, request_for: Requests
) -> None:
    erp.create(request_for())
    control.fault("status", method="GET", status=503, times=2)
    assert erp.find(REFERENCE) is not None


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([{**ACCEPTED, "external_reference": "1/CS1"}], "holds others"),
        ([ACCEPTED, {**ACCEPTED, "external_reference": "1/CS1"}], "holds others"),
        ([ACCEPTED, {**ACCEPTED, "number": "ERP-2"}], "ERP-1, ERP-2"),
        ([{"number": "ERP-1"}], "results.0"),
        ("none", "results"),
    ],
    ids=str,
)
def test_a_look_up_that_proves_nothing_is_an_invalid_answer(
    control: SandboxControl, erp: RestErp, results: Any, said: str
) -> None:
    """Taken for "there is none", it would make a second order."""
    control.fault("wrong_answer", service="erp", answer={"results": results})
    with pytest.raises(PermanentError, match=said) as caught:
        erp.find(REFERENCE)
    assert caught.value.reason is Reason.ERP_ANSWER_INVALID


def test_a_throttled_order_was_not_made_and_waits_for_its_turn(
    control: SandboxControl, erp: RestErp, request_for: Requests
) -> None:
    control.fault("status", method="POST", status=429, headers={"retry-after": "1"})
    assert erp.create(request_for()).number
    assert _posts(control) == 2


def test_a_long_pause_is_no_doubt(control: SandboxControl, erp: RestErp, request_for: Requests) -> None:
    control.fault("status", method="POST", status=429, headers={"retry-after": "3600"})
    with pytest.raises(CallDeferredError) as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.THROTTLED
    assert caught.value.retry_after == 3600


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 408},
        {"action": "status", "status": 500, "html": "<title>boom</title>"},
        {"action": "status", "status": 500, "html": "<title>boom</title>", "commit": True},
        {"action": "status", "status": 503},
        {"action": "status", "status": 409, "answer": {"error": "in_progress"}},
        {"action": "status", "status": 409, "answer": {"error": "duplicate", "number": "ERP-1"}},
        {"action": "status", "status": 422, "answer": {"error": "key_reused"}},
        {"action": "status", "status": 303, "headers": {"location": "/sales-orders/1"}, "commit": True},
        {"action": "reset_before_commit"},
        {"action": "reset_after_commit"},
        {"action": "truncated_body"},
        {"action": "delay"},
    ],
    ids=lambda fault: f"{fault['action']}-{fault.get('status', '')}-{fault.get('commit', '')}",
)
def test_whatever_leaves_the_outcome_open_is_in_doubt_after_one_request(
    control: SandboxControl, erps: Erps, request_for: Requests, fault: dict[str, Any]
) -> None:
    control.faults([{**fault, "method": "POST", "times": 0}])
    with pytest.raises(InDoubtError, match="may") as caught:
        erps(timeouts=Timeouts(5, 0.3)).create(request_for())
    assert caught.value.reason is Reason.ERP_IN_DOUBT
    assert _posts(control) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"html": "<title>Thank you</title>"},
        {"answer": []},
        {"answer": {"number": "ERP-1"}},
        {"answer": {**ACCEPTED, "external_reference": "1/CS1"}},
        {"answer": {**ACCEPTED, "lines": ACCEPTED["lines"][:1]}},
        {"answer": {**ACCEPTED, "lines": [*ACCEPTED["lines"], {"position": 3, "line_number": 13}]}},
        {"answer": {**ACCEPTED, "lines": [ACCEPTED["lines"][0]] * 2}},
        {"action": "status", "status": 202, "answer": ACCEPTED},
    ],
    ids=str,
)
def test_a_success_that_breaks_the_contract_leaves_the_order_in_doubt(
    control: SandboxControl, erp: RestErp, request_for: Requests, fault: dict[str, Any]
) -> None:
    """The order most likely exists: to call it refused would allow a second one."""
    control.faults([{"action": "wrong_answer", **fault, "method": "POST"}])
    with pytest.raises(InDoubtError, match="may exist") as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.ERP_ANSWER_INVALID
    assert _posts(control) == 1


def test_a_rejection_is_permanent_and_names_reason_and_lines(
    control: SandboxControl, erp: RestErp, request_for: Requests
) -> None:
    request = request_for()
    lines = [request.lines[0], {**request.lines[1].model_dump(), "product": {"origin": "o", "key": "UNKNOWN"}}]
    with pytest.raises(PermanentError, match=r"unknown product UNKNOWN \(lines 2\)") as caught:
        erp.create(request_for(lines=lines))
    assert caught.value.reason is Reason.ERP_REJECTED
    assert not control.erp_orders()


@pytest.mark.parametrize("fault", [{"html": "<title>Unprocessable</title>"}, {"answer": {"reason": ["odd"]}}])
def test_a_rejection_in_other_words_is_told_as_it_is(
    control: SandboxControl, erp: RestErp, request_for: Requests, fault: dict[str, Any]
) -> None:
    control.faults([{**fault, "action": "status", "status": 422, "method": "POST"}])
    with pytest.raises(PermanentError, match=r"answered 422: (Unprocessable|.*odd)") as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.ERP_REJECTED


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413])
def test_a_refused_request_is_permanent(
    control: SandboxControl, erp: RestErp, request_for: Requests, status: int
) -> None:
    control.fault("status", method="POST", status=status, answer={"error": "no"}, times=0)
    with pytest.raises(PermanentError, match=f"answered {status}") as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.ERP_REFUSED
    assert _posts(control) == 1


def test_an_erp_that_is_down_got_nothing(erps: Erps, request_for: Requests) -> None:
    """Nothing was sent, so nothing is in doubt and the order may be sent again."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    with pytest.raises(TransientError) as caught:
        erps(url).create(request_for())
    assert not isinstance(caught.value, InDoubtError)
    assert caught.value.reason is Reason.ERP_UNAVAILABLE


def test_a_dry_run_creates_nothing(control: SandboxControl, erps: Erps, request_for: Requests) -> None:
    erp = erps(read_only=True)
    with pytest.raises(PermanentError) as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.DRY_RUN_WRITE
    assert _posts(control) == 0
    assert erp.find(REFERENCE) is None


def test_a_reference_with_signs_is_looked_up_as_it_is(erp: RestErp, request_for: Requests) -> None:
    odd = "1/CS 1+2&3=é"
    created = erp.create(request_for(external_reference=odd))
    assert erp.find(odd) == created


def test_many_threads_share_one_adapter(control: SandboxControl, erp: RestErp, request_for: Requests) -> None:
    barrier = Barrier(8)

    def create(number: int) -> str:
        barrier.wait()
        return erp.create(request_for(external_reference=f"1/CS{number}", shop_order_id=number)).external_reference

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(create, range(8))) == [f"1/CS{number}" for number in range(8)]
    assert _posts(control) == 8


def test_no_secret_is_in_a_message_a_traceback_or_the_log(
    control: SandboxControl, erps: Erps, request_for: Requests, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    control.fault("status", service="erp", status=500, answer={"you": "sent sandbox-secret"}, times=0)
    erp = erps(authorize=FixedAuthorization.basic("orderflow", "sandbox-secret"))
    with pytest.raises(InDoubtError) as in_doubt:
        erp.create(request_for())
    with pytest.raises(UnavailableError) as unavailable:
        erp.find(REFERENCE)
    shown = caplog.text
    for error in (in_doubt.value, unavailable.value):
        shown += "".join(traceback.format_exception(error)) + repr(error)
    assert "you" in shown
    assert "sandbox-secret" not in shown
    assert "b3JkZXJmbG93" not in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": ""}, "number: is empty"),
        ({"number": "  "}, "number: is empty"),
        ({"number": None}, "number"),
        ({"number": "ERP\0"}, r"U\+0000"),
        ({"number": "x" * 300}, "300 characters"),
        ({"number": {"id": 1}}, "number"),
        ({"lines": []}, "one line number for each"),
        ({"lines": None}, "lines"),
        ({"lines": [{"position": 1, "line_number": 11}]}, "one line number for each"),
        ({"lines": [{"position": 1, "line_number": 11}, {"position": 2, "line_number": 11}]}, "line_number 11"),
        ({"lines": [{"position": 1, "line_number": 11}, {"position": 1, "line_number": 12}]}, "position 1"),
        (
            {"lines": [{"position": 1, "line_number": 11}, {"position": 2, "line_number": 2**63}]},
            r"lines\.1\.line_number",
        ),
        (
            {"lines": [{"position": 1, "line_number": 11}, {"position": 2, "line_number": True}]},
            r"lines\.1\.line_number",
        ),
        ({"total": "1E+30"}, "total"),
        ({"total": "NaN"}, "total"),
        ({"external_reference": None}, "is about , not"),
    ],
    ids=str,
)
def test_a_creation_whose_answer_breaks_the_contract_is_looked_at_again(
    control: SandboxControl, erp: RestErp, request_for: Requests, changes: dict[str, Any], said: str
) -> None:
    control.fault("wrong_answer", method="POST", answer={**ACCEPTED, **changes}, commit=True)
    with pytest.raises(InDoubtError, match=said) as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.ERP_ANSWER_INVALID
    assert _posts(control) == 1


@pytest.mark.parametrize("number", [None, "", "  "])
def test_an_order_that_is_found_without_a_number_is_not_made_yet(
    control: SandboxControl, erp: RestErp, number: str | None
) -> None:
    control.fault("wrong_answer", service="erp", answer={"results": [{**ACCEPTED, "number": number, "lines": []}]})
    with pytest.raises(InDoubtError, match="without a number"):
        erp.find(REFERENCE)


def test_a_creation_with_an_answer_that_is_too_large_is_in_doubt(
    control: SandboxControl, erps: Erps, request_for: Requests
) -> None:
    control.fault("wrong_answer", method="POST", answer={**ACCEPTED, "more": "x" * 5000}, commit=True)
    with pytest.raises(InDoubtError, match="more than 1000 bytes"):
        erps(bounds=Bounds(seconds=20, bytes=1000)).create(request_for())


@pytest.mark.parametrize(
    ("following", "said"),
    [
        ("/sales-orders?since=x", "leads back"),
        ("/sales-orders", "no address with a query"),
        ("http://[", "no address with a query"),
        ("?" + "&".join(f"a{n}=1" for n in range(100)), "no address with a query"),
    ],
)
def test_a_listing_that_leads_nowhere_ends_and_says_so_behind_its_rows(
    control: SandboxControl, erp: RestErp, following: str, said: str
) -> None:
    row = {**ACCEPTED, "total": "10.00", "currency": "EUR", "created_at": "2024-10-24T00:00:00+02:00"}
    control.fault("wrong_answer", service="erp", times=0, answer={"results": [row], "next": following})
    *rows, last = erp.orders_since(datetime(2024, 10, 24, tzinfo=UTC))
    assert {order.number for order in rows if isinstance(order, ListedSalesOrder)} == {"ERP-1"}
    assert isinstance(last, UnreadableRow)
    assert said in last.error.message


@pytest.mark.parametrize("following", [None, "", " "])
def test_a_listing_ends_where_nothing_follows(control: SandboxControl, erp: RestErp, following: str | None) -> None:
    row = {**ACCEPTED, "total": "10.00", "currency": "EUR", "created_at": "2024-10-24T00:00:00+02:00"}
    foreign = {**row, "number": "ERP-2", "external_reference": None, "lines": []}
    control.fault("wrong_answer", service="erp", answer={"results": [row, foreign], "next": following})
    listed = list(erp.orders_since(datetime(2024, 10, 24, tzinfo=UTC)))
    assert [order.number for order in listed if isinstance(order, ListedSalesOrder)] == ["ERP-1", "ERP-2"]


def test_a_rejection_is_quoted_without_mail_addresses_and_phone_numbers(
    control: SandboxControl, erp: RestErp, request_for: Requests
) -> None:
    reason = "no contact j.jansen@example.nl (+31 6 12345678 or 0612345678) for product 0001234567\x1b[2J"
    control.fault("status", method="POST", status=422, answer={"error": "rejected", "reason": reason})
    with pytest.raises(PermanentError) as caught:
        erp.create(request_for())
    assert caught.value.reason is Reason.ERP_REJECTED
    assert caught.value.message == (
        "the ERP rejected the order: no contact [mail address] ([phone number] or [phone number]) "
        "for product 0001234567\\x1b[2J"
    )

"""The REST adapter: one request per order, and no answer is trusted for more than it proves."""

from typing import Any

import pytest

from orderflow.domain.reasons import Reason
from orderflow.erp.port import ErpPort
from orderflow.erp.rest import RestErp
from orderflow.errors import CallDeferredError, InDoubtError, PermanentError
from orderflow.transport import Timeouts
from sandbox.control import SandboxControl
from support.rest_orders import ACCEPTED, REFERENCE, Erps, Requests, posts


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
    assert posts(control) == 2


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
    assert posts(control) == 1


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
    assert posts(control) == 1
